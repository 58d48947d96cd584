import type { ProxyItem } from '../host/item.ts'
import { listenerOf, poolsOf } from '../host/proxy.ts'
import type { ServerHealth } from './host.ts'
import type { Leaving } from './proxy-drains.ts'
import { currentOf } from './proxy-plan.ts'
import { healthOf, type ServerStat } from './proxy-stat.ts'

/** What a balancer knows of its backends, and of those that it has no more and that still have connections. */
export function healthIn(
  { for: balancer, config }: ProxyItem,
  stats: readonly ServerStat[],
  leaving: ReadonlyMap<string, Leaving>,
): ServerHealth[] {
  const current = currentOf(stats)
  const own = poolsOf(config).flatMap(pool =>
    pool.servers.flatMap(server => {
      const stat = current.get(`${pool.id}/${server.id}`)
      if (!stat && server.enabled) return []
      const health = stat ? healthOf(stat, server.id) : unserved(listenerOf(pool.id), server.id)
      return withLeaving(health, leaving.get(server.id), balancer, false)
    }),
  )
  const known = new Set(poolsOf(config).flatMap(pool => pool.servers.map(({ id }) => id)))
  const removed = [...leaving.values()].filter(({ backend }) => !known.has(backend))
  return [...own, ...removed.map(each => withLeaving(unserved(each.listener, each.backend), each, balancer, true))]
}

function unserved(listener: string, backend: string): ServerHealth {
  return { listener, backend, state: 'maintenance', reason: '', checkMs: null, sessions: 0, requests: 0 }
}

function withLeaving(
  health: ServerHealth,
  leaving: Leaving | undefined,
  balancer: string,
  isRemoved: boolean,
): ServerHealth {
  if (!leaving) return health
  const { endsAtMs } = leaving
  return {
    ...health,
    state: health.state === 'maintenance' ? 'draining' : health.state,
    sessions: health.sessions + leaving.sessions,
    drain: { balancer, isRemoved, endsAt: endsAtMs === null ? null : new Date(endsAtMs).toISOString() },
  }
}
