import type { Id, Model } from '../model/model.ts'

/** What a step from one model to a newer one changed. */
interface Changed {
  readonly revision: number
  /** RFC 3339: when it was noticed. */
  readonly at: string
  /** Resources whose `now` or `live` changed: what machines must hear of. */
  readonly live: readonly Id[]
  readonly removed: readonly Id[]
  /** The model before. */
  readonly before: Model
}

/** What changed lately, by revision; forgets the oldest. */
export interface ChangeLog {
  readonly revision: number
  /** Notes what leads from the last model to this one, and tells whom it concerns. */
  note(changed: Changed): void
  /** What changed after a revision, each id once; null when that is too long ago or from another time line. */
  since(revision: number): { readonly live: readonly Id[]; readonly removed: readonly Id[] } | null
  /** The newest revision up to which a machine that has this one has heard of everything that machines must hear of. */
  reached(revision: number): number
  /** A model in which all is published as it was at a revision, if what machines must hear of changed a few times only since then. */
  modelOf(revision: number): Model | undefined
  /** When a revision was noticed, if that was lately. */
  timeOf(revision: number): string | undefined
  /** Resolves when something that machines must hear of is newer than `revision`, or when the signal aborts. */
  newerThan(revision: number, signal: AbortSignal): Promise<void>
}

/** So many models are remembered. */
const mostModels = 64

/** A log that starts at a revision and remembers at least `most` steps. */
export function changeLog(start: number, most = 10_000): ChangeLog {
  let floor = start
  let newest = start
  let newestLive = start
  let entries: Omit<Changed, 'before'>[] = []
  /** Models before what machines had to hear of, the oldest first. */
  let models: readonly Model[] = []
  let oldestModel = start
  const waiting = new Set<() => void>()

  /** The position of the first entry after a revision. */
  function after(revision: number): number {
    let [low, high] = [0, entries.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((entries[middle]?.revision ?? Infinity) > revision) high = middle
      else low = middle + 1
    }
    return low
  }

  return {
    get revision() {
      return newest
    },
    note({ before, ...changed }) {
      newest = changed.revision
      entries.push(changed)
      if (entries.length > 2 * most) {
        floor = entries[most - 1]?.revision ?? floor
        entries = entries.slice(most)
      }
      if (changed.live.length + changed.removed.length === 0) return
      newestLive = changed.revision
      models = [...models, before]
      if (models.length > mostModels) {
        oldestModel = models[0]!.revision + 1
        models = models.slice(1)
      }
      for (const wake of waiting) wake()
    },
    since(revision) {
      if (revision < floor || revision > newest) return null
      const [live, removed] = [new Set<Id>(), new Set<Id>()]
      for (const entry of entries.slice(after(revision))) {
        for (const id of entry.live) {
          live.add(id)
          removed.delete(id)
        }
        for (const id of entry.removed) {
          removed.add(id)
          live.delete(id)
        }
      }
      return { live: [...live], removed: [...removed] }
    },
    reached: revision => (revision >= newestLive && revision < newest ? newest : revision),
    modelOf: revision => (revision < oldestModel ? undefined : models.find(model => model.revision >= revision)),
    timeOf: revision => (revision <= floor ? undefined : entries[after(revision - 1)]?.at),
    newerThan(revision, signal) {
      if (newestLive > revision || signal.aborted) return Promise.resolve()
      return new Promise(resolve => {
        const wake = () => {
          if (newestLive <= revision && !signal.aborted) return
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        waiting.add(wake)
        signal.addEventListener('abort', wake)
      })
    },
  }
}
