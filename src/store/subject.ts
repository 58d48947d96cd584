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
  let closed = false
  const sleepers = new Set<() => void>()
  const wakeAll = () => {
    for (const wake of sleepers) wake()
    sleepers.clear()
  }
  return {
    value: () => current,
    set(value) {
      current = value
      wakeAll()
      return value
    },
    async *watch(signal) {
      let seen: { readonly value: T } | undefined
      while (!signal.aborted && !closed) {
        if (seen && seen.value === current) await nap(signal, sleepers)
        else {
          seen = { value: current }
          yield seen.value
        }
      }
    },
    close() {
      closed = true
      wakeAll()
    },
  }
}

function nap(signal: AbortSignal, sleepers: Set<() => void>): Promise<void> {
  return new Promise(resolve => {
    const wake = () => {
      signal.removeEventListener('abort', wake)
      sleepers.delete(wake)
      resolve()
    }
    sleepers.add(wake)
    signal.addEventListener('abort', wake)
  })
}
