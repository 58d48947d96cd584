/** A moment in milliseconds since 1970, and what was measured then; null where nothing was. */
type Point = readonly [time: number, value: number | null]

/** Where something is heading that must stay below a limit. */
export interface Trend {
  /** By how much it grows in an hour; negative where it falls, 0 where no trend stands out of the noise. */
  readonly perHour: number
  /** When it reaches the limit, in milliseconds since 1970; null where that is not in sight. */
  readonly reachesAt: number | null
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** What grows fast shows in the shortest, what grows slowly in the longest. */
const windowsMs = [10 * minuteMs, hourMs, 6 * hourMs, 24 * hourMs, 7 * 24 * hourMs]
/** Nobody can see further ahead than so many times as long as they have looked back. */
const foresight = 25
/** A window is cut into so many stretches, and counts from so many with values, over so much of it. */
const [stretches, fewest, leastSpan] = [48, 8, 0.6]
/** A rise counts that is so many times as high as values usually lie off it, and in both halves so much of it: noise, or a single step, is no trend. */
const [standsOut, steady] = [6, 0.25]

/** The trend of a series, in order of time, towards a limit. */
export function trendOf(points: readonly Point[], limit: number, now: number): Trend {
  const known = points.filter(
    (each): each is readonly [number, number] => each[1] !== null && each[0] <= now + minuteMs,
  )
  const lines = windowsMs.flatMap(window => lineIn(known, window, now) ?? [])
  const last = known.at(-1)
  const steepest = lines.find(({ perMs }) => perMs !== 0)
  const perHour = (steepest?.perMs ?? 0) * hourMs
  if (last && now - last[0] < 10 * minuteMs && last[1] >= limit) return { perHour, reachesAt: now }
  const arrivals = lines.flatMap(line => arrivalOf(line, limit, now) ?? [])
  return { perHour, reachesAt: arrivals.length > 0 ? Math.min(...arrivals) : null }
}

interface Line {
  readonly windowMs: number
  readonly perMs: number
  /** Where the line is now. */
  readonly level: number
}

/** The line through what was measured in the time just past; null where that is too little. */
function lineIn(points: readonly (readonly [number, number])[], windowMs: number, now: number): Line | null {
  const bins = Map.groupBy(
    points.filter(([time]) => time > now - windowMs),
    ([time]) => Math.floor((time - (now - windowMs)) / (windowMs / stretches)),
  )
  const means = [...bins.values()].map(list => [mean(list, 0), mean(list, 1)] as const)
  const [first, last] = [means[0], means.at(-1)]
  if (means.length < fewest || !first || !last || last[0] - first[0] < leastSpan * windowMs) return null
  const slope = slopeOf(means)
  const level = median(means.map(([time, value]) => value + slope * (now - time)))
  const off = median(means.map(([time, value]) => Math.abs(value + slope * (now - time) - level)))
  const isClear = Math.abs(slope) * (last[0] - first[0]) > standsOut * off
  const middle = Math.floor(means.length / 2)
  const halves = [slopeOf(means.slice(0, middle)), slopeOf(means.slice(middle))]
  const isSteady = halves.every(each => each / slope >= steady)
  return { windowMs, perMs: isClear && isSteady ? slope : 0, level }
}

/** The median of the slopes between any two: few that lie far off do not change it. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  return median(points.flatMap(([t, v], i) => points.slice(i + 1).map(([later, value]) => (value - v) / (later - t))))
}

function arrivalOf({ windowMs, perMs, level }: Line, limit: number, now: number): number | null {
  if (perMs <= 0) return null
  const left = Math.max(0, (limit - level) / perMs)
  return left <= foresight * windowMs ? now + left : null
}

function mean(list: readonly (readonly [number, number])[], of: 0 | 1): number {
  return list.reduce((sum, each) => sum + each[of], 0) / list.length
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
