import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'

export interface SandboxOptions extends SpawnOptions {
  /** Whether to be root by a user namespace, as anybody may; otherwise the caller must be root. True without a word. */
  readonly userNamespace?: boolean
}

/** Loopback up, and namespaces' names where only the sandbox sees them; then the command, in the same process. */
const prepare = `
mount -t tmpfs -o mode=755 causeway-run /run && mkdir /run/netns &&
ip link set lo up &&
exec "$@"`

/**
 * Starts a command in private network and mount namespaces, where it may do to the network as it likes. It dies with
 * this process, whatever ends it, and with it everything that it made.
 */
export function spawnInSandbox(argv: readonly [string, ...string[]], options: SandboxOptions = {}): ChildProcess {
  const { userNamespace = true, ...rest } = options
  const flags = userNamespace ? '-rnm' : '-nm'
  return spawn('unshare', [flags, '--kill-child', '-pf', '--mount-proc', 'sh', '-c', prepare, 'sandbox', ...argv], rest)
}
