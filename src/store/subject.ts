/** A value that others wait for changes of. */
export interface Subject<T> {
  value(): T
  /** Sets the value, wakes who watches, and returns it. */
  set(value: T): T
  /** The present value, then the newest one after changes; skips what came and went meanwhile. Ends on abort or close. */
  watch(signal: AbortSignal): AsyncIterable<T>
  close(): void
}

/** A subject that holds an initial value. */
export function subject<T>(initial: T): Subject<T> {
  let current = initial
  const closing = new AbortController()
  const sleepers = new Set<() => void>()
  return {
    value: () => current,
    set(value) {
      current = value
      for (const wake of sleepers) wake()
      return value
    },
    async *watch(signal) {
      const ending = AbortSignal.any([signal, closing.signal])
      let seen: { readonly value: T } | undefined
      while (!ending.aborted) {
        if (seen && seen.value === current) await nap(ending, sleepers)
        else {
          seen = { value: current }
          yield seen.value
        }
      }
    },
    close() {
      closing.abort()
    },
  }
}

function nap(ending: AbortSignal, sleepers: Set<() => void>): Promise<void> {
  return new Promise(resolve => {
    const wake = () => {
      ending.removeEventListener('abort', wake)
      sleepers.delete(wake)
      resolve()
    }
    sleepers.add(wake)
    ending.addEventListener('abort', wake)
  })
}
