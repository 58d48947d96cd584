import { contains } from './address.ts'
import { find, vpcOf, type Model, type Resource } from './model.ts'
import type { Problem } from './problem.ts'
import { routeFor } from './route-choice.ts'

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
