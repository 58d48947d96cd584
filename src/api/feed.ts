import type { WireEvent } from '../client/wire.ts'

/** An event with its place in the stream. */
export interface Numbered {
  /** Opaque to clients; names the stream too, so that a restart is noticed. */
  readonly id: string
  readonly event: WireEvent
}

/** The stream of everything that happens, with a memory of the latest. */
export interface Feed {
  emit(event: WireEvent): void
  /** What came after an event, or null when that is not known (any more). */
  after(id: string): readonly Numbered[] | null
  /** Hears every further event until it says to stop. */
  subscribe(hear: (event: Numbered) => void): () => void
  readonly lastId: string
}

/** A feed that remembers the latest `most` events. */
export function createFeed(stream: string, most = 5_000): Feed {
  let memory: Numbered[] = []
  let count = 0
  let forgotten = 0
  const listeners = new Set<(event: Numbered) => void>()
  return {
    get lastId() {
      return `${stream}-${count}`
    },
    emit(event) {
      count += 1
      const numbered = { id: `${stream}-${count}`, event }
      memory.push(numbered)
      if (memory.length > 2 * most) {
        memory = memory.slice(most)
        forgotten = count - memory.length
      }
      for (const hear of listeners) hear(numbered)
    },
    after(id) {
      const [, of, text] = /^(.*)-(\d+)$/.exec(id) ?? []
      const number = Number(text)
      if (of !== stream || number < forgotten || number > count) return null
      return memory.slice(number - forgotten)
    },
    subscribe(hear) {
      listeners.add(hear)
      return () => listeners.delete(hear)
    },
  }
}
