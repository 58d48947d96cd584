import { defaultTable } from '../model/allocate.ts'
import type { Command } from '../model/command.ts'
import { find, type Id, type RouteTable } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { namedParent, parentOf } from './child-index.ts'
import { asksFor, describe, inOrder, isCalled, named, page } from './describe.ts'
import { fail } from './failure.ts'
import { coded, int, list, objects, offSwitch, text } from './parameters.ts'
import { hopOf, hopTypes, hopTypeOf, nextHopOf, routeTableView, routeView, tableUses } from './route-table-view.ts'

const use = coded(tableUses)
const hopType = coded(hopTypes)
const names = {
  serves: 'rtable_rtype',
  destination: 'network',
  'nextHop.type': 'nexthop_type',
  'nextHop.id': 'nexthop',
  'nextHop.address': 'nexthop',
  enabled: 'disable',
}
const ofTable = { ...names, name: 'routing_table_name' }
const ofRoute = { ...names, name: 'routing_table_rule_name' }

/** Route tables and their rules. */
export const routeTableActions = [
  reading(
    'DescribeRouteTables',
    {
      ...listing,
      routing_tables: list(text).optional(),
      routing_table_types: list(int()).optional(),
      rtable_rtype: use.optional(),
    },
    (asked, call) =>
      describe(call, 'route-table', asked, {
        set: 'routing_table_set',
        ids: asked.routing_tables,
        where: ({ now }) =>
          (asked.routing_table_types?.includes(0) ?? true) &&
          (asked.rtable_rtype === undefined || now.serves === asked.rtable_rtype),
        view: table => routeTableView(table, call),
      }),
    { note: 'The default table of a router is among them, and cannot be deleted' },
  ),

  changing(
    'CreateRouteTable',
    { routing_table_name: text.default(''), routing_table_type: int(0, 0).default(0), rtable_rtype: use },
    async ({ routing_table_name: name, rtable_rtype: serves }, call) => {
      const { resource } = await call.run({ do: 'create', kind: 'route-table', body: { name, serves } })
      return { routing_table: resource?.id }
    },
    { names: ofTable, note: 'A table belongs to the router of what it is first associated with' },
  ),

  changing(
    'ModifyRouteTableAttributes',
    { routing_table: text, routing_table_name: text.optional() },
    async ({ routing_table: id, routing_table_name: name }, call) => {
      await call.run({ do: 'patch', kind: 'route-table', id, body: { name } })
      return { routing_table: id }
    },
    { names: ofTable },
  ),

  changing('DeleteRouteTables', { routing_tables: list(text) }, async ({ routing_tables: ids }, call) => {
    await call.runAll(ids.map(id => ({ do: 'delete', kind: 'route-table', id })))
    return { routing_tables: ids }
  }),

  changing(
    'AssociateRouteTable',
    { routing_table: text, resource: text },
    async ({ routing_table: id, resource }, call) => {
      call.heed(() => named(call, 'route-table', id))
      const done = await call.runAll(call.heedEach([resource], each => binding(call, each, id)))
      return { job_id: call.job('updating', [id, resource], done) }
    },
    { names: { routeTable: 'routing_table', subnet: 'resource' } },
  ),

  changing(
    'DissociateRouteTable',
    { routing_table: text, resource: text },
    async ({ routing_table: id, resource }, call) => {
      named(call, 'route-table', id)
      if (boundTo(call, resource) !== id) fail(1400, `routing table [${id}] is not associated with [${resource}]`)
      const fallback = defaultTable(call.model(), find(call.model(), 'subnet', resource)?.now.vpc ?? '')
      if (fallback === id) fail(1400, `routing table [${id}] is what [${resource}] has by default; associate another`)
      const done = await call.run(binding(call, resource, fallback ?? null))
      return { job_id: call.job('updating', [id, resource], done) }
    },
    { note: 'A vxnet goes back to the default table of its router' },
  ),

  reading(
    'DescribeRoutingTableResources',
    { ...listing, rtables: list(text).optional(), resources: list(text).optional() },
    (asked, call) => {
      const model = call.model()
      const bound = [...inOrder(model, 'subnet'), ...inOrder(model, 'load-balancer')].flatMap(({ id, now }) =>
        now.routeTable === null ? [] : { rtable_id: now.routeTable, resource_id: id },
      )
      const wanted = bound.filter(
        each =>
          (asked.rtables?.includes(each.rtable_id) ?? true) && (asked.resources?.includes(each.resource_id) ?? true),
      )
      return page(asked, 'resource_user_group_set', wanted)
    },
  ),

  reading(
    'DescribeRoutes',
    {
      ...listing,
      routing_table: text.optional(),
      routing_table_rules: list(text).optional(),
      nexthop: text.optional(),
      nexthop_type: int().optional(),
    },
    (asked, call) => {
      const { routing_table: id, routing_table_rules: ids } = asked
      const wanted = tablesOf(call, id, ids)
        .flatMap(table => table.draft.routes.map(route => ({ table, route })))
        .filter(
          ({ route }) =>
            (ids?.includes(route.id) ?? true) &&
            (asked.nexthop === undefined || hopOf(route.nextHop) === asked.nexthop) &&
            (asked.nexthop_type === undefined || hopTypeOf(route.nextHop) === asked.nexthop_type) &&
            isCalled(route, asked.search_word),
        )
      return page(asked, 'routing_table_rule_set', wanted, ({ route, table }) => routeView(route, table))
    },
  ),

  changing(
    'AddRoutes',
    {
      routing_table: text,
      rules: objects({
        routing_table_rule_name: text.optional(),
        // The documented example has it so.
        routing_table_name: text.default(''),
        network: text,
        nexthop: text,
        nexthop_type: hopType,
      }),
    },
    async ({ routing_table: id, rules }, call) => {
      const commands = rules.map(({ network: destination, nexthop, nexthop_type: type, ...given }): Command => ({
        do: 'add-child',
        kind: 'route-table',
        id,
        path: ['routes'],
        body: {
          name: given.routing_table_rule_name ?? given.routing_table_name,
          destination,
          nextHop: nextHopOf(type, nexthop),
        },
      }))
      const done = await call.runAll(
        commands,
        rules.map((_, i) => `rules[${i}]`),
      )
      return { routing_table_rules: done.flatMap(({ child }) => child ?? []) }
    },
    { names: ofRoute },
  ),

  changing(
    'ModifyRouteAttributes',
    {
      routing_table_rule: text,
      route_table_rule_name: text.optional(),
      network: text.optional(),
      nexthop: text.optional(),
      nexthop_type: hopType.optional(),
      disable: offSwitch.optional(),
    },
    async ({ routing_table_rule: id, route_table_rule_name: name, network, nexthop, ...given }, call) => {
      const table = namedParent(call, 'route-table', id)
      const route = table.draft.routes.find(each => each.id === id)
      if (!route) return fail(2100, `routing table rule [${id}] does not exist`)
      const type = given.nexthop_type ?? route.nextHop.type
      if (type !== route.nextHop.type && !nexthop)
        call.heed(() => fail(1100, 'parameter [nexthop] goes with a new [nexthop_type]'))
      const body = {
        name,
        destination: network || undefined,
        nextHop: nexthop ? nextHopOf(type, nexthop) : undefined,
        enabled: given.disable,
      }
      await call.run({ do: 'patch-child', kind: 'route-table', id: table.id, path: ['routes', id], body })
      return {}
    },
    { names: { ...names, name: 'route_table_rule_name' } },
  ),

  changing('RemoveRoutes', { routing_table_rules: list(text) }, async ({ routing_table_rules: ids }, call) => {
    const commands = call.heedEach(ids, (id): Command => ({
      do: 'delete-child',
      kind: 'route-table',
      id: namedParent(call, 'route-table', id).id,
      path: ['routes', id],
    }))
    await call.runAll(commands)
    return { routing_table_rules: ids }
  }),

  changing('UpdateRouteTable', { routing_table: text }, async ({ routing_table: id }, call) => {
    const done = await call.run({ do: 'apply', kind: 'route-table', id })
    return { job_id: call.job('updating', [id], done) }
  }),
]

/** The tables that routes are looked for in: one, those of some routes, or all. */
function tablesOf(call: Call, table: Id | undefined, routes: readonly Id[] | undefined): readonly RouteTable[] {
  const model = call.model()
  if (table !== undefined) return [find(model, 'route-table', table) ?? []].flat()
  if (routes !== undefined) return [...new Set(routes.flatMap(id => parentOf(call, 'route-table', id) ?? []))]
  return inOrder(model, 'route-table').filter(asksFor(call, {}))
}

/** What gives a network or a balancer another table, or none of its own. */
function binding(call: Call, resource: Id, routeTable: Id | null): Command {
  const kind = find(call.model(), 'load-balancer', resource) ? 'load-balancer' : 'subnet'
  const { now } = named(call, kind, resource)
  if (kind === 'subnet' && 'vpc' in now && now.vpc === null) {
    fail(1400, `vxnet [${resource}] is in no router; let it join one first`)
  }
  return { do: 'patch', kind, id: resource, body: { routeTable } }
}

function boundTo(call: Call, resource: Id): Id | null | undefined {
  const model = call.model()
  return (find(model, 'subnet', resource) ?? find(model, 'load-balancer', resource))?.now.routeTable
}
