import type { MeterName } from '../client/meters.ts'
import type { Sample, Samples } from '../client/wire.ts'

/** What is asked of a series: times in milliseconds since 1970; the step in seconds, null for one that suits the range. */
export interface Question {
  readonly from: number
  readonly to: number
  readonly step: number | null
}

export type Point = readonly [time: number, value: number | null]

/** What was measured, as long as it is kept. */
export interface Series {
  /** Takes what an agent measured. */
  add(host: string, samples: Samples): void
  read(
    id: string,
    question: Question,
  ): { readonly step: number; readonly points: ReadonlyMap<MeterName, readonly Point[]> }
  /** The newest sample of everything that is still heard of. */
  newest(): Iterable<readonly [id: string, sample: Sample]>
  close(): void
}

/** Nothing is kept. */
export function volatileSeries(): Series {
  return { add() {}, read: (_, { step }) => ({ step: step ?? 60, points: new Map() }), newest: () => [], close() {} }
}
