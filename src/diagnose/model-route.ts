import { contains, parseCidr } from '../model/address.ts'
import { get, type LoadBalancer, type Model, type RouteTable } from '../model/model.ts'

type Version = RouteTable['live']
export type ModelRoute = Version['routes'][number]

/** The tables that a balancer's packets are looked up in, its own first. */
export function tablesOf(model: Model, balancer: LoadBalancer): RouteTable[] {
  const { subnet, routeTable } = balancer.now
  const own = routeTable ? [get(model, 'route-table', routeTable)] : []
  return subnet ? [...own, get(model, 'route-table', get(model, 'subnet', subnet).now.routeTable)] : own
}

/** The rule of a version of a table that a packet takes: the longest prefix wins, then the longest source. */
export function routeFor(version: Version, source: string, destination: string): ModelRoute | undefined {
  return matching(version, source, destination)
    .filter(route => route.enabled)
    .sort((a, b) => length(b.destination) - length(a.destination) || sourceLength(b) - sourceLength(a))
    .at(0)
}

/** The rules of a version of a table that lead to a destination, disabled ones too. */
export function matching(version: Version, source: string, destination: string): ModelRoute[] {
  return version.routes.filter(
    r => contains(r.destination, destination) && (r.source === null || contains(r.source, source)),
  )
}

function length(prefix: string): number {
  return parseCidr(prefix).bits
}

function sourceLength(route: ModelRoute): number {
  return route.source === null ? -1 : length(route.source)
}
