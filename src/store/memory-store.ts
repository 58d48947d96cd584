import { committed, emptyModel, type Model } from '../model/model.ts'
import type { Store } from './store.ts'
import { subject } from './subject.ts'

/** A store that forgets everything when its process ends. */
export function memoryStore(initial: Model = emptyModel): Store {
  const newest = subject(initial)
  return {
    snapshot: () => newest.value(),
    async commit(change) {
      const before = newest.value()
      const after = change(before)
      return after === before ? before : newest.set(committed(after))
    },
    watch: signal => newest.watch(signal),
    async close() {
      newest.close()
    },
  }
}
