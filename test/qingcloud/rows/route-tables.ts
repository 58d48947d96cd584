import assert from 'node:assert/strict'
import { defaultTable } from '../../../src/model/allocate.ts'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { bit, id, text, time, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'
import { networks } from './routers.ts'

type Known = { readonly [field: string]: Shape }

const job = { job_id: id('j') }

const tableShape = (known: Known = {}): Shape => ({
  rtable_id: id('rt'),
  rtable_name: text,
  rtable_type: 0,
  rtable_rtype: 2,
  vpc_router_id: id('rtr'),
  is_default: bit,
  is_applied: 1,
  transition_status: '',
  routing_table_rule_set: [],
  ...labels,
  ...known,
})

const routeShape = (known: Known = {}): Shape => ({
  rtable_rule_id: id('r'),
  rtable_rule_name: text,
  rtable_id: id('rt'),
  network: '203.0.113.9/32',
  nexthop: id('rtr'),
  nexthop_type: 2,
  disabled: 0,
  create_time: time,
  status_time: time,
  owner: id('usr'),
  ...known,
})

/** A router's own table, and one for balancers with a route, which serves one. */
async function tables(site: Site): Promise<Given> {
  const given = await networks(site)
  const { router = '', vxnet = '' } = given
  const nextHop = { type: 'router', id: router }
  const routes = [{ name: 'far', destination: '203.0.113.9/32', nextHop }]
  const table = await site.make('route-table', { vpc: router, serves: 'load-balancer', name: 'out', routes })
  const balancer = await site.make('load-balancer', { subnet: vxnet, routeTable: table })
  const route = find(site.cloud.model(), 'route-table', table)?.draft.routes[0]?.id ?? ''
  return { ...given, own: defaultTable(site.cloud.model(), router) ?? '', table, route, balancer }
}

const tableIn = (site: Site, table: string | undefined) => find(site.cloud.model(), 'route-table', table)

export const rows: readonly Row[] = [
  {
    action: 'DescribeRouteTables',
    given: tables,
    parameters: { verbose: 1, rtable_rtype: 1, routing_table_types: [0] },
    answer: ({ table = '', route = '', router = '' }) => ({
      routing_table_set: [
        tableShape({
          rtable_id: table,
          rtable_name: 'out',
          rtable_rtype: 1,
          vpc_router_id: router,
          is_default: 0,
          routing_table_rule_set: [
            routeShape({ rtable_rule_id: route, rtable_rule_name: 'far', rtable_id: table, nexthop: router }),
          ],
        }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeRouteTables',
    about: 'the one that came with a router',
    given: tables,
    parameters: ({ own = '' }) => ({ routing_tables: [own, 'rt-00000000'] }),
    answer: ({ own = '' }) => ({ routing_table_set: [tableShape({ rtable_id: own, is_default: 1 })], total_count: 1 }),
  },
  {
    action: 'CreateRouteTable',
    parameters: { routing_table_name: 'out', routing_table_type: 0, rtable_rtype: 2 },
    answer: { routing_table: id('rt') },
    async then(site, _, { routing_table: table }) {
      const { routing_table_set: set } = await site.done('DescribeRouteTables', { routing_tables: [String(table)] })
      const [shown] = set as { rtable_name: string; vpc_router_id: string }[]
      assert.deepEqual([shown?.rtable_name, shown?.vpc_router_id], ['out', ''])
    },
  },
  {
    action: 'ModifyRouteTableAttributes',
    given: tables,
    parameters: ({ table = '' }) => ({ routing_table: table, routing_table_name: 'away' }),
    answer: ({ table = '' }) => ({ routing_table: table }),
    then: (site, { table }) => assert.equal(tableIn(site, table)?.name, 'away'),
  },
  {
    action: 'DeleteRouteTables',
    given: async site => ({ table: await site.make('route-table', {}) }),
    parameters: ({ table = '' }) => ({ routing_tables: [table] }),
    answer: ({ table = '' }) => ({ routing_tables: [table] }),
    then: (site, { table }) => assert.equal(tableIn(site, table), undefined),
  },
  {
    action: 'AssociateRouteTable',
    about: 'with a network: it comes into the router of that',
    given: async site => ({ ...(await networks(site)), table: await site.make('route-table', {}) }),
    parameters: ({ table = '', vxnet = '' }) => ({ routing_table: table, resource: vxnet }),
    answer: job,
    then(site, { table, vxnet, router }) {
      assert.equal(find(site.cloud.model(), 'subnet', vxnet)?.now.routeTable, table)
      assert.equal(tableIn(site, table)?.now.vpc, router)
    },
  },
  {
    action: 'AssociateRouteTable',
    about: 'with a balancer',
    async given(site) {
      const given = await networks(site)
      const balancer = await site.make('load-balancer', { subnet: given['vxnet'] })
      return { balancer, table: await site.make('route-table', { serves: 'load-balancer' }) }
    },
    parameters: ({ table = '', balancer = '' }) => ({ routing_table: table, resource: balancer }),
    answer: job,
    then: (site, { table, balancer }) =>
      assert.equal(find(site.cloud.model(), 'load-balancer', balancer)?.now.routeTable, table),
  },
  {
    action: 'DissociateRouteTable',
    about: 'from a balancer',
    given: tables,
    parameters: ({ table = '', balancer = '' }) => ({ routing_table: table, resource: balancer }),
    answer: job,
    then: (site, { balancer }) =>
      assert.equal(find(site.cloud.model(), 'load-balancer', balancer)?.now.routeTable, null),
  },
  {
    action: 'DissociateRouteTable',
    about: 'from a network, which goes back to the table of its router',
    async given(site) {
      const given = await tables(site)
      const table = await site.make('route-table', {})
      await site.done('AssociateRouteTable', { routing_table: table, resource: given['vxnet'] ?? '' })
      return { ...given, table }
    },
    parameters: ({ table = '', vxnet = '' }) => ({ routing_table: table, resource: vxnet }),
    answer: job,
    then: (site, { own, vxnet }) => assert.equal(find(site.cloud.model(), 'subnet', vxnet)?.now.routeTable, own),
  },
  {
    action: 'DescribeRoutingTableResources',
    given: tables,
    answer: ({ own = '', vxnet = '', table = '', balancer = '' }) => ({
      resource_user_group_set: [
        { rtable_id: own, resource_id: vxnet },
        { rtable_id: table, resource_id: balancer },
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeRoutingTableResources',
    about: 'the table of a network',
    given: tables,
    parameters: ({ vxnet = '', own = '' }) => ({ resources: [vxnet], rtables: [own] }),
    answer: ({ own = '', vxnet = '' }) => ({
      resource_user_group_set: [{ rtable_id: own, resource_id: vxnet }],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeRoutes',
    given: tables,
    parameters: ({ table = '', router = '' }) => ({
      routing_table: table,
      nexthop: router,
      nexthop_type: 2,
      search_word: 'FAR',
    }),
    answer: ({ table = '', route = '', router = '' }) => ({
      routing_table_rule_set: [
        routeShape({ rtable_rule_id: route, rtable_rule_name: 'far', rtable_id: table, nexthop: router }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeRoutes',
    about: 'by ids, without a table',
    given: tables,
    parameters: ({ route = '' }) => ({ routing_table_rules: [route, 'r-00000000'] }),
    answer: ({ route = '' }) => ({
      routing_table_rule_set: [routeShape({ rtable_rule_id: route })],
      total_count: 1,
    }),
  },
  {
    action: 'AddRoutes',
    about: 'to every sort of hop; they wait for an update',
    async given(site) {
      const given = await tables(site)
      return { ...given, gateway: await site.make('nat-gateway', { vpc: given['router'] }) }
    },
    parameters: ({ own = '', router = '', gateway = '' }) => ({
      routing_table: own,
      rules: [
        { routing_table_rule_name: 'far', network: '203.0.113.9', nexthop: router, nexthop_type: 2 },
        { routing_table_name: 'near', network: '203.0.113.16/28', nexthop: '192.168.1.9', nexthop_type: 3 },
        { network: '203.0.113.32/28', nexthop: gateway, nexthop_type: 4 },
      ],
    }),
    answer: { routing_table_rules: [id('r'), id('r'), id('r')] },
    async then(site, { own = '', gateway = '', router = '' }) {
      const { draft, live } = tableIn(site, own)!
      // The first is the way out that came with the gateway.
      assert.deepEqual([draft.routes.length, live.routes.length], [4, 1])
      const { routing_table_rule_set: set } = await site.done('DescribeRoutes', { routing_table: own })
      const shown = set as { rtable_rule_name: string; network: string; nexthop: string; nexthop_type: number }[]
      assert.deepEqual(
        shown.map(each => each.rtable_rule_name),
        ['', 'far', 'near', ''],
      )
      assert.deepEqual(
        shown.map(each => [each.network, each.nexthop, each.nexthop_type]),
        [
          ['0.0.0.0/0', gateway, 4],
          ['203.0.113.9/32', router, 2],
          ['203.0.113.16/28', '192.168.1.9', 3],
          ['203.0.113.32/28', gateway, 4],
        ],
      )
    },
  },
  {
    action: 'ModifyRouteAttributes',
    given: tables,
    parameters: ({ route = '' }) => ({
      routing_table_rule: route,
      network: '203.0.113.0/24',
      nexthop: '192.168.1.9',
      nexthop_type: 3,
      disable: 1,
    }),
    answer: {},
    then(site, { table }) {
      const [{ name, destination, nextHop, enabled } = assert.fail()] = tableIn(site, table)!.draft.routes
      assert.deepEqual([name, destination, enabled], ['far', '203.0.113.0/24', false])
      assert.deepEqual(nextHop, { type: 'address', address: '192.168.1.9' })
    },
  },
  {
    action: 'ModifyRouteAttributes',
    about: 'an empty name clears it; other empty values stay',
    given: tables,
    parameters: ({ route = '' }) => ({
      routing_table_rule: route,
      route_table_rule_name: '',
      network: '',
      nexthop: '',
    }),
    answer: {},
    then(site, { table, router }) {
      const [{ name, destination, nextHop, enabled } = assert.fail()] = tableIn(site, table)!.draft.routes
      assert.deepEqual([name, destination, enabled], ['', '203.0.113.9/32', true])
      assert.deepEqual(nextHop, { type: 'router', id: router })
    },
  },
  {
    action: 'RemoveRoutes',
    given: tables,
    parameters: ({ route = '' }) => ({ routing_table_rules: [route] }),
    answer: ({ route = '' }) => ({ routing_table_rules: [route] }),
    then(site, { table }) {
      const { draft, live } = tableIn(site, table)!
      assert.deepEqual([draft.routes.length, live.routes.length], [0, 1])
    },
  },
  {
    action: 'UpdateRouteTable',
    async given(site) {
      const given = await tables(site)
      await site.done('RemoveRoutes', { routing_table_rules: [given['route'] ?? ''] })
      const { routing_table_set: set } = await site.done('DescribeRouteTables', {
        routing_tables: [given['table'] ?? ''],
      })
      assert.equal((set as { is_applied: number }[])[0]?.is_applied, 0)
      return given
    },
    parameters: ({ table = '' }) => ({ routing_table: table }),
    answer: job,
    then: (site, { table }) => assert.deepEqual(tableIn(site, table)?.live.routes, []),
  },
]
