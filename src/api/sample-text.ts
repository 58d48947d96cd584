import { meterNames, meters, type MeterName } from '../client/meters.ts'
import type { Series } from '../monitor/series.ts'

/** The newest samples in the text format of Prometheus: counts as they are, times in seconds. */
export function sampleText(series: Series): string {
  const newest = [...series.newest()]
  const families = meterNames.flatMap(meter => {
    const { counts, unit } = meters[meter]
    const divisor = unit === 'ms' ? 1000 : 1
    const lines = newest.flatMap(([id, { [meter]: value }]) =>
      value === undefined ? [] : [`${nameOf(meter)}{resource="${id}"} ${value / divisor}\n`],
    )
    return lines.length > 0 ? [`# TYPE ${nameOf(meter)} ${counts ? 'counter' : 'gauge'}\n`, ...lines] : []
  })
  return families.join('')
}

/** E.g. `causeway_bytes_in_total`, `causeway_latency_seconds`. */
function nameOf(meter: MeterName): string {
  const { counts, unit } = meters[meter]
  const words = meter.replaceAll(/[A-Z]|\d\w+/g, part => `_${part.toLowerCase()}`)
  return `causeway_${words}${counts ? '_total' : unit === 'ms' ? '_seconds' : ''}`
}
