import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'

export interface SandboxOptions extends SpawnOptions {
  /** Whether to become root by a user namespace, as anybody may; otherwise the caller must be root. True without a word. */
  readonly userNamespace?: boolean
}

/** Loopback up, and the names of namespaces where only the sandbox sees them; then the command, in the same process. */
const prepare = `
mount -t tmpfs -o mode=755 causeway-run /run && mkdir /run/netns &&
ip link set lo up &&
exec "$@"`

/**
 * Starts a command in network and mount namespaces of its own, where it may do to the network as it likes. When this
 * process ends, however it ends, so does the command with all that it started, and the kernel takes away what they made.
 * The child's pid, as seen from here, is in these namespaces: others may join them by it.
 */
export function spawnInSandbox(argv: readonly [string, ...string[]], options: SandboxOptions = {}): ChildProcess {
  const { userNamespace = true, ...rest } = options
  // The signal at the parent's end is asked for after the user namespace, whose change of credentials would forget it. The
  // process namespace then takes down everything inside with its first process.
  const outer = ['unshare', userNamespace ? '-rnm' : '-nm', 'setpriv', '--pdeathsig', 'KILL'] as const
  const inner = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const
  const [program, ...args] = [...outer, ...inner, 'sh', '-c', prepare, 'sandbox', ...argv]
  return spawn(program, args, rest)
}
