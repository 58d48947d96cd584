import type { MeterName } from '../client/meters.ts'
import type { Id } from '../model/model.ts'
import type { Cloud } from './cloud.ts'
import { fail } from './failure.ts'

/** What was measured in one step: the values of every finer one in it that is known. */
export interface Step {
  /** When it ended, in seconds since 1970. */
  readonly end: number
  /** What it was per second, or what was there: the mean; null where nothing was heard. */
  mean(meter: MeterName): number | null
  most(meter: MeterName): number | null
  least(meter: MeterName): number | null
  /** How many there were in all of it. */
  sum(meter: MeterName): number | null
}

/** What is asked: times in milliseconds since 1970, the step in seconds. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly step: number
}

const mostSteps = 5000
/** What is kept, in seconds; every one divides the next, and all of them what clients ask for. */
const kept = [10, 60, 300] as const

/** All whole steps that ended in a span, oldest first. */
export function stepsOf(cloud: Cloud, id: Id, { from, to, step }: Span): readonly Step[] {
  const [first, last] = [Math.floor(from / 1000 / step), Math.floor(Math.min(to, cloud.now()) / 1000 / step)]
  if (last - first > mostSteps) fail(1100, `there are more than ${mostSteps} steps from [start_time] to [end_time]`)
  if (last <= first) return []
  const fine = kept.find(each => ((last - first) * step) / each <= mostSteps) ?? step
  const measured = cloud.measured(id, { from: first * step * 1000, to: last * step * 1000, step: fine })
  const found = new Map<number, Map<MeterName, number[]>>()
  for (const [meter, points] of measured.points) {
    for (const [time, value] of points) {
      if (value === null) continue
      const number = Math.ceil(time / 1000 / step)
      const values = found.getOrInsertComputed(number, () => new Map()).getOrInsertComputed(meter, () => [])
      values.push(value)
    }
  }
  return Array.from({ length: last - first }, (_, i) => first + 1 + i).map(number =>
    stepOf(number * step, measured.step, found.get(number)),
  )
}

function stepOf(end: number, fine: number, values: ReadonlyMap<MeterName, readonly number[]> | undefined): Step {
  const over = (meter: MeterName, made: (known: readonly number[]) => number) => {
    const known = values?.get(meter)
    return known === undefined ? null : made(known)
  }
  const total = (known: readonly number[]) => known.reduce((sum, value) => sum + value, 0)
  return {
    end,
    mean: meter => over(meter, known => total(known) / known.length),
    most: meter => over(meter, known => Math.max(...known)),
    least: meter => over(meter, known => Math.min(...known)),
    sum: meter => over(meter, known => total(known) * fine),
  }
}

/** One moment of a series; null where nothing is known. */
export type Moment = readonly [time: number, value: unknown]

/**
 * A series as it is told, to save words: the first as `[time, value]`, then only values. One that is missing is `NA`; after
 * several, the next is `[seconds since the last, value]`.
 */
export function compressed(moments: readonly Moment[], step: number): readonly unknown[] {
  const data: unknown[] = []
  let last: number | undefined
  for (const [time, value] of moments) {
    if (value === null) continue
    if (last === undefined) data.push([time, value])
    else if (time - last === step) data.push(value)
    else if (time - last === 2 * step) data.push('NA', value)
    else data.push([time - last, value])
    last = time
  }
  return data
}
