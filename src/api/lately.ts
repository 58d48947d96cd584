import { meters } from '../client/meters.ts'
import type { Sample } from '../client/wire.ts'
import type { Id } from '../model/model.ts'
import type { Series } from '../monitor/series.ts'

/** No agent waits longer between two samples. */
const lateMs = 90_000
/** Steps of ten seconds: what is older counts no more once something newer is known. */
const newest = 3
const keptMs = 1000

/** What was measured of things lately: of what is there the newest figure, of what is counted the most that came in a second. Read once for all who ask in the same moment. */
export function latelyIn(series: Series, now: () => number = Date.now): (id: Id) => Sample {
  let known = new Map<Id, Sample>()
  let until = 0
  return id => {
    const at = now()
    if (at >= until) [known, until] = [new Map(), at + keptMs]
    return known.getOrInsertComputed(id, () => read(series, id, at))
  }
}

function read(series: Series, id: Id, at: number): Sample {
  const { points } = series.read(id, { from: at - lateMs, to: at, step: 10 })
  return Object.fromEntries(
    [...points].flatMap(([name, list]) => {
      const last = list.flatMap(([, value]) => value ?? []).slice(-newest)
      return last.length === 0 ? [] : [[name, meters[name].counts ? Math.max(...last) : last.at(-1)!] as const]
    }),
  )
}
