import { contains } from './address.ts'
import { find, vpcOf, type Model, type Resource } from './model.ts'
import type { Problem } from './problem.ts'
import { routeFor } from './route-choice.ts'
import { wayOf } from './way.ts'

/** Warns of what is in no log of a balancer that keeps one: listeners that the kernel carries. */
export function unloggedProblems(balancer: Resource): readonly Problem[] {
  if (balancer.kind !== 'load-balancer') return []
  const { live, id } = balancer
  if (!live.accessLog.local && live.accessLog.remote === null) return []
  return [...live.listeners.entries()].flatMap(([i, listener]): Problem[] => {
    if (!listener.enabled || wayOf(listener, live) === 'proxy') return []
    const { protocol, via, port } = listener
    const [code, at] =
      protocol === 'udp'
        ? (['log-without-udp', 'protocol'] as const)
        : (['log-without-proxy', via === 'kernel' ? 'via' : 'options'] as const)
    return [{ code, at: `listeners[${i}].${at}`, resource: id, values: { port } }]
  })
}

/** Warns where a balancer was told to send its log to a syslog server that none of its routes leads to. */
export function logTargetProblems(model: Model, balancer: Resource): readonly Problem[] {
  if (balancer.kind !== 'load-balancer' || !balancer.live.accessLog.remote) return []
  const { address } = balancer.live.accessLog.remote
  const { subnet, routeTable, address: source } = balancer.now
  const vpc = find(model, 'vpc', vpcOf(model, balancer))
  if (vpc && contains(vpc.now.cidr, address)) return []
  const tables = [routeTable, find(model, 'subnet', subnet)?.now.routeTable ?? null]
  const leads = tables.some(id => {
    const table = find(model, 'route-table', id)
    return table !== undefined && routeFor(table.live, source ?? '', address) !== undefined
  })
  if (leads) return []
  return [{ code: 'log-without-route', at: 'accessLog.remote.address', resource: balancer.id, values: { address } }]
}
