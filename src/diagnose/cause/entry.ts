import type { Words } from '../../model/define.ts'

/**
 * How sure a finding is: `proved` by what was applied; `seen` on the machine or on the wire; `guessed` from what was not seen, such
 * as an answer.
 */
export type Certainty = 'proved' | 'seen' | 'guessed'

/** What a finding says. `{name}` stands for one of its values, `{it}` for the resource by name and id. */
export interface Entry {
  readonly what: Words
  /** What to do about it. */
  readonly fix: Words
  /** How sure it is where nothing more is known. */
  readonly certainty: Certainty
  /** False where all is as it was meant: it is said because it looks like a fault. */
  readonly isFault?: false
}
