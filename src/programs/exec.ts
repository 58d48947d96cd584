import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { ExecOptions } from '../cli/programs.ts'
import { netnsOf } from '../compile/names.ts'
import { netnsPath } from '../dataplane/netns.ts'
import { placesOf, type Places } from './places.ts'

/** Runs a command where a server lives, with our own input and output, and answers with its exit code. */
export async function runExec({ server, command, state }: ExecOptions): Promise<number> {
  const netns = netnsOf(server)
  const entry = enterArgv(placesOf(state))
  if (entry.length === 0 && !existsSync(netnsPath(netns))) {
    console.error(
      `${server} does not run here, or not yet: there is no ${netns} in /run/netns. A demo needs the --state that it printed.`,
    )
    return 1
  }
  const [program = '', ...args] = [...entry, 'ip', 'netns', 'exec', netns, ...command]
  const child = spawn(program, args, { stdio: 'inherit' })
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return code ?? 128 + constants.signals[signal ?? 'SIGTERM']
}

/** The command line that leads into an installation's sandbox; nothing where it runs on the machine itself. */
export function enterArgv(places: Places): string[] {
  const sandbox = sandboxOf(places)
  if (sandbox === null) return []
  const userOf = (process: string) => readlinkSync(`/proc/${process}/ns/user`)
  const user = userOf(String(sandbox)) === userOf('self') ? [] : ['-U', '--preserve-credentials']
  return ['nsenter', '-t', String(sandbox), ...user, '-m', '-n', '--']
}

/** Where a demo notes the process that holds its sandbox. */
export function sandboxFile({ runtime }: Places): string {
  return join(runtime, 'sandbox')
}

/** The process that holds an installation's sandbox; null where it runs on the machine itself. */
function sandboxOf(places: Places): number | null {
  try {
    return Number(readFileSync(sandboxFile(places), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
