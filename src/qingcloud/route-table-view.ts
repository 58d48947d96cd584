import { isApplied, type Id, type RouteTable } from '../model/model.ts'
import type { Call } from './action.ts'
import { owner } from './cloud.ts'
import { bit, labelsOf, timeText } from './labels.ts'
import { codeOf } from './parameters.ts'
import { transitionOf } from './transition.ts'

export type Route = RouteTable['draft']['routes'][number]
type NextHop = Route['nextHop']

/** What this API calls what route tables are for. */
export const tableUses = { 1: 'load-balancer', 2: 'subnet' } as const
/** What this API calls the types of next hops. */
export const hopTypes = { 2: 'router', 3: 'address', 4: 'nat-gateway' } as const

/** A route table as clients see it. */
export function routeTableView(table: RouteTable, { cloud, model }: Call): object {
  return {
    rtable_id: table.id,
    rtable_name: table.name,
    rtable_type: 0,
    rtable_rtype: codeOf(tableUses, table.now.serves),
    vpc_router_id: table.now.vpc ?? '',
    is_default: bit(table.now.isDefault),
    is_applied: bit(isApplied(table)),
    transition_status: transitionOf(cloud, table),
    routing_table_rule_set: table.draft.routes.map(route => routeView(route, table)),
    ...labelsOf(table, model()),
  }
}

/** A rule of a table as clients see it. */
export function routeView({ id, name, destination, nextHop, enabled }: Route, table: RouteTable): object {
  const time = timeText(table.createdAt)
  return {
    rtable_rule_id: id,
    rtable_rule_name: name,
    rtable_id: table.id,
    network: destination,
    nexthop: hopOf(nextHop),
    nexthop_type: hopTypeOf(nextHop),
    disabled: bit(!enabled),
    create_time: time,
    status_time: time,
    owner,
  }
}

/** Where a hop leads: the id of a router or a NAT gateway, or an address. */
export function hopOf(hop: NextHop): Id {
  return hop.type === 'address' ? hop.address : hop.id
}

export function hopTypeOf({ type }: NextHop): number {
  return codeOf(hopTypes, type)
}

/** A hop as the model takes it. */
export function nextHopOf(type: NextHop['type'], hop: string): object {
  return type === 'address' ? { type, address: hop } : { type, id: hop }
}
