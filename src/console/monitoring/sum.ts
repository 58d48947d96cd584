import type { MeterName } from '../../client/meters.ts'
import type { Metrics } from '../../client/wire.ts'

/** What the values of the parts at one time make together; each with how much happened there. */
type Together = (values: readonly { readonly value: number; readonly weight: number }[]) => number

const total: Together = values => values.reduce((sum, { value }) => sum + value, 0)
const largest: Together = values => Math.max(...values.map(({ value }) => value))
const mean: Together = values => {
  const weights = values.reduce((sum, { weight }) => sum + weight, 0)
  if (weights === 0) return total(values) / values.length
  return values.reduce((sum, { value, weight }) => sum + value * weight, 0) / weights
}
const together: Partial<Record<MeterName, Together>> = { latency: mean, responseTime: mean, latencyMax: largest }

/** What was measured of a whole, with what was measured only of its parts: added up; of latencies the mean of all requests. */
export function summed(whole: Metrics, parts: readonly Metrics[]): Metrics {
  const own = new Set(whole.meters.map(({ name }) => name))
  const names = new Set(parts.flatMap(part => part.meters.map(({ name }) => name)))
  const units = new Map(parts.flatMap(part => part.meters.map(({ name, unit }) => [name, unit] as const)))
  const series = parts.map(part => new Map(part.meters.map(({ name, points }) => [name, new Map(points)])))
  const added = [...names.difference(own)].map(name => {
    const times = new Set(series.flatMap(part => [...(part.get(name)?.keys() ?? [])]))
    const points = [...times]
      .toSorted((a, b) => a - b)
      .map((time): readonly [number, number | null] => {
        const values = series.flatMap(part => {
          const value = part.get(name)?.get(time) ?? null
          const weight = part.get('requests')?.get(time) ?? part.get('newConnections')?.get(time) ?? 0
          return value === null ? [] : [{ value, weight }]
        })
        return [time, values.length === 0 ? null : (together[name] ?? total)(values)]
      })
    return { name, unit: units.get(name) ?? '', points }
  })
  return { ...whole, meters: [...whole.meters, ...added] }
}
