import type { BackendStatus, BackendTurn } from '../client/wire.ts'
import type { Host, ServerDrain, ServerHealth } from '../dataplane/host.ts'
import type { HostState, ProxyItem, RulesetItem, Shards } from '../host/item.ts'
import { poolsOf } from '../host/proxy.ts'
import type { Endpoint } from '../host/spread.ts'
import type { Id } from '../model/model.ts'
import { together } from './together.ts'

/** Which source addresses a backend may see from a balancer's namespace, by the rules and routes of a machine. */
export type SeenAs = (
  shards: Shards,
  shard: string,
  balancer: Pick<ProxyItem, 'netns'> & { readonly config?: Pick<ProxyItem['config'], 'source'> },
  backend: Endpoint,
) => readonly string[]

/** What knows backends: a proxy, or a ruleset that spreads flows over them. */
type BalancerItem = ProxyItem | RulesetItem

/** What one look found to be other than at the last. */
interface HealthNews {
  /** Backends whose state, reason or seen address changed. */
  readonly changed: ReadonlyMap<Id, BackendStatus>
  /** Backends whose state changed, in the words of the check; once more where these were not known yet. */
  readonly turns: readonly BackendTurn[]
  /** Backends, or former selves of theirs, whose last connections ended. */
  readonly drained: readonly Drained[]
}

/** The end of a drain. */
interface Drained {
  readonly balancer: Id
  readonly backend: Id
  /** Whether connections were cut, as their time was over. */
  readonly cut: boolean
}

/** What is known of the health of every backend of a machine. */
export interface HealthWatch {
  /** Asks about every balancer once. */
  look(host: Host, held: Shards): Promise<HealthNews>
  /** The newest of every backend, with fresh counts. */
  all(): ReadonlyMap<Id, BackendStatus>
}

const states: Readonly<Record<ServerHealth['state'], BackendStatus['state']>> = {
  up: 'active',
  'no-check': 'active',
  down: 'unavailable',
  rising: 'abnormal',
  falling: 'abnormal',
  maintenance: 'disabled',
  draining: 'draining',
}

export function healthWatch(seenAs: SeenAs, now: () => string): HealthWatch {
  let known = new Map<Id, BackendStatus>()
  /** Backends whose last turn nobody could explain yet. */
  let unexplained = new Set<Id>()
  let drains = new Map<Id, ServerDrain>()
  const sources = sourcesByShard(seenAs)
  return {
    async look(host, held) {
      const balancers = allBalancers(held)
      const health = balancers.length > 0 ? together(await host.health(balancers)) : []
      const seen = sources(held)
      const changed = new Map<Id, BackendStatus>()
      const next = new Map<Id, BackendStatus>()
      const turns: BackendTurn[] = []
      const wordless = new Set<Id>()
      for (const each of health) {
        const before = known.get(each.backend)
        const status = statusOf(each, seen.get(each.backend) ?? [], before, now)
        next.set(each.backend, status)
        if (!before || differs(before, status)) changed.set(each.backend, status)
        const turned = before?.state !== status.state
        if (turned || (unexplained.has(each.backend) && each.reason !== ''))
          turns.push({ backend: each.backend, at: status.since, state: status.state, reason: each.reason })
        if (each.reason === '' && (turned || unexplained.has(each.backend))) wordless.add(each.backend)
      }
      // Nobody else would say of what is no more that it has drained, nor of what its listener was disabled with that it serves no more.
      for (const [id, was] of known) {
        if (next.has(id) || (seen.has(id) && !was.removedFrom)) continue
        const at = was.state === nothingLeft.state ? was.since : now()
        changed.set(id, { ...was, ...nothingLeft, since: at })
        if (at !== was.since && !was.removedFrom)
          turns.push({ backend: id, at, state: nothingLeft.state, reason: nothingLeft.reason })
      }
      const current = new Map(health.flatMap(({ backend, drain }) => (drain ? [[backend, drain] as const] : [])))
      const drained = endsOf(drains, current, now())
      known = next
      unexplained = wordless
      drains = current
      return { changed, turns, drained }
    },
    all: () => known,
  }
}

const nothingLeft = { state: 'disabled', reason: '', sessions: 0, queued: 0 } as const

/** The drains that ended between two looks; by force where their time is over. */
function endsOf(before: ReadonlyMap<Id, ServerDrain>, after: ReadonlyMap<Id, ServerDrain>, now: string): Drained[] {
  return [...before]
    .filter(([backend]) => !after.has(backend))
    .map(([backend, { balancer, endsAt }]) => ({ balancer, backend, cut: endsAt !== null && endsAt <= now }))
}

function statusOf(
  health: ServerHealth,
  seenAs: readonly string[],
  before: BackendStatus | undefined,
  now: () => string,
): BackendStatus {
  const state = states[health.state]
  return {
    state,
    reason: state === 'active' ? '' : health.reason,
    since: before?.state === state ? before.since : before ? now() : firstSeen(health, now),
    seenAs,
    sessions: health.sessions,
    requests: health.requests,
    queued: health.queued ?? 0,
    ...(health.drain?.endsAt == null ? {} : { drainEndsAt: health.drain.endsAt }),
    ...(health.drain?.isRemoved ? { removedFrom: health.drain.balancer } : {}),
  }
}

/** Since when a backend that nobody looked at before is as it is: an agent may have been away when it changed. */
function firstSeen({ state, changedS = 0 }: ServerHealth, now: () => string): string {
  const isOld = state === 'up' || state === 'down'
  return isOld ? new Date(Date.parse(now()) - changedS * 1000).toISOString() : now()
}

/** Counts alone are news only while somebody waits for them to fall. */
function differs(a: BackendStatus, b: BackendStatus): boolean {
  return (
    a.state !== b.state ||
    a.reason !== b.reason ||
    a.seenAs.join() !== b.seenAs.join() ||
    a.queued !== b.queued ||
    a.drainEndsAt !== b.drainEndsAt ||
    a.removedFrom !== b.removedFrom ||
    (b.state === 'draining' && a.sessions !== b.sessions)
  )
}

/** Computes seen addresses again only for shards that changed. The edge takes no part in translation. */
function sourcesByShard(seenAs: SeenAs): (held: Shards) => ReadonlyMap<Id, readonly string[]> {
  const known = new WeakMap<HostState, ReadonlyMap<Id, readonly string[]>>()
  return held => {
    const all = new Map<Id, readonly string[]>()
    if (allBalancers(held).length === 0) return all
    for (const [name, shard] of held) {
      const balancers = balancersOf(shard)
      if (balancers.length === 0) continue
      const sources = known.getOrInsertComputed(shard, () => {
        const found = new Map<Id, readonly string[]>()
        for (const item of balancers) {
          for (const [id, at] of backendsOf(item)) {
            found.set(id, [...new Set([...(found.get(id) ?? []), ...seenAs(held, name, item, at)])])
          }
        }
        return found
      })
      for (const [id, addresses] of sources) all.set(id, addresses)
    }
    return all
  }
}

function backendsOf(item: BalancerItem): (readonly [Id, Endpoint])[] {
  return item.kind === 'proxy'
    ? poolsOf(item.config).flatMap(({ servers }) => servers.map(each => [each.id, each] as const))
    : (item.ruleset.spreads ?? []).flatMap(({ targets }) => targets.map(each => [each.backend, each] as const))
}

const balancersOfAll = new WeakMap<Shards, readonly BalancerItem[]>()

/** Every balancer of a machine, found once per version of what it holds: who looks every second must not walk a thousand parts. */
function allBalancers(held: Shards): readonly BalancerItem[] {
  return balancersOfAll.getOrInsertComputed(held, () => [...held.values()].flatMap(balancersOf))
}

/** Those of them that are processes. */
export function allProxies(held: Shards): readonly ProxyItem[] {
  return allBalancers(held).filter(item => item.kind === 'proxy')
}

const balancersByShard = new WeakMap<HostState, readonly BalancerItem[]>()

/** The balancers of a part, found once per version of it. */
function balancersOf(shard: HostState): readonly BalancerItem[] {
  return balancersByShard.getOrInsertComputed(shard, () =>
    [...shard.values()].filter(
      (item): item is BalancerItem =>
        item.kind === 'proxy' || (item.kind === 'ruleset' && item.ruleset.spreads !== undefined),
    ),
  )
}
