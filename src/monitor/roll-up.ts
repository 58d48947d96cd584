/** What longer steps show of shorter ones; NaN is nothing heard, and counts for nothing. */
export type Over = 'mean' | 'max'

/** One value for many; NaN where none of them is known. */
export function rollUp(values: Iterable<number>, over: Over): number {
  let [known, sum, most] = [0, 0, -Infinity]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    known += 1
    sum += value
    most = Math.max(most, value)
  }
  if (known === 0) return NaN
  return over === 'max' ? most : sum / known
}

/** How finely something is kept, and for how long; in seconds. */
export interface Tier {
  readonly step: number
  readonly keep: number
}

/** Every step divides the next one. */
export const tiers = [
  { step: 10, keep: 3 * 3600 },
  { step: 60, keep: 24 * 3600 },
  { step: 300, keep: 15 * 86_400 },
] as const satisfies readonly Tier[]

const steps = [10, 60, 300, 900, 1800, 3600, 7200, 86_400]
/** A chart shows no more than this; whoever asks for a step themselves gets more. */
const chartPoints = 400
const mostPoints = 5000

/** How a question is answered: from which tier, in which steps. Never finer than what is kept for that long ago. */
export function planOf(
  { from, to, step }: { readonly from: number; readonly to: number; readonly step: number | null },
  now: number,
): { readonly tier: number; readonly step: number } {
  const seconds = (to - from) / 1000
  // Whoever asks for the last 3 h means a little more than 3 h when the answer is made.
  const keeps = tiers.findIndex(({ keep }) => from >= now - (keep + 60) * 1000)
  const finest = keeps < 0 ? tiers.length - 1 : keeps
  const base = tiers[finest]?.step ?? 300
  const wish = Math.max(
    base,
    step ?? steps.find(each => seconds / each <= chartPoints) ?? 86_400,
    Math.ceil(seconds / mostPoints),
  )
  const whole = Math.ceil(wish / base) * base
  const tier = tiers.findLastIndex((each, i) => i >= finest && whole % each.step === 0)
  return { tier, step: whole }
}
