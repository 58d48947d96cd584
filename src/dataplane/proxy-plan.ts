import { cookieKeyOf, numberText, portText, portTold, servedBy, serverText } from '../host/proxy-pool-text.ts'
import { poolsOf, type ProxyConfig, type ProxyPool, type ProxyServer } from '../host/proxy.ts'
import type { ServerStat } from './proxy-stat.ts'

/**
 * Changes to the servers of a running HAProxy. What cannot be changed in place is replaced: HAProxy keeps a server's name
 * while it has connections, so the replacement takes the next free name (`lbb-…:2`) and serves at once, while the retired
 * server finishes what it has under the old one. A reload or a restart begins with plain names again.
 */
export interface ProxyPlan {
  /** One line of runtime commands per server; each is complete in itself. */
  readonly changes: readonly string[]
  /** Servers, as `pool/name`, that go as soon as they have no connection left. */
  readonly retired: readonly string[]
  /** The servers that the process has once the changes are made, those that go among them. */
  readonly stats: readonly ServerStat[]
}

/** What is said to run where it is only known that it is not what was wished. */
export const nothing: ProxyConfig = {
  nodes: [],
  source: null,
  maxConnections: 0,
  headerBytes: 0,
  certificates: [],
  listeners: [],
}

/** The backend that a server of HAProxy stands for. */
export function backendOf(name: string): string {
  const at = name.indexOf(':')
  return at < 0 ? name : name.slice(0, at)
}

/** The servers that stand for backends now, by `pool/backend`; those in maintenance are retired. */
export function currentOf(stats: readonly ServerStat[]): Map<string, ServerStat> {
  const newest = new Map<string, ServerStat>()
  for (const stat of stats) {
    if (stat.maintenance) continue
    const key = keyOf(stat)
    const other = newest.get(key)
    if (other === undefined || generationOf(stat.name) > generationOf(other.name)) newest.set(key, stat)
  }
  return newest
}

/** What is known of a backend that is to be in a pool: by its server there, or by the one in the pool that it comes from. */
export function knowledgeOf(
  current: ReadonlyMap<string, ServerStat>,
): (pool: ProxyPool, server: ProxyServer) => ServerStat | undefined {
  let anywhere: ReadonlyMap<string, ServerStat> | undefined
  return (pool, { id }) => {
    const here = current.get(`${pool.id}/${id}`)
    if (here) return here
    anywhere ??= new Map([...current.values()].map(stat => [backendOf(stat.name), stat]))
    return anywhere.get(id)
  }
}

/** `pool/backend`; asked for again and again of servers that do not change. */
function keyOf(stat: ServerStat): string {
  return keys.getOrInsertComputed(stat, ({ pool, name }) => `${pool}/${backendOf(name)}`)
}

const keys = new WeakMap<ServerStat, string>()

/** The servers of a process that stand for no backend any more, as `pool/name`. */
export function retiredOf(stats: readonly ServerStat[], current: ReadonlyMap<string, ServerStat>): string[] {
  return stats.filter(stat => current.get(keyOf(stat)) !== stat).map(stat => `${stat.pool}/${stat.name}`)
}

/** What a process really has, in the form in which it is wished; equal to `known` where it is what was last wished. */
export function configOf(known: ProxyConfig, current: ReadonlyMap<string, ServerStat>): ProxyConfig {
  const byPool = Map.groupBy(current.values(), stat => stat.pool)
  const really = (pool: ProxyPool) => presentIn(pool, byPool.get(pool.id) ?? [])
  return {
    ...known,
    listeners: known.listeners.map(listener => {
      const [own, ...others] = listener.pools
      return { ...listener, pools: [really(own), ...others.map(really)] }
    }),
    ...(known.checked ? { checked: known.checked.map(really) } : {}),
  }
}

/** A pool with the servers that it really has. */
function presentIn(pool: ProxyPool, stats: readonly ServerStat[]): ProxyPool {
  const present = new Map(stats.map(stat => [backendOf(stat.name), serverOf(pool, stat)]))
  const remembered = pool.servers.flatMap(server => present.get(server.id) ?? (server.enabled ? [] : server))
  const unknown = [...present.values()].filter(({ id }) => !pool.servers.some(server => server.id === id))
  return { ...pool, servers: [...remembered, ...unknown] }
}

function serverOf(pool: ProxyPool, stat: ServerStat): ProxyServer {
  const { name, address, weight, backup, maxConnections } = stat
  const port = portTold(pool, stat.port)
  return { id: backendOf(name), address, port, weight, backup, maxConnections, enabled: true }
}

/** How a process of the same structure comes to have the wished servers. */
export function planOf(config: ProxyConfig, stats: readonly ServerStat[]): ProxyPlan {
  const current = currentOf(stats)
  const knownOf = knowledgeOf(new Map(current))
  const changes: string[] = []
  const after: ServerStat[] = []
  /** Those of before that stay. */
  const kept = new Set<ServerStat>()
  for (const pool of poolsOf(config)) {
    for (const server of servedBy(pool)) {
      const key = `${pool.id}/${server.id}`
      const now = current.get(key)
      if (now !== undefined && isSame(pool, now, server)) {
        current.delete(key)
        kept.add(now)
        const lines = adjustments(pool, now, server)
        changes.push(...lines)
        after.push(lines.length === 0 ? now : { ...now, weight: server.weight, maxConnections: server.maxConnections })
      } else {
        const name = freeName(stats, pool.id, server.id)
        const known = knownOf(pool, server)
        changes.push(additionOf(pool, server, name, known))
        after.push(added(pool, server, name, known))
      }
    }
  }
  const going = stats.filter(stat => !kept.has(stat))
  return {
    changes,
    retired: going.map(({ pool, name }) => `${pool}/${name}`),
    stats: [...after, ...going.map(stat => ({ ...stat, maintenance: true }))],
  }
}

function isSame(pool: ProxyPool, now: ServerStat, wish: ProxyServer): boolean {
  return now.address === wish.address && portTold(pool, now.port) === wish.port && now.backup === wish.backup
}

/** What of a server is changed in place. */
function adjustments(pool: ProxyPool, now: ServerStat, wish: ProxyServer): string[] {
  const at = `${pool.id}/${now.name}`
  return [
    ...(now.weight === wish.weight ? [] : [`set server ${at} weight ${wish.weight}`]),
    // 0 is any number.
    ...(now.maxConnections === wish.maxConnections ? [] : [`set maxconn server ${at} ${wish.maxConnections ?? 0}`]),
  ]
}

/**
 * A new server counts as up until it is marked down; without weight until then it takes no traffic before its first
 * successful check.
 */
function additionOf(pool: ProxyPool, wish: ProxyServer, name: string, before: ServerStat | undefined): string {
  const at = `${pool.id}/${name}`
  // Servers added at run time inherit no defaults: without a pool they would not keep connections for later requests.
  const add = `add server ${at} ${serverText(pool, wish)} weight 0 pool-max-conn -1 pool-purge-delay 5s${numberText(pool, name)}`
  const key = cookieKeyOf(pool)
  const cookie = key === null ? [] : [`set dynamic-cookie-key backend ${pool.id} ${key}`]
  const ready = `set server ${at} state ready`
  const weight = `set server ${at} weight ${wish.weight}`
  if (pool.check.protocol === 'none') return [add, ...cookie, ready, weight].join('; ')
  const down = isKnownHealthy(pool, before, wish) ? [] : [`set server ${at} health down`]
  return [add, ...cookie, `enable health ${at}`, ready, ...down, weight].join('; ')
}

/** A server as HAProxy has it once it was added. */
function added(pool: ProxyPool, wish: ProxyServer, name: string, before: ServerStat | undefined): ServerStat {
  const { address, weight, backup, maxConnections } = wish
  const { rise, fall, protocol } = pool.check
  return {
    pool: pool.id,
    name,
    address,
    port: Number(portText(pool, wish)),
    weight,
    backup,
    maxConnections,
    maintenance: false,
    checked: protocol !== 'none',
    health: before && isKnownHealthy(pool, before, wish) ? Math.max(before.health, rise) : 0,
    rise,
    fall,
    result: '',
    httpStatus: '',
    detail: '',
    checkMs: null,
    changedS: 0,
    sessions: 0,
    requests: 0,
    queued: 0,
    warming: false,
  }
}

/** Whether a server served at that address until now: one that nobody asked did so, too. */
export function isKnownHealthy(
  pool: ProxyPool,
  before: ServerStat | undefined,
  wish: Pick<ProxyServer, 'address' | 'port'>,
): boolean {
  if (before === undefined || (before.checked && before.health < before.rise)) return false
  return before.address === wish.address && portTold(pool, before.port) === wish.port
}

function freeName(stats: readonly ServerStat[], pool: string, backend: string): string {
  const taken = stats.filter(stat => stat.pool === pool && backendOf(stat.name) === backend)
  const generation = Math.max(0, ...taken.map(stat => generationOf(stat.name))) + 1
  return generation === 1 ? backend : `${backend}:${generation}`
}

function generationOf(name: string): number {
  const at = name.indexOf(':')
  return at < 0 ? 1 : Number(name.slice(at + 1))
}
