/** A bell that one loop waits for and others ring. Rung while nobody waits, it rings at the next wait. */
export interface Wake {
  ring(): void
  /** Resolves when rung, when this many milliseconds have passed, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export function wakeBell(): Wake {
  let rung = false
  let wake = () => {}
  return {
    ring() {
      rung = true
      wake()
    },
    async wait(ms, signal) {
      if (rung || signal.aborted) {
        rung = false
        return
      }
      await new Promise<void>(resolve => {
        const timer = Number.isFinite(ms) ? setTimeout(done, ms) : undefined
        function done() {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          resolve()
        }
        signal.addEventListener('abort', done)
        wake = done
      })
      rung = false
    },
  }
}

/** Waits, or less when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return wakeBell().wait(ms, signal)
}

/** How long to wait before trying again after this many failures in a row. */
export function backOffMs(failures: number, firstMs: number, mostMs: number): number {
  return Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1))
}
