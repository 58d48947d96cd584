import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { backOffMs, pause } from '../agent/wake.ts'

/** A process to keep running. */
export interface Charge {
  readonly name: string
  readonly start: () => ChildProcess
}

/** How long a process must have run for its next failure to count as the first. */
const steadyMs = 30_000
const patienceMs = 5000

/** Keeps processes running until the signal aborts, then ends them, the last one first. */
export async function supervise(
  charges: readonly Charge[],
  log: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const keepers = charges.map(charge => keep(charge, log, signal))
  await Promise.all(keepers)
}

async function keep({ name, start }: Charge, log: (message: string) => void, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const started = performance.now()
    const child = start()
    const why = await endOf(child, signal)
    if (signal.aborted) break
    failures = performance.now() - started > steadyMs ? 1 : failures + 1
    const waitMs = backOffMs(failures, 500, 10_000)
    log(`the ${name} ended (${why}); it is started again in ${waitMs / 1000} s`)
    await pause(waitMs, signal)
  }
}

/** Waits for the end of a child, which the signal brings about: kindly first, then by force. */
async function endOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  let force: NodeJS.Timeout | undefined
  const stop = () => {
    child.kill('SIGTERM')
    force = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop)
  try {
    const [code, by] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return by ?? `exit code ${code}`
  } catch (error) {
    return (error as Error).message
  } finally {
    clearTimeout(force)
    signal.removeEventListener('abort', stop)
  }
}
