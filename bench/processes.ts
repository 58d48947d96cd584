import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { within } from '../src/demo/within.ts'

type Argv = readonly [string, ...string[]]

/**
 * Starts a program in a namespace. One that is detached has a session of its own, which a kernel may schedule as a group of its
 * own: what is compared must be alike in this.
 */
export function startIn(
  netns: string,
  [program, ...args]: Argv,
  { stdio = 'pipe', detached = false }: { readonly stdio?: 'pipe' | 'ignore'; readonly detached?: boolean } = {},
): ChildProcess {
  return within(netns, () => spawn(program, args, { stdio: [stdio, stdio, 'inherit'], detached }))
}

/** What a program prints that runs in a namespace. */
export async function outputIn(netns: string, argv: Argv): Promise<string> {
  const child = startIn(netns, argv)
  let output = ''
  child.stdout?.on('data', (part: Buffer) => (output += part.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${argv.join(' ')} in ${netns} ended with ${code}: ${output}`)
  return output
}

/** Runs a program to its end. */
export function run([program, ...args]: Argv, input = ''): string {
  return execFileSync(program, args, { input, encoding: 'utf8' })
}

/** Ends a process and waits for it. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

/** The processor time that a process has used, all its threads together, in milliseconds. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/**
 * The resident memory of a process in megabytes: what is its own, what of that it has written, and what it has in common
 * with others. What it has read of its program and libraries is its own only until somebody else runs them.
 */
export function memoryMb(pid: number): { readonly own: number; readonly written: number; readonly shared: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024
  const [read, written] = [of('Private_Clean'), of('Private_Dirty')]
  return { own: read + written, written, shared: of('Shared_Clean') + of('Shared_Dirty') }
}
