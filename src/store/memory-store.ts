import { committed, emptyModel, type Model } from '../model/model.ts'
import type { Store } from './store.ts'
import { subject } from './subject.ts'

/** A store that forgets everything when its process ends. */
export function memoryStore(initial: Model = emptyModel): Store {
  const newest = subject(initial)
  return {
    snapshot: newest.value,
    async commit(change) {
      const before = newest.value()
      const after = change(before)
      if (after === before) return before
      return newest.set(committed(after))
    },
    watch: newest.watch,
    async close() {
      newest.close()
    },
  }
}
