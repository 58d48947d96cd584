import { servedBy, serverText } from '../host/proxy-text.ts'
import type { ProxyConfig, ProxyListener, ProxyServer } from '../host/proxy.ts'
import type { ServerStat } from './proxy-stat.ts'

/**
 * Changes to the servers of a running HAProxy. What cannot be changed in place is replaced: HAProxy keeps a server's name
 * while it has connections, so the replacement takes the next free name (`lbb-…:2`) and serves at once, while the retired
 * server finishes what it has under the old one. A reload or a restart begins with plain names again.
 */
export interface ProxyPlan {
  /** One line of runtime commands per server; each is complete in itself. */
  readonly changes: readonly string[]
  /** Servers, as `listener/name`, that go as soon as they have no connection left. */
  readonly retired: readonly string[]
}

/** The backend that a server of HAProxy stands for. */
export function backendOf(name: string): string {
  return name.replace(/:\d+$/, '')
}

/** The servers that stand for backends now, by `listener/backend`; those in maintenance are retired. */
export function currentOf(stats: readonly ServerStat[]): Map<string, ServerStat> {
  const newest = new Map<string, ServerStat>()
  for (const stat of stats) {
    if (stat.maintenance) continue
    const key = `${stat.listener}/${backendOf(stat.name)}`
    const other = newest.get(key)
    if (other === undefined || generationOf(stat.name) > generationOf(other.name)) newest.set(key, stat)
  }
  return newest
}

/** The servers of a process that stand for no backend any more, as `listener/name`. */
export function retiredOf(stats: readonly ServerStat[], current: ReadonlyMap<string, ServerStat>): string[] {
  return stats
    .filter(stat => current.get(`${stat.listener}/${backendOf(stat.name)}`) !== stat)
    .map(stat => `${stat.listener}/${stat.name}`)
}

/** What a process really has, in the form in which it is wished; equal to `known` where it is what was last wished. */
export function configOf(known: ProxyConfig, current: ReadonlyMap<string, ServerStat>): ProxyConfig {
  return {
    ...known,
    listeners: known.listeners.map(listener => {
      const present = new Map(
        [...current.values()]
          .filter(stat => stat.listener === listener.id)
          .map(stat => [backendOf(stat.name), serverOf(stat)]),
      )
      const remembered = listener.servers.flatMap(server => present.get(server.id) ?? (server.enabled ? [] : server))
      const unknown = [...present.values()].filter(({ id }) => !listener.servers.some(server => server.id === id))
      return { ...listener, servers: [...remembered, ...unknown] }
    }),
  }
}

function serverOf({ name, address, port, weight, backup }: ServerStat): ProxyServer {
  return { id: backendOf(name), address, port, weight, backup, enabled: true }
}

/** How a process of the same structure comes to have the wished servers. */
export function planOf(config: ProxyConfig, stats: readonly ServerStat[]): ProxyPlan {
  const current = currentOf(stats)
  const changes: string[] = []
  const retired = retiredOf(stats, current)
  const kept = new Set<ServerStat>()
  for (const listener of config.listeners) {
    for (const server of servedBy(listener)) {
      const now = current.get(`${listener.id}/${server.id}`)
      if (now !== undefined && isSame(now, server)) {
        kept.add(now)
        if (now.weight !== server.weight) changes.push(`set server ${listener.id}/${now.name} weight ${server.weight}`)
      } else {
        changes.push(additionOf(listener, server, freeName(stats, listener.id, server.id), now))
      }
    }
  }
  for (const stat of current.values()) if (!kept.has(stat)) retired.push(`${stat.listener}/${stat.name}`)
  return { changes, retired }
}

function isSame(now: ServerStat, wish: ProxyServer): boolean {
  return now.address === wish.address && now.port === wish.port && now.backup === wish.backup
}

/**
 * A new server counts as up until it is marked down; without weight until then it takes no traffic before its first
 * successful check.
 */
function additionOf(listener: ProxyListener, wish: ProxyServer, name: string, before: ServerStat | undefined): string {
  const at = `${listener.id}/${name}`
  // Servers added at run time inherit no defaults: without a pool they would not keep connections for later requests.
  const pool = listener.mode === 'http' ? ' pool-max-conn -1 pool-purge-delay 5s' : ''
  const add = `add server ${at} ${serverText(listener, wish)} weight 0${pool}`
  const ready = `set server ${at} state ready`
  const weight = `set server ${at} weight ${wish.weight}`
  if (listener.check.protocol === 'none') return [add, ready, weight].join('; ')
  const down = isKnownHealthy(before, wish) ? [] : [`set server ${at} health down`]
  return [add, `enable health ${at}`, ready, ...down, weight].join('; ')
}

function isKnownHealthy(before: ServerStat | undefined, wish: ProxyServer): boolean {
  if (before === undefined || !before.checked || before.health < before.rise) return false
  return before.address === wish.address && before.port === wish.port
}

function freeName(stats: readonly ServerStat[], listener: string, backend: string): string {
  const taken = stats.filter(stat => stat.listener === listener && backendOf(stat.name) === backend)
  const generation = Math.max(0, ...taken.map(stat => generationOf(stat.name))) + 1
  return generation === 1 ? backend : `${backend}:${generation}`
}

function generationOf(name: string): number {
  return Number(/:(\d+)$/.exec(name)?.[1] ?? 1)
}
