/** Hands over what comes, in order, to who waits for it. */
export class Mailbox<T> {
  #waiting: T[] = []
  #wake = () => {}

  put(value: T): void {
    this.#waiting.push(value)
    this.#wake()
  }

  /** Everything that comes until the signal aborts. */
  async *take(signal: AbortSignal): AsyncIterable<T> {
    const wake = () => this.#wake()
    signal.addEventListener('abort', wake)
    try {
      while (!signal.aborted) {
        yield* this.#waiting.splice(0)
        if (this.#waiting.length === 0 && !signal.aborted) await new Promise<void>(resolve => (this.#wake = resolve))
      }
    } finally {
      signal.removeEventListener('abort', wake)
    }
  }
}
