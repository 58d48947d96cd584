import type { Model } from '../model/model.ts'

/** A commit, and when it was; in milliseconds since 1970, and never before the one before it. */
export interface Moment {
  readonly revision: number
  readonly at: number
}

/**
 * Where the model lives. Holds only checked models: whoever commits has checked.
 * A commit that was answered survives a crash of the process and of the machine.
 */
export interface Store {
  /** The model as last committed. */
  snapshot(): Model
  /**
   * Commits what `change` makes of the newest model, one commit at a time, with the revision grown by one.
   * A change that returns the model it was given commits nothing. What it throws is thrown to the caller.
   */
  commit(change: (model: Model) => Model): Promise<Model>
  /** The model as it was at a moment, in milliseconds since 1970: what every read at that time saw. Null where that is not kept. */
  at(time: number): Model | null
  /** From when on the past is kept, in milliseconds since 1970. */
  oldest(): number
  /** When something changed between two times, the later bound open, the newest first. */
  moments(from: number, to: number, most: number): readonly Moment[]
  /** The newest model after every commit; may skip, never goes back. Starts with the present one. */
  watch(signal: AbortSignal): AsyncIterable<Model>
  close(): Promise<void>
}
