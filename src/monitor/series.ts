import { meterNames, meters, type MeterName } from '../client/meters.ts'
import type { Sample, Samples } from '../client/wire.ts'
import { chunkLength, valuesOf } from './chunk.ts'
import { chunkStore } from './chunk-store.ts'
import { ratesOf, type Taken } from './rates.ts'
import { planOf, rollUp, tiers } from './roll-up.ts'

/** What is asked of a series: times in milliseconds since 1970; the step in seconds, null for one that suits the range. */
interface Question {
  readonly from: number
  readonly to: number
  readonly step: number | null
}

/** The end of a step, and what was measured in it; null where nothing was heard. */
type Point = readonly [time: number, value: number | null]

/** What was measured, as long as it is kept. */
export interface Series {
  /** Takes what an agent measured. */
  add(host: string, samples: Samples): void
  /** The meters of a resource. Those that were silent all the time are left out. */
  read(
    id: string,
    question: Question,
  ): { readonly step: number; readonly points: ReadonlyMap<MeterName, readonly Point[]> }
  /** The newest sample of everything that is still heard of. */
  newest(): Iterable<readonly [id: string, sample: Sample]>
  close(): void
}

/** Longer than any agent waits between two samples: whatever is silent for so long was not heard meanwhile. */
const longestGap = 90
const forgetAfterMs = 10 * 60_000

interface SeriesOptions {
  readonly now?: () => number
  /** Hears why something could not be written; it is tried again. */
  readonly onFailure?: (error: unknown) => void
}

/**
 * Series in a file; without one, in memory. What is newer than five minutes is written when the series is closed, and
 * lost when its process is killed. Throws where the file cannot be opened.
 */
export function sqliteSeries(
  path = ':memory:',
  { now = Date.now, onFailure = console.error }: SeriesOptions = {},
): Series {
  const chunks = chunkStore(path, now, onFailure)
  /** By host and id. */
  const latest = new Map<string, Map<string, Taken>>()

  /** Puts values into all slots from one to another, and into the longer steps that hold these. */
  function put(id: string, from: number, to: number, values: ReadonlyMap<MeterName, number>): void {
    if (values.size === 0) return
    const numbered = [...values].map(([name, value]) => ({ number: chunks.numberOf(name), value, ...meters[name] }))
    for (let slot = from; slot <= to; slot++) {
      const chunk = chunks.at(0, id, slot)
      for (const { number, value } of numbered) valuesOf(chunk, number)[slot % chunkLength] = value
    }
    for (let tier = 1; tier < tiers.length; tier++) {
      const ratio = (tiers[tier]?.step ?? 0) / tiers[0].step
      for (let slot = Math.floor(from / ratio); slot <= Math.floor(to / ratio); slot++) {
        const [fine, coarse] = [chunks.at(0, id, slot * ratio), chunks.at(tier, id, slot)]
        const start = (slot * ratio) % chunkLength
        for (const { number, over } of numbered) {
          const whole = rollUp(valuesOf(fine, number).subarray(start, start + ratio), over)
          valuesOf(coarse, number)[slot % chunkLength] = whole
        }
      }
    }
  }

  function forget(known: Map<string, Taken>, at: number): void {
    for (const [id, taken] of known) if (taken.at < at - forgetAfterMs) known.delete(id)
  }

  return {
    add(host, { at, since, of }) {
      const known = latest.get(host) ?? new Map<string, Taken>()
      latest.set(host, known)
      // A clock that is far off would write where nobody looks, or where chunks are closed already.
      if (Math.abs(at - now()) > longestGap * 1000) return
      const slot = Math.floor(at / 1000 / tiers[0].step)
      for (const [id, sample] of Object.entries(of)) {
        const before = known.get(id)
        const taken = { at, since, sample }
        const gap = before ? (at - before.at) / 1000 : 0
        const first = before && gap <= longestGap ? Math.floor(before.at / 1000 / tiers[0].step) + 1 : slot
        put(id, Math.min(first, slot), slot, ratesOf(before, taken))
        known.set(id, taken)
      }
      forget(known, at)
    },
    read(id, question) {
      const { tier, step } = planOf(question, now())
      const base = tiers[tier]?.step ?? step
      const ratio = step / base
      const first = Math.floor(question.from / 1000 / step) * ratio
      const last = Math.ceil(question.to / 1000 / step) * ratio
      const found = chunks.values(tier, id, first, last)
      const points = new Map<MeterName, readonly Point[]>()
      for (const name of meterNames) {
        const values = found.get(chunks.numberOf(name))
        if (!values) continue
        const list: Point[] = []
        for (let i = 0; i < values.length; i += ratio) {
          const value = rollUp(values.subarray(i, i + ratio), meters[name].over)
          list.push([(first + i + ratio) * base * 1000, Number.isNaN(value) ? null : value])
        }
        if (list.some(([, value]) => value !== null)) points.set(name, list)
      }
      return { step, points }
    },
    *newest() {
      for (const known of latest.values()) for (const [id, { sample }] of known) yield [id, sample]
    },
    close: () => chunks.close(),
  }
}
