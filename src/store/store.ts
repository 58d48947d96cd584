import type { Model } from '../model/model.ts'

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
  /** The newest model after every commit; may skip, never goes back. Starts with the present one. */
  watch(signal: AbortSignal): AsyncIterable<Model>
  close(): Promise<void>
}
