import type { BackendTurn } from '../client/wire.ts'
import { all, type Id, type Model } from '../model/model.ts'
import type { Turns } from '../store/turns.ts'
import { backendIds } from './view.ts'

/** Notes how backends turn; what cannot be written now waits. */
export interface TurnLog {
  /** Turns that a machine tells of, perhaps not for the first time. */
  add(host: string, turns: readonly BackendTurn[]): void
  /** Since when a machine has known a backend to be in a state; undefined where it was in another when it was last told of. */
  sinceOf(host: string, backend: Id, state: BackendTurn['state']): string | undefined
  /** Notes that backends are no more. */
  end(backends: ReadonlySet<Id>): void
  /** Writes what waits, and now and then forgets what is too old. To be called now and then. */
  look(): void
}

const pruneMs = 60 * 60_000
/** How many wait while nothing can be written. */
const mostWaiting = 20_000

/** A log of the backends of a model. What cannot be done is told to `onBug`: machines have said what they had to say. */
export function logTurns(
  turns: Turns,
  model: () => Model,
  onBug: (error: unknown) => void,
  now: () => number = Date.now,
): TurnLog {
  let waiting: readonly (readonly [host: string, turn: BackendTurn])[] = []
  let prunedAt = -Infinity

  function attempt(run: () => void): boolean {
    try {
      run()
      return true
    } catch (error) {
      onBug(error)
      return false
    }
  }

  function write(): void {
    const byHost = Map.groupBy(waiting, ([host]) => host)
    for (const [host, list] of byHost) {
      const done = attempt(() =>
        turns.add(
          host,
          list.map(([, turn]) => turn),
        ),
      )
      if (done) waiting = waiting.filter(each => each[0] !== host)
    }
  }

  return {
    add(host, told) {
      if (told.length === 0) return
      const known = backendsOf(model())
      const ours = told.filter(({ backend }) => known.has(backend)).map(turn => [host, turn] as const)
      waiting = [...waiting, ...ours].slice(-mostWaiting)
      write()
    },
    sinceOf(host, backend, state) {
      const latest = turns.latest(host, backend)
      return latest?.state === state ? latest.at : undefined
    },
    end(backends) {
      if (backends.size > 0) attempt(() => turns.end(backends))
    },
    look() {
      if (waiting.length > 0) write()
      if (now() - prunedAt < pruneMs) return
      prunedAt = now()
      attempt(() => turns.prune(backendsOf(model())))
    },
  }
}

const known = new WeakMap<Model, ReadonlySet<Id>>()

/** Every backend of a model, found once per version of it. */
export function backendsOf(model: Model): ReadonlySet<Id> {
  return known.getOrInsertComputed(
    model,
    () => new Set([...all(model, 'load-balancer')].flatMap(balancer => [...backendIds(balancer)])),
  )
}
