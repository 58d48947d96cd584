import type { Client } from '../../client/api-client.ts'
import { ApiError } from '../../client/api-error.ts'
import { runCommand } from '../../client/run-command.ts'
import { scenarioSteps, undoing, type Made, type Scenario } from '../../client/scenario.ts'

/** How far a scenario has come. Can be written down and taken up again. */
export interface Progress {
  readonly scenario: Scenario
  /** Tells this run from others of the same scenario, so that no request is carried out twice. */
  readonly run: string
  readonly made: Made
  /** Keys of the tasks that are done. */
  readonly done: readonly string[]
  /** The task that could not be done, or the part that could not be taken away, and why. */
  readonly failed: { readonly key: string; readonly why: readonly string[] } | null
  readonly phase: 'running' | 'failed' | 'done' | 'undoing' | 'undo-failed' | 'undone'
}

/** A scenario that is about to begin. */
export function beginning(scenario: Scenario, run: string): Progress {
  return { scenario, run, made: {}, done: [], failed: null, phase: 'running' }
}

/** What a task is known by; the same apply may come in several steps. */
export function taskKey(step: string, part: string): string {
  return `${step}/${part}`
}

/** Does what is left of a scenario, one request after the other, and tells of each. Ends at the first that fails. */
export async function carryOn(client: Client, from: Progress, tell: (progress: Progress) => void): Promise<Progress> {
  let progress: Progress = { ...from, failed: null, phase: 'running' }
  const say = (next: Partial<Progress>) => tell((progress = { ...progress, ...next }))
  say({})
  for (const { key: step, tasks } of scenarioSteps(progress.scenario)) {
    for (const { part, command, brings } of tasks) {
      const key = taskKey(step, part)
      if (progress.done.includes(key)) continue
      try {
        const wish = command(progress.made)
        const id = await runCommand(client, wish, `${progress.run}/${key}`)
        const brought = brings === undefined ? {} : { [brings]: (await client.get('subnet', id))[brings] ?? '' }
        const made = wish.do === 'apply' ? {} : { [part]: id }
        say({ done: [...progress.done, key], made: { ...progress.made, ...made, ...brought } })
      } catch (error) {
        say({ failed: { key, why: reasonsOf(error) }, phase: 'failed' })
        return progress
      }
    }
  }
  say({ phase: 'done' })
  return progress
}

/** Takes away everything that a scenario made, and tells of each. Ends at the first that stays. */
export async function undo(client: Client, from: Progress, tell: (progress: Progress) => void): Promise<Progress> {
  let progress: Progress = { ...from, failed: null, phase: 'undoing' }
  const say = (next: Partial<Progress>) => tell((progress = { ...progress, ...next }))
  say({})
  for (const { part, command } of undoing(progress.made)) {
    try {
      await runCommand(client, command)
    } catch (error) {
      const gone = error instanceof ApiError && error.status === 404
      if (!gone) {
        say({ failed: { key: part, why: reasonsOf(error) }, phase: 'undo-failed' })
        return progress
      }
    }
    const { [part]: _, ...left } = progress.made
    say({ made: left })
  }
  say({ phase: 'undone', made: {}, done: [] })
  return progress
}

function reasonsOf(error: unknown): readonly string[] {
  if (!(error instanceof ApiError)) return [error instanceof Error ? error.message : String(error)]
  return error.problems.length === 0 ? [error.message] : error.problems.map(({ message }) => message)
}
