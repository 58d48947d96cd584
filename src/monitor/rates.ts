import { meterNames, meters, type MeterName } from '../client/meters.ts'
import type { Sample } from '../client/wire.ts'

/** A sample with its moment, and since when its counts count; in milliseconds since 1970. */
export interface Taken {
  readonly at: number
  readonly since: number
  readonly sample: Sample
}

/**
 * What a sample says of the time since the one before: what is counted, per second; the rest as it is. A count says
 * nothing alone. Where counting began anew in between, all of it came since then.
 */
export function ratesOf(before: Taken | undefined, after: Taken): ReadonlyMap<MeterName, number> {
  const rates = new Map<MeterName, number>()
  for (const name of meterNames) {
    const value = after.sample[name]
    if (value === undefined) continue
    if (!meters[name].counts) rates.set(name, value)
    else if (before) {
      const anew = before.since !== after.since
      const seconds = (after.at - (anew ? after.since : before.at)) / 1000
      const more = anew ? value : value - (before.sample[name] ?? value)
      if (seconds > 0 && more >= 0) rates.set(name, more / seconds)
    }
  }
  return rates
}
