import { defaultTable } from '../../src/model/allocate.ts'
import { find } from '../../src/model/model.ts'
import { testRefusals } from './refusals.ts'
import type { Given } from './row.ts'
import { gateway } from './rows/nfvs.ts'
import type { Site } from './site.ts'

/** A router with tables of both sorts, a gateway with rules, and a router apart. */
async function ways(site: Site): Promise<Given> {
  const given = await gateway(site)
  const { router = '', vxnet = '', nfv = '', eip = '' } = given
  const nextHop = { type: 'router', id: router }
  const table = await site.make('route-table', {
    vpc: router,
    serves: 'load-balancer',
    routes: [{ destination: '203.0.113.9/32', nextHop }],
  })
  const balancer = await site.make('load-balancer', { subnet: vxnet, routeTable: table })
  const route = find(site.cloud.model(), 'route-table', table)?.draft.routes[0]?.id ?? ''
  const apart = await site.make('vpc', { cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/24' }] })
  const far =
    [...(site.cloud.model().members.get(apart)?.values() ?? [])].find(({ kind }) => kind === 'subnet')?.id ?? ''
  const loose = await site.make('subnet', {})
  await site.done('AddSnatRule', { natgw_id: nfv, target_id: vxnet, target_type: 0, eip_ids: [eip] })
  const dnat = { eip_id: eip, protocol: 'tcp', private_ip: '192.168.1.9', private_port: '80' }
  await site.done('AddDnatRule', { natgw_id: nfv, ...dnat, public_port: '80' })
  const own = defaultTable(site.cloud.model(), router) ?? ''
  return { ...given, table, balancer, route, apart, far, loose, own }
}

const nobody = 'nfv-00000000'
const newRule = (rule: { network: string; nexthop: string; nexthop_type: number }) => [rule]

testRefusals('route tables', ways, [
  ['CreateRouteTable', { rtable_rtype: 3 }, 1100, /parameter \[rtable_rtype\] must be one of 1, 2/],
  ['CreateRouteTable', { rtable_rtype: 2, routing_table_type: 7 }, 1100, /\[routing_table_type\] must be at most 0/],
  ['DeleteRouteTables', ({ own = '' }) => ({ routing_tables: [own] }), 1400, /is a default and cannot be deleted/],
  [
    'DeleteRouteTables',
    ({ table = '' }) => ({ routing_tables: [table] }),
    5400,
    ({ table, balancer }) => `[${table}] is used by [${balancer}]`,
  ],
  [
    'AssociateRouteTable',
    ({ table = '', vxnet = '' }) => ({ routing_table: table, resource: vxnet }),
    1400,
    ({ table }) => `parameter [routing_table] [${table}] serves another kind of resource`,
  ],
  [
    'AssociateRouteTable',
    ({ own = '', far = '' }) => ({ routing_table: own, resource: far }),
    1400,
    /belongs to another VPC/,
  ],
  [
    'AssociateRouteTable',
    ({ own = '', loose = '' }) => ({ routing_table: own, resource: loose }),
    1400,
    ({ loose }) => `vxnet [${loose}] is in no router; let it join one first`,
  ],
  ['AssociateRouteTable', ({ own = '' }) => ({ routing_table: own, resource: 'lb-00000000' }), 2100, /\[lb-00000000\]/],
  ['AssociateRouteTable', ({ vxnet = '' }) => ({ routing_table: 'rt-00000000', resource: vxnet }), 2100, /\[rt-0{8}\]/],
  [
    'DissociateRouteTable',
    ({ own = '', vxnet = '' }) => ({ routing_table: own, resource: vxnet }),
    1400,
    /is what \[vxnet-.*\] has by default; associate another/,
  ],
  [
    'DissociateRouteTable',
    ({ own = '', balancer = '' }) => ({ routing_table: own, resource: balancer }),
    1400,
    /is not associated with \[lb-/,
  ],
  [
    'AddRoutes',
    ({ own = '', apart = '' }) => ({
      routing_table: own,
      rules: newRule({ network: '203.0.113.9', nexthop: apart, nexthop_type: 2 }),
    }),
    1400,
    ({ router }) => `parameter [rules.1.nexthop] must be the router of the VPC that the table belongs to, [${router}]`,
  ],
  [
    'AddRoutes',
    ({ own = '', router = '' }) => ({
      routing_table: own,
      rules: newRule({ network: 'x', nexthop: router, nexthop_type: 2 }),
    }),
    1100,
    /parameter \[rules\.1\.network\] must be an IPv4 prefix/,
  ],
  [
    'AddRoutes',
    ({ own = '' }) => ({
      routing_table: own,
      rules: newRule({ network: '1.0.0.0/8', nexthop: nobody, nexthop_type: 4 }),
    }),
    2100,
    /parameter \[rules\.1\.nexthop\] there is no .* \[nfv-00000000\]/,
  ],
  [
    'AddRoutes',
    ({ own = '' }) => ({
      routing_table: own,
      rules: newRule({ network: '1.0.0.0/8', nexthop: '8.8.8.8', nexthop_type: 3 }),
    }),
    1400,
    /parameter \[rules\.1\.nexthop\] lies in no private network/,
  ],
  [
    'AddRoutes',
    ({ own = '' }) => ({ routing_table: own, rules: newRule({ network: '1.0.0.0/8', nexthop: 'x', nexthop_type: 1 }) }),
    1100,
    /parameter \[rules\.1\.nexthop_type\] must be one of 2, 3, 4/,
  ],
  [
    'AddRoutes',
    ({ own = '', router = '' }) => ({
      routing_table: own,
      rules: newRule({ network: '0.0.0.0/0', nexthop: router, nexthop_type: 2 }),
    }),
    2110,
    /parameter \[rules\.1\.network\] is the same as/,
  ],
  [
    'ModifyRouteAttributes',
    ({ route = '' }) => ({ routing_table_rule: route, nexthop_type: 3 }),
    1100,
    /\[nexthop\] goes with a new \[nexthop_type\]/,
  ],
  ['ModifyRouteAttributes', { routing_table_rule: 'r-00000000', disable: 1 }, 2100, /\[r-00000000\] does not exist/],
  ['RemoveRoutes', ({ route = '' }) => ({ routing_table_rules: [route, 'r-00000000'] }), 2100, /\[r-00000000\]/],
  ['UpdateRouteTable', { routing_table: 'rt-00000000' }, 2100, /\[rt-00000000\]/],
])

testRefusals('NAT gateways', ways, [
  ['CreateNFV', { nfv_spec: 1 }, 1100, /parameter \[vpc_router_id\] is required/],
  [
    'CreateNFV',
    ({ router = '' }) => ({ nfv_spec: 9, vpc_router_id: router }),
    1100,
    /\[nfv_spec\] must be one of 1, 2, 3/,
  ],
  ['CreateNFV', { nfv_spec: 1, vpc_router_id: 'rtr-00000000' }, 2100, /\[vpc_router_id\] there is no .* \[rtr-0{8}\]/],
  ['CreateNFV', ({ router = '' }) => ({ nfv_type: 2, nfv_spec: 1, vpc_router_id: router }), 1100, /\[nfv_type\]/],
  [
    'CreateNFV',
    ({ router = '', eip = '' }) => ({ nfv_spec: 1, vpc_router_id: router, eips: [eip] }),
    1400,
    ({ eip, nfv }) => `[${eip}] is held by [${nfv}]; unbind it first`,
  ],
  ['StartNFVs', ({ nfv = '' }) => ({ nfvs: [nfv] }), 1400, /is active already/],
  ['StopNFVs', { nfvs: [nobody] }, 2100, /\[nfv-00000000\]/],
  ['ResizeNFV', { nfv_spec: 1 }, 1100, /parameter \[nfvs\] is required/],
  ['UpdateNFVs', {}, 1100, /parameter \[nfvs\] is required/],
  [
    'ModifyNFVSecurityGroups',
    ({ far = '' }) => ({ vxnets: [far], security_group: 'sg-1' }),
    1100,
    /\[nfv\], or \[vxnets\]/,
  ],
  ['AssociateEipsToNFV', ({ nfv = '', eip = '' }) => ({ nfv, eips: [eip] }), 2110, /is the same as/],
  ['AssociateEipsToNFV', ({ nfv = '' }) => ({ nfv, eips: ['eip-00000000'] }), 2100, /\[eip-00000000\]/],
  [
    'DissociateEipsFromNFV',
    ({ nfv = '', eip = '' }) => ({ nfv, eips: [eip] }),
    1400,
    ({ eip }) => `[${eip}] is not bound to this NAT gateway`,
  ],
  ['DissociateEipsFromNFV', ({ nfv = '', free = '' }) => ({ nfv, eips: [free] }), 1400, /is not associated with nfv/],
  ['NFVJoinVxnets', ({ nfv = '', far = '' }) => ({ nfv, vxnets: [far] }), 1400, /\[vxnets\] .* belongs to another VPC/],
  ['NFVLeaveVxnets', ({ nfv = '', far = '' }) => ({ nfv, vxnets: [far] }), 1400, /has no SNAT rule for vxnet/],
  ['ModifyNFVSecurityGroups', ({ nfv = '' }) => ({ nfv, security_group: 'sg-00000000' }), 2100, /\[security_group\]/],
])

const snat = ({ nfv = '', vxnet = '', eip = '' }: Given) => ({
  natgw_id: nfv,
  target_id: vxnet,
  target_type: 0,
  eip_ids: [eip],
})
const dnat = ({ nfv = '', eip = '' }: Given) => ({
  natgw_id: nfv,
  eip_id: eip,
  protocol: 'tcp',
  public_port: '81',
  private_ip: '192.168.1.9',
  private_port: '80',
})

testRefusals('rules of NAT gateways', ways, [
  ['AddSnatRule', snat, 2110, /parameter \[target_id\] is the same as/],
  ['AddSnatRules', given => ({ ...snat(given), natgw_id: nobody }), 2100, /\[nfv-00000000\]/],
  ['AddSnatRule', given => ({ ...snat(given), target_type: 1 }), 2100, /resource \[vxnet-.*\] does not exist/],
  [
    'AddSnatRule',
    given => ({ ...snat(given), target_type: 1, target_id: given['server'] ?? '', eip_ids: [given['free'] ?? ''] }),
    1400,
    ({ free }) => `parameter [eip_ids.1] [${free}] is not bound to this NAT gateway`,
  ],
  [
    'AddSnatRule',
    ({ nfv = '', vxnet = '' }) => ({ natgw_id: nfv, target_id: vxnet, target_type: 0 }),
    1100,
    /\[eip_ids\]/,
  ],
  ['UpdateSnatRule', ({ nfv = '' }) => ({ natgw_id: nfv, snat_id: 'snat-00000000' }), 2100, /\[snat-00000000\]/],
  ['DeleteSnatRules', ({ nfv = '' }) => ({ natgw_id: nfv, snat_ids: ['snat-00000000'] }), 2100, /\[snat-00000000\]/],
  ['AddDnatRule', given => ({ ...dnat(given), public_port: '80' }), 2110, /parameter \[public_port\] is the same as/],
  ['AddDnatRules', given => ({ ...dnat(given), public_port: '8000-x' }), 1100, /parameter \[public_port\]/],
  ['AddDnatRule', given => ({ ...dnat(given), private_port: '90-91' }), 1100, /\[private_port\] a range of ports/],
  ['AddDnatRule', given => ({ ...dnat(given), private_ip: '10.0.0.9' }), 1400, /\[private_ip\] lies outside/],
  ['AddDnatRule', given => ({ ...dnat(given), protocol: 'icmp' }), 1100, /\[protocol\] must be one of tcp, udp/],
  ['AddDnatRule', given => ({ ...dnat(given), eip_id: given['free'] ?? '' }), 1400, /\[eip_id\] .* is not bound/],
  ['UpdateDnatRule', ({ nfv = '' }) => ({ natgw_id: nfv, dnat_id: 'dnat-00000000' }), 2100, /\[dnat-00000000\]/],
  ['DeleteDnatRules', ({ nfv = '' }) => ({ natgw_id: nfv }), 1100, /\[dnat_ids\] is required/],
  ['DescribeDnatRules', {}, 1100, /\[natgw_ids\] is required/],
])
