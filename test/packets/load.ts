import assert from 'node:assert/strict'
import { clientNetns } from '../../src/demo/world.ts'
import type { Lab } from './lab.ts'

/** What wrk says of a load. */
export interface Load {
  readonly requests: number
  /** What went wrong, in its words. */
  readonly failures: readonly string[]
}

/** Loads a URL for so many seconds from the internet while something is done. */
export async function underLoad(
  lab: Lab,
  url: string,
  seconds: number,
  run: () => Promise<void>,
  connections = 8,
): Promise<Load> {
  const load = lab.run(clientNetns, 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '3s', url)
  const done = run()
  const [said] = await Promise.all([load, done])
  return {
    requests: Number(/(\d+) requests in/.exec(said)?.[1]),
    failures: said.split('\n').filter(line => /Non-2xx|Socket errors/.test(line)),
  }
}

export function assertFlawless({ requests, failures }: Load): void {
  assert.deepEqual(failures, [])
  assert.ok(requests > 500, `only ${requests} requests`)
}
