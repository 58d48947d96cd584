import { committed, emptyModel, type Model } from '../model/model.ts'
import type { Store } from './store.ts'
import { subject } from './subject.ts'

/** So many commits can be gone back. */
const mostPast = 10_000

/** A store that forgets everything when its process ends. */
export function memoryStore(initial: Model = emptyModel, now: () => number = Date.now): Store {
  const newest = subject(initial)
  let past: { readonly at: number; readonly model: Model }[] = [{ at: now(), model: initial }]
  return {
    snapshot: () => newest.value(),
    async commit(change) {
      const before = newest.value()
      const after = change(before)
      if (after === before) return before
      const model = committed(after)
      past.push({ at: Math.max(now(), past.at(-1)?.at ?? 0), model })
      if (past.length > 2 * mostPast) past = past.slice(-mostPast)
      return newest.set(model)
    },
    at: time => past.findLast(({ at }) => at <= time)?.model ?? null,
    oldest: () => past[0]?.at ?? 0,
    moments: (from, to, most) =>
      past
        .filter(({ at }) => from <= at && at < to)
        .slice(-most)
        .map(({ at, model: { revision } }) => ({ at, revision }))
        .reverse(),
    watch: signal => newest.watch(signal),
    async close() {
      newest.close()
    },
  }
}
