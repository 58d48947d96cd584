import type { BackendStatus, KnownTurn } from './wire.ts'

/** A time that a backend spent in one state, in milliseconds since 1970. */
export interface Span {
  readonly from: number
  readonly to: number
  /** Null where nothing is known. */
  readonly state: BackendStatus['state'] | null
  readonly reason: string
  /** Whether it was given what came: also while its checks began to fail, and not while they began to go well. */
  readonly serves: boolean
}

/** A window of time as one machine saw a backend in it, oldest first and without gaps; turns come newest first. */
export function spansOf(turns: readonly KnownTurn[], from: number, to: number): readonly Span[] {
  const spans: Span[] = []
  let end = to
  for (const { at, state, reason, was } of turns) {
    const start = Math.max(from, Math.min(Date.parse(at), end))
    const serves = state === 'active' || (state === 'abnormal' && was === 'active')
    if (start < end) spans.push({ from: start, to: end, state, reason, serves })
    end = start
    if (end <= from) break
  }
  if (end > from) spans.push({ from, to: end, state: null, reason: '', serves: false })
  return spans.reverse()
}

/** How much of a time a backend served, of what is known of it and it was not switched off, from 0 to 1; null where that is nothing. */
export function availabilityOf(spans: readonly Span[]): number | null {
  const counted = spans.filter(({ state }) => state !== null && state !== 'draining' && state !== 'disabled')
  const length = (list: readonly Span[]) => list.reduce((sum, { from, to }) => sum + to - from, 0)
  const whole = length(counted)
  return whole === 0 ? null : length(counted.filter(({ serves }) => serves)) / whole
}

/** A share as people read it; rounded down, so that only what never failed says 100 %. */
export function percentText(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2).replace(/\.?0+$/, '')} %`
}
