import { meterNames, meters, type MeterName } from '../client/meters.ts'
import type { Sample, Samples } from '../client/wire.ts'
import { countedBy, edgeNetns } from '../compile/names.ts'
import type { Host } from '../dataplane/host.ts'
import type { Measurable, Measure } from '../dataplane/measure.ts'
import { backendOf } from '../dataplane/proxy-plan.ts'
import type { HostState, ProxyItem, RulesetItem, ShaperItem, Shards } from '../host/item.ts'
import { countersOf } from '../host/ruleset-text.ts'
import { eipsAt, type Id, type Model } from '../model/model.ts'
import { portSampler } from './port-samples.ts'

/** Takes samples of everything that is measured, and adds up what was counted since it was made. */
export interface Sampler {
  take(host: Host, held: Shards, model: Model): Promise<Samples | null>
  /** How long to wait before the next: sampling shall cost little, however much there is. */
  readonly waitMs: number
}

const [leastWaitMs, mostWaitMs] = [10_000, 60_000]
/** So long for each thing that is measured: three hundred are measured every ten seconds, two thousand every minute. */
const eachMs = 30

/** What of it counts up; the rest is what is there. */
const isCount = (name: MeterName) => meters[name].counts
/** What a resource's meters are added up from, one thing on the machine each. */
interface Reading {
  readonly id: Id
  /** What was measured: two readings of one thing may be compared. */
  readonly thing: string
  readonly values: Sample
  /** Errors that backends answered, among those of the listener. */
  readonly answered?: Answered
}
interface Answered {
  readonly responses4xx: number
  readonly responses5xx: number
}
interface Total {
  readonly values: Partial<Record<MeterName, number>>
  readonly answered: { responses4xx: number; responses5xx: number }
}

export function sampler(now = Date.now): Sampler {
  const since = now()
  const ports = portSampler(now)
  let waitMs = leastWaitMs
  let read = new Map<string, Reading>()
  let totals = new Map<Id, Total>()
  return {
    get waitMs() {
      return waitMs
    },
    async take(host, held, model) {
      if (!host.metrics) return null
      const wish = wishOf(held)
      const measures = await host.metrics(wish)
      const readings = [
        ...readingsOf(measures, wish, model),
        ...(await ports.take(host, wish.translating, measures, model)),
      ]
      const next = new Map<Id, Total>()
      for (const reading of readings) {
        const total = next.getOrInsertComputed(reading.id, () => begun(totals.get(reading.id)))
        addUp(total, read.get(reading.thing), reading)
      }
      for (const { values, answered } of next.values()) tellApart(values, answered)
      read = new Map(readings.map(reading => [reading.thing, reading]))
      totals = next
      waitMs = Math.min(mostWaitMs, Math.max(leastWaitMs, totals.size * eachMs))
      return { at: now(), since, of: Object.fromEntries([...totals].map(([id, { values }]) => [id, values])) }
    },
  }
}

/** What has been counted so far, and nothing of what was there. */
function begun(before: Total | undefined): Total {
  const counts = Object.entries(before?.values ?? {}).filter(([name]) => isCount(name as MeterName))
  return { values: Object.fromEntries(counts), answered: { responses4xx: 0, responses5xx: 0, ...before?.answered } }
}

/** What came since the last reading of a thing; all of it where counting began anew, nothing where there was none. */
function increase(was: number | undefined, value: number): number {
  return was === undefined ? 0 : value < was ? value : value - was
}

function addUp({ values, answered }: Total, before: Reading | undefined, after: Reading): void {
  for (const name of meterNames) {
    const value = after.values[name]
    if (value === undefined) continue
    const sum = values[name]
    if (isCount(name)) values[name] = (sum ?? 0) + increase(before?.values[name], value)
    else values[name] = sum === undefined ? value : 'together' in meters[name] ? Math.max(sum, value) : sum + value
  }
  if (!after.answered) return
  for (const name of ['responses4xx', 'responses5xx'] as const) {
    answered[name] += increase(before?.answered?.[name], after.answered[name])
  }
}

/** Errors that no backend answered are the balancer's own. A backend's may be counted a moment before their request is. */
function tellApart(values: Total['values'], answered: Answered): void {
  const own = (all: number, theirs: number, before = 0) => Math.max(before, all - theirs)
  const { responses4xx, responses5xx, requests, newConnections } = values
  if (responses4xx === undefined || responses5xx === undefined) return
  if (requests === undefined || newConnections === undefined) return
  values.ownErrors4xx = own(responses4xx, answered.responses4xx, values.ownErrors4xx)
  values.ownErrors5xx = own(responses5xx, answered.responses5xx, values.ownErrors5xx)
}

interface Wish extends Measurable {
  /** By public address: the appliance that has no other, so that its link counts for both. */
  readonly alone: ReadonlyMap<Id, string>
  /** By namespace: whose it is, and how many connections it may have. */
  readonly limits: ReadonlyMap<string, { readonly id: Id; readonly most: number }>
  /** Whose a namespace is that translates sources. */
  readonly translating: ReadonlyMap<string, Id>
}

type Part = { readonly [List in keyof Parts]: readonly Parts[List][] }
interface Parts {
  readonly shapers: ShaperItem
  readonly proxies: ProxyItem
  readonly alone: readonly [Id, string]
  readonly counters: string
  readonly spreaders: Measurable['spreaders'][number]
  readonly limits: readonly [string, { readonly id: Id; readonly most: number }]
  readonly translating: readonly [string, Id]
}

function wishOf(held: Shards): Wish {
  const parts = [...held.values()].map(partOf)
  const limits = new Map(parts.flatMap(part => part.limits))
  const translating = new Map(parts.flatMap(part => part.translating))
  return {
    links: [edgeNetns],
    shapers: parts.flatMap(part => part.shapers),
    flows: [...new Set([...limits.keys(), ...translating.keys()])],
    counters: parts.flatMap(part => part.counters),
    spreaders: parts.flatMap(part => part.spreaders),
    proxies: parts.flatMap(part => part.proxies),
    alone: new Map(parts.flatMap(part => part.alone)),
    limits,
    translating,
  }
}

const known = new WeakMap<HostState, Part>()

/** What is measured of a part, found once per version of it. */
function partOf(shard: HostState): Part {
  return known.getOrInsertComputed(shard, () => {
    const items = [...shard.values()]
    const shapers = items.filter(item => item.kind === 'shaper')
    const rulesets = items.filter(item => item.kind === 'ruleset')
    return {
      shapers: shapers.filter(({ classes }) => classes.length > 1),
      alone: shapers.flatMap(({ netns, for: owner, classes: [only, ...others] }) =>
        netns === edgeNetns && only && others.length === 0 ? [[owner, only.address] as const] : [],
      ),
      limits: rulesets.flatMap(limitsOf),
      translating: rulesets.flatMap(item => (translates(item) ? [[item.netns, item.for] as const] : [])),
      counters: rulesets.flatMap(({ netns, ruleset }) => (countersOf(ruleset.chains).length > 0 ? [netns] : [])),
      spreaders: rulesets.flatMap(({ netns, ruleset: { spreads } }) => (spreads ? [{ netns, spreads }] : [])),
      proxies: items.filter(item => item.kind === 'proxy'),
    }
  })
}

function translates({ ruleset }: RulesetItem): boolean {
  return ruleset.chains.some(chain => chain.rules.some(({ then }) => then.do === 'snat'))
}

function limitsOf({ netns, for: id, ruleset }: RulesetItem): Part['limits'] {
  const rules = ruleset.chains.flatMap(chain => chain.rules)
  const limit = rules.flatMap(({ then }) => (then.do === 'limit-connections' ? [then.most] : []))[0]
  return limit === undefined ? [] : [[netns, { id, most: limit }]]
}

/** Everything that was measured, by resource. An appliance receives what the edge sends. */
function* readingsOf(measures: readonly Measure[], wish: Wish, model: Model): Iterable<Reading> {
  const classes = new Map(
    wish.shapers.flatMap(({ netns, name, classes: list }) =>
      list.map(({ address, match }) => [`${netns} ${name} ${address}`, { address, match }]),
    ),
  )
  const eipAt = (address: string): Id[] => [...eipsAt(model, address)].slice(0, 1)
  for (const { kind, netns, name, by = '', values } of measures) {
    const thing = `${kind} ${netns} ${name} ${by}`
    switch (kind) {
      case 'link': {
        if (!model.resources.has(name)) break
        const {
          rxBytes: bytesOut = 0,
          txBytes: bytesIn = 0,
          rxPackets: packetsOut = 0,
          txPackets: packetsIn = 0,
        } = values
        const traffic = { bytesIn, bytesOut, packetsIn, packetsOut }
        const address = wish.alone.get(name)
        for (const id of [name, ...(address === undefined ? [] : eipAt(address))]) yield { id, thing, values: traffic }
        break
      }
      case 'class': {
        const found = classes.get(`${netns} ${name}`)
        const { bytes = 0, packets = 0 } = values
        const isIn = found?.match === 'dst'
        const traffic = isIn ? { bytesIn: bytes, packetsIn: packets } : { bytesOut: bytes, packetsOut: packets }
        for (const id of found ? eipAt(found.address) : []) yield { id, thing, values: traffic }
        break
      }
      case 'flows': {
        const limit = wish.limits.get(netns)
        const connections = values['connections'] ?? 0
        if (limit) yield { id: limit.id, thing, values: { connections, connectionLimit: limit.most } }
        break
      }
      case 'counter': {
        const counted = countedBy(name)
        const meter = counted?.what === 'unserved' ? 'failedConnections' : 'refusedConnections'
        if (counted) yield { id: counted.id, thing, values: { [meter]: values['packets'] ?? 0 } }
        break
      }
      case 'spread': {
        const [listener = '', backend = ''] = name.split('/')
        if (backend !== '') yield { id: backend, thing, values }
        yield { id: listener, thing: `all of ${thing}`, values }
        break
      }
      case 'listener':
        yield { id: name, thing, values }
        break
      case 'backend': {
        const [listener = '', server = ''] = name.split('/')
        yield { id: backendOf(server), thing, values }
        const { responses4xx, responses5xx } = values
        if (responses4xx === undefined || responses5xx === undefined) break
        yield { id: listener, thing: `errors of ${thing}`, values: {}, answered: { responses4xx, responses5xx } }
        break
      }
    }
  }
}
