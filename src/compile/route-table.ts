import { contains, overlaps, parseCidr } from '../model/address.ts'
import type { Id, JoinedSubnet, LoadBalancer, RouteTable } from '../model/model.ts'
import { privateAddressesOf } from '../model/node.ts'
import type { Item } from '../host/item.ts'
import { firstRouteTable, links, netnsOf, placesOf, priorities, tables } from './names.ts'
import { sharedAddress, type VpcPart } from './part.ts'
import { publicWay, route, rule, type Way } from './public-link.ts'
import { transitOf } from './transit.ts'

type Route = RouteTable['live']['routes'][number]

/** A kernel table: the routes of a route table that hold for packets from one source prefix. */
interface SourceTable {
  readonly key: string
  readonly table: RouteTable
  /** Null: for sources that no route names. */
  readonly source: string | null
}

/**
 * Route tables in the router. One alone needs no rules. Otherwise a source prefix that a route names gets a kernel table
 * of its own with every route that holds for it, so that the longest destination wins and a source decides only ties;
 * policy rules choose the table, the narrowest source first.
 */
export function* compileRouteTables(part: VpcPart): Iterable<Item> {
  const netns = netnsOf(part.vpc.id)
  const only = onlyTable(part)
  if (only) {
    for (const [destination, { nextHop }] of routesFor(only, null)) {
      const isConnected = part.subnets.some(({ now }) => contains(now.cidr, destination))
      if (!isConnected) yield route(netns, tables.main, destination, wayOf(part, nextHop), only.id)
    }
    return
  }
  yield rule(netns, priorities.connected, 'all', tables.main, part.vpc.id)
  const used = new Map<string, SourceTable>()
  const rules: { priority: number; from: string; key: string; owner: Id }[] = []
  const choose = (priority: number, from: string, table: RouteTable, source: string | null) => {
    const key = `${table.id} ${source ?? 'any'}`
    used.set(key, { key, table, source })
    rules.push({ priority, from, key, owner: table.id })
  }
  for (const subnet of part.subnets) {
    const table = tableOf(part, subnet.now.routeTable)
    for (const [from, source] of sourcesWithin(table, subnet.now.cidr)) {
      if (source !== null) choose(priorities.source + 32 - parseCidr(from).bits, from, table, source)
      else choose(priorities.subnet, from, table, null)
    }
  }
  for (const balancer of part.balancers) {
    if (!balancer.now.routeTable) continue
    const table = tableOf(part, balancer.now.routeTable)
    for (const address of privateAddressesOf(balancer)) {
      const from = `${address}/32`
      for (const [, source] of sourcesWithin(table, from)) choose(priorities.balancerTable, from, table, source)
    }
  }
  const numbers = placesOf(used.keys(), 2 ** 31 - firstRouteTable)
  for (const { key, table, source } of used.values()) {
    for (const [destination, { nextHop }] of routesFor(table, source)) {
      yield route(netns, firstRouteTable + numbers.get(key)!, destination, wayOf(part, nextHop), table.id)
    }
  }
  for (const { priority, from, key, owner } of rules) {
    yield rule(netns, priority, from, firstRouteTable + numbers.get(key)!, owner)
  }
}

/**
 * The table that holds for whatever passes a router, where there is one: its routes go among the kernel's own, and no
 * packet has to ask rules for its table. Null where sources, public addresses or marks ask for rules.
 */
function onlyTable(part: VpcPart): RouteTable | null {
  const used = new Set(part.subnets.map(({ now }) => now.routeTable))
  const [id] = used
  const isPublic = sharedAddress(part) !== null || part.servers.some(({ now }) => now.eip)
  const hasOwnTables = part.balancers.some(({ now }) => now.routeTable)
  if (id === undefined || used.size > 1 || isPublic || hasOwnTables || part.showing.length > 0) return null
  const table = tableOf(part, id)
  const asksMore = ({ source, destination }: Route) => source !== null || contains(linkLocal, destination)
  return enabledRoutes(table).some(asksMore) ? null : table
}

/** Where the links between a router and its gateways have their addresses. */
const linkLocal = '169.254.0.0/16'

/** The destinations that a balancer may reach: those of its own and its subnet's routes that hold for an address of its. */
export function destinationsOf(part: VpcPart, balancer: LoadBalancer, subnet: JoinedSubnet): ReadonlyMap<string, Id> {
  const { routeTable } = balancer.now
  const asked = [routeTable, subnet.now.routeTable].filter(id => id !== null).map(id => tableOf(part, id))
  return new Map(
    asked.flatMap(table =>
      privateAddressesOf(balancer).flatMap(address =>
        [...routesFor(table, address)].map(([destination]) => [destination, table.id] as const),
      ),
    ),
  )
}

function tableOf(part: VpcPart, id: Id): RouteTable {
  return part.routeTables.find(table => table.id === id)!
}

/** The prefixes within `cidr` that routes tell apart, with the narrowest source that covers each; `cidr` itself is one. */
function sourcesWithin(table: RouteTable, cidr: string): Map<string, string | null> {
  const found = new Map<string, string | null>([[cidr, null]])
  for (const { source } of enabledRoutes(table)) {
    if (source === null || !overlaps(source, cidr)) continue
    const within = contains(source, cidr) ? cidr : source
    const known = found.get(within)
    if (!known || contains(known, source)) found.set(within, source)
  }
  return found
}

/** The routes that hold for packets from a source, the one with the narrowest source where destinations are equal. */
function routesFor(table: RouteTable, source: string | null): Map<string, Route> {
  const holding = enabledRoutes(table).filter(
    each => each.source === null || (source !== null && contains(each.source, source)),
  )
  const width = (each: Route) => (each.source === null ? -1 : parseCidr(each.source).bits)
  return new Map(holding.sort((a, b) => width(a) - width(b)).map(each => [each.destination, each]))
}

function enabledRoutes(table: RouteTable): Route[] {
  return table.live.routes.filter(each => each.enabled)
}

function wayOf(part: VpcPart, nextHop: Route['nextHop']): Way {
  switch (nextHop.type) {
    case 'router':
      return sharedAddress(part) ? publicWay : 'unreachable'
    case 'nat-gateway':
      return part.natGateways.some(each => each.id === nextHop.id)
        ? { dev: links.transit(nextHop.id), via: transitOf(part, nextHop.id).appliance }
        : 'unreachable'
    case 'address': {
      const subnet = part.subnets.find(each => contains(each.now.cidr, nextHop.address))
      return subnet ? { dev: links.bridge(subnet.id), via: nextHop.address } : 'unreachable'
    }
  }
}
