import { meterNames, meters, type MeterName } from '../client/meters.ts'
import type { Sample, Samples } from '../client/wire.ts'
import { edgeNetns } from '../compile/names.ts'
import type { Host } from '../dataplane/host.ts'
import type { Measurable, Measure } from '../dataplane/measure.ts'
import type { HostState, ProxyItem, RulesetItem, ShaperItem, Shards } from '../host/item.ts'
import { eipsAt, type Id, type Model } from '../model/model.ts'

/** Takes samples of everything that is measured, and adds up what was counted since it was made. */
export interface Sampler {
  take(host: Host, held: Shards, model: Model): Promise<Samples | null>
  /** How long to wait before the next: sampling shall cost little, however much there is. */
  readonly waitMs: number
}

const [leastWaitMs, mostWaitMs] = [10_000, 60_000]
/** So long for each thing that is measured: a thousand are measured every ten seconds, six thousand every minute. */
const eachMs = 10

/** What was read of a resource, and where: from another place, its counts say nothing about those before. */
interface Figure {
  readonly place: string
  readonly values: Sample
}

export function sampler(now = Date.now): Sampler {
  const since = now()
  let waitMs = leastWaitMs
  let known = new Map<Id, { readonly figure: Figure; readonly total: Sample }>()
  return {
    get waitMs() {
      return waitMs
    },
    async take(host, held, model) {
      if (!host.metrics) return null
      const wish = wishOf(held)
      const figures = figuresOf(await host.metrics(wish), wish, model)
      const next: typeof known = new Map()
      for (const [id, figure] of figures) next.set(id, { figure, total: addedUp(known.get(id), figure) })
      known = next
      waitMs = Math.min(mostWaitMs, Math.max(leastWaitMs, figures.size * eachMs))
      return { at: now(), since, of: Object.fromEntries([...known].map(([id, { total }]) => [id, total])) }
    },
  }
}

/** The sum of a count so far: what came since the last reading, all of it where counting began anew. */
function addedUp(before: { readonly figure: Figure; readonly total: Sample } | undefined, after: Figure): Sample {
  const total: Partial<Record<MeterName, number>> = { ...after.values }
  for (const name of meterNames) {
    const value = after.values[name]
    if (value === undefined || !meters[name].counts) continue
    const was = before?.figure.place === after.place ? before.figure.values[name] : undefined
    const more = was === undefined ? 0 : value < was ? value : value - was
    total[name] = (before?.total[name] ?? 0) + more
  }
  return total
}

interface Wish extends Measurable {
  /** By public address: the appliance that has no other, so that its link counts for both. */
  readonly alone: ReadonlyMap<Id, string>
  /** By namespace: whose it is, and how many connections it may have. */
  readonly limits: ReadonlyMap<string, { readonly id: Id; readonly most: number }>
}

type Part = { readonly [List in 'shapers' | 'proxies' | 'alone' | 'limits']: readonly Parts[List][] }
interface Parts {
  readonly shapers: ShaperItem
  readonly proxies: ProxyItem
  readonly alone: readonly [Id, string]
  readonly limits: readonly [string, { readonly id: Id; readonly most: number }]
}

function wishOf(held: Shards): Wish {
  const parts = [...held.values()].map(partOf)
  const limits = new Map(parts.flatMap(part => part.limits))
  return {
    links: [edgeNetns],
    shapers: parts.flatMap(part => part.shapers),
    flows: [...limits.keys()],
    proxies: parts.flatMap(part => part.proxies),
    alone: new Map(parts.flatMap(part => part.alone)),
    limits,
  }
}

const known = new WeakMap<HostState, Part>()

/** What is measured of a part, found once per version of it. */
function partOf(shard: HostState): Part {
  return known.getOrInsertComputed(shard, () => {
    const items = [...shard.values()]
    const shapers = items.filter(item => item.kind === 'shaper')
    return {
      shapers: shapers.filter(({ classes }) => classes.length > 1),
      alone: shapers.flatMap(({ netns, for: owner, classes: [only, ...others] }) =>
        netns === edgeNetns && only && others.length === 0 ? [[owner, only.address] as const] : [],
      ),
      limits: items.filter(item => item.kind === 'ruleset').flatMap(limitsOf),
      proxies: items.filter(item => item.kind === 'proxy'),
    }
  })
}

function limitsOf({ netns, for: id, ruleset }: RulesetItem): Part['limits'] {
  const rules = ruleset.chains.flatMap(chain => chain.rules)
  const limit = rules.flatMap(({ then }) => (then.do === 'limit-connections' ? [then.most] : []))[0]
  return limit === undefined ? [] : [[netns, { id, most: limit }]]
}

/** What was measured, by resource. An appliance receives what the edge sends. */
function figuresOf(measures: readonly Measure[], wish: Wish, model: Model): Map<Id, Figure> {
  const figures = new Map<Id, Figure>()
  const classes = new Map(
    wish.shapers.flatMap(shaper =>
      shaper.classes.map(each => [`${shaper.netns} ${shaper.name} ${each.address}`, { ...each, owner: shaper.for }]),
    ),
  )
  const add = (id: Id | undefined, place: string, values: Sample) => {
    if (id !== undefined) figures.set(id, { place, values: { ...figures.get(id)?.values, ...values } })
  }
  const eipAt = (address: string): Id | undefined => [...eipsAt(model, address)][0]
  for (const { kind, netns, name, values } of measures) {
    const of = (word: string) => values[word] ?? 0
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
        add(name, name, traffic)
        const address = wish.alone.get(name)
        if (address !== undefined) add(eipAt(address), name, traffic)
        break
      }
      case 'class': {
        const found = classes.get(`${netns} ${name}`)
        if (!found) break
        const [bytes, packets] = [of('bytes'), of('packets')]
        const traffic =
          found.match === 'dst' ? { bytesIn: bytes, packetsIn: packets } : { bytesOut: bytes, packetsOut: packets }
        add(eipAt(found.address), `${found.owner} class`, traffic)
        break
      }
      case 'flows': {
        const limit = wish.limits.get(netns)
        if (limit) add(limit.id, limit.id, { connections: of('connections'), connectionLimit: limit.most })
        break
      }
      case 'listener': {
        const { answered4xx, answered5xx, ...rest } = values
        const own = answered4xx === undefined ? {} : { ownErrors4xx: of('responses4xx') - answered4xx }
        const own5 = answered5xx === undefined ? {} : { ownErrors5xx: of('responses5xx') - answered5xx }
        add(name, netns, { ...rest, ...own, ...own5 })
        break
      }
      case 'backend':
        add(name, netns, values)
        break
    }
  }
  return figures
}
