import type { MeterName } from '../client/meters.ts'
import { natSizes, portsOfAddress } from '../compile/nat-gateway.ts'
import type { Id, Model } from '../model/model.ts'
import type { Problem } from '../model/problem.ts'
import type { Sample } from '../client/wire.ts'
import type { Series } from '../monitor/series.ts'
import { trendOf, type Trend } from '../monitor/trend.ts'

const hourMs = 3_600_000
const weekMs = 7 * 24 * hourMs
const dayMs = 24 * hourMs

/** Where a meter of a resource is heading. */
export function trendIn(series: Series, id: Id, meter: MeterName, limit: number, now: number): Trend {
  const read = (from: number, to: number, step: number) => series.read(id, { from, to, step }).points.get(meter) ?? []
  const recent = read(now - hourMs, now, 10)
  const since = recent[0]?.[0] ?? now - hourMs
  const older = read(now - weekMs, now - hourMs, 300).filter(([time]) => time < since)
  return trendOf([...older, ...recent], limit, now)
}

/** Tells of appliances whose connections or ports run out within a day. */
export interface SnatWatch {
  look(model: Model, now: number): void
  /** What people should know of an appliance whenever they see it. */
  warningOf(id: Id): Problem | null
}

/** Below this share of a limit nothing is worked out: to have so much in use takes a while. */
const worthALook = 0.2
/** People are told when so little time is left: each once, until there is time again. */
const stagesMs = [dayMs, hourMs, 0]

export function createSnatWatch(series: Series, tell: (id: Id, problem: Problem) => void): SnatWatch {
  let known = new Map<Id, { readonly problem: Problem; readonly stage: number }>()
  return {
    warningOf: id => known.get(id)?.problem ?? null,
    look(model, now) {
      const next: typeof known = new Map()
      for (const [id, sample] of series.newest()) {
        const limits = limitsOf(model, id)
        const found = limits.flatMap(limit => warningFor(series, id, sample, limit, now) ?? [])
        const [soonest] = found.sort((a, b) => a.at - b.at)
        if (!soonest) continue
        const { problem, at } = soonest
        const before = known.get(id)?.stage ?? 0
        const stage = Math.max(before, stagesMs.filter(ms => at - now <= ms).length)
        if (stage > before) tell(id, problem)
        next.set(id, { problem, stage })
      }
      known = next
    },
  }
}

interface Limit {
  readonly code: 'connections-run-out' | 'ports-run-out'
  readonly meter: MeterName
  readonly limit: number
}

function limitsOf(model: Model, id: Id): readonly Limit[] {
  const resource = model.resources.get(id)
  if (resource?.kind !== 'nat-gateway' && resource?.kind !== 'vpc') return []
  const ports = { code: 'ports-run-out', meter: 'snatPorts', limit: portsOfAddress } as const
  if (resource.kind === 'vpc') return [ports]
  const limit = natSizes[resource.now.size].connections
  return [{ code: 'connections-run-out', meter: 'connections', limit }, ports]
}

function warningFor(
  series: Series,
  id: Id,
  sample: Sample,
  { code, meter, limit }: Limit,
  now: number,
): { readonly problem: Problem; readonly at: number } | null {
  const used = sample[meter] ?? 0
  if (used < worthALook * limit) return null
  const { reachesAt } = trendIn(series, id, meter, limit, now)
  if (reachesAt === null || reachesAt - now > dayMs) return null
  const values = { used, limit, at: new Date(reachesAt).toISOString().replace(/:\d\d\.\d+Z$/, 'Z') }
  return { problem: { code, at: '', resource: id, values }, at: reachesAt }
}
