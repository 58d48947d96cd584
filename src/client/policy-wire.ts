import type { Id } from '../model/model.ts'

/** How a policy test stands now: `GET /v1/policy-tests/{id}`, as `verdict`. */
export interface PolicyStatus {
  /** `unknown` while it is switched off, while there is nobody whom it is about, and before it was looked at. */
  readonly state: 'holds' | 'broken' | 'unknown'
  /** Who does not get to whom and why, or why it is not known; in the language of whoever asks. Empty where it holds. */
  readonly reason: string
  /** RFC 3339: since when it is so; null before it was looked at. */
  readonly since: string | null
  /** What came of sending packets, where the sender is ours; null before that, and where it is not. */
  readonly tried: {
    /** RFC 3339. */
    readonly at: string
    /** Whether they did what the test states; null where nobody can say, as with UDP that is not answered. */
    readonly asStated: boolean | null
    readonly reason: string
  } | null
}

/** A policy test that an apply concerns: `void` where there is nobody whom it is about. */
export interface PlannedTest {
  readonly id: Id
  readonly name: string
  readonly was: 'holds' | 'broken' | 'void'
  readonly becomes: 'holds' | 'broken' | 'void'
  /** Who would not get to whom, and why; empty where it would hold. */
  readonly reason: string
}
