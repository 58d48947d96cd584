/** The name of our systemd unit. */
export const unitName = 'causeway.service'

/**
 * The systemd unit that runs `causeway up` with these arguments. KillMode=process leaves HAProxy alone when the service
 * is stopped or upgraded: packets go on.
 */
export function unitText(launcher: string, args: readonly string[]): string {
  return `[Unit]
Description=Causeway, a cloud network
Documentation=file://${launcher.replace(/[^/]*$/, '')}README.md
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=${[launcher, ...args].map(quoted).join(' ')}
Restart=always
RestartSec=1
KillMode=process
TimeoutStopSec=15
LimitNOFILE=1048576
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`
}

/** A word as systemd reads it back: quoted, with its specifiers and variables taken literally. */
function quoted(word: string): string {
  const plain = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w./:=,@-]+$/.test(plain) ? plain : `"${plain}"`
}
