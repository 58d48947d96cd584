import { networks } from './rows/routers.ts'
import { testRefusals } from './refusals.ts'
import type { Given } from './row.ts'
import type { Site } from './site.ts'

const nothing = { router: 'rtr-00000000', vxnet: 'vxnet-00000000' }

/** Two routers, one of them off, networks in both and in none, and servers. */
async function neighbours(site: Site): Promise<Given> {
  const given = await networks(site)
  const { vxnet, router = '' } = given
  const free = await site.make('vpc', { cidr: '172.16.0.0/16', type: 'free', power: 'off' })
  const far = await site.make('subnet', { vpc: free, cidr: '172.16.1.0/24' })
  const own = await site.make('subnet', { type: 'self-managed' })
  const spare = await site.make('eip', {})
  const server = await site.make('server', { subnet: vxnet, name: 'web' })
  const stray = await site.make('server', {})
  const listeners = [{ port: 80, backends: [{ server, port: 80 }] }]
  const balancer = await site.make('load-balancer', { subnet: vxnet, listeners })
  const statics = [
    { static_type: 1, val1: '80', val2: '192.168.1.9', val3: '8080' },
    { static_type: 8, val1: 'node1', val2: '192.168.1.9' },
  ]
  const { router_statics: made } = await site.done('AddRouterStatics', { router, statics })
  return { ...given, free, far, own, spare, server, stray, balancer, forward: (made as string[])[0] ?? '' }
}

testRefusals('routers', neighbours, [
  ['CreateRouters', { router_type: 9 }, 1100, /parameter \[router_type\] must be one of 0, 1, 2, 3, 4/],
  ['CreateRouters', { vpc_network: '8.8.0.0/16' }, 1100, /parameter \[vpc_network\] must be a private range/],
  ['CreateRouters', { vpc_network: '192.168.1.1/16' }, 1100, /parameter \[vpc_network\] has bits set/],
  ['CreateRouters', { security_group: 'sg-00000000' }, 2100, /\[security_group\] there is no .* \[sg-00000000\]/],
  ['CreateRouters', { count: 101 }, 1100, /parameter \[count\] must be at most 100/],
  ['CreateRouters', { router_name: 'x'.repeat(129) }, 1100, /parameter \[router_name\] is longer than 128/],
  [
    'DeleteRouters',
    ({ router = '' }) => ({ routers: [router] }),
    5400,
    ({ router, vxnet }) => `DependencyExists, [${router}] is used by [${vxnet}] (front)`,
  ],
  ['DeleteRouters', { routers: [nothing.router] }, 2100, /resource \[rtr-00000000\] does not exist/],
  ['DeleteRouters', {}, 1100, /parameter \[routers\] is required/],
  [
    'UpdateRouters',
    ({ router = '', free = '' }) => ({ routers: [router, free] }),
    1400,
    ({ free }) => `PermissionDenied, router [${free}] is poweroffed; power it on first`,
  ],
  ['PowerOnRouters', ({ router = '' }) => ({ routers: [router] }), 1400, /is active; power it off first/],
  ['PowerOffRouters', ({ free = '' }) => ({ routers: [free] }), 1400, /is poweroffed; power it on first/],
  ['ModifyRouterAttributes', { router: nothing.router, router_name: 'x' }, 2100, /\[rtr-00000000\]/],
  [
    'ModifyRouterAttributes',
    ({ free = '', spare = '' }) => ({ router: free, eip: spare }),
    1400,
    /parameter \[eip\] a VPC of the free type cannot hold a public address/,
  ],
  [
    'ModifyRouterAttributes',
    ({ router = '' }) => ({ router, eip: 'eip-00000000' }),
    2100,
    /\[eip\] there is no .* \[eip-00000000\]/,
  ],
  [
    'ModifyRouterAttributes',
    ({ router = '', vxnet = '' }) => ({ router, vxnet, features: 1, dyn_ip_start: '192.168.2.1' }),
    1400,
    /\[dyn_ip_start\] lies outside 192\.168\.1\.0\/24/,
  ],
  [
    'ModifyRouterAttributes',
    ({ router = '', loose = '' }) => ({ router, vxnet: loose, features: 1 }),
    1400,
    /vxnet \[vxnet-.*\] is not in router \[rtr-/,
  ],
  [
    'ModifyRouterAttributes',
    ({ router = '', vxnet = '' }) => ({ router, vxnet, dyn_ip_end: 'x' }),
    1100,
    /\[dyn_ip_end\] must be an IPv4 address/,
  ],
  [
    'JoinRouter',
    ({ router = '', loose = '' }) => ({ router, vxnet: loose, ip_network: '10.0.0.0/24' }),
    1400,
    /parameter \[ip_network\] lies outside the range 192\.168\.0\.0\/16/,
  ],
  [
    'JoinRouter',
    ({ router = '', loose = '' }) => ({ router, vxnet: loose, ip_network: '192.168.1.128/25' }),
    1400,
    ({ vxnet }) => `parameter [ip_network] overlaps [${vxnet}] (192.168.1.0/24)`,
  ],
  [
    'JoinRouter',
    ({ router = '', loose = '' }) => ({
      router,
      vxnet: loose,
      ip_network: '192.168.7.0/24',
      manager_ip: '192.168.8.1',
    }),
    1400,
    /parameter \[manager_ip\] is no usable address of 192\.168\.7\.0\/24/,
  ],
  ['JoinRouter', ({ router = '', loose = '' }) => ({ router, vxnet: loose }), 1100, /\[ip_network\] is required/],
  [
    'JoinRouter',
    ({ router = '', own = '' }) => ({ router, vxnet: own, ip_network: '192.168.7.0/24' }),
    1400,
    /a self-managed private network joins no VPC/,
  ],
  [
    'JoinRouter',
    ({ router = '', far = '' }) => ({ router, vxnet: far, ip_network: '192.168.7.0/24' }),
    1400,
    ({ far, free }) => `vxnet [${far}] is in router [${free}]; let it leave first`,
  ],
  [
    'JoinRouter',
    ({ loose = '' }) => ({ ...nothing, vxnet: loose, ip_network: '192.168.7.0/24' }),
    2100,
    /\[rtr-0{8}\]/,
  ],
  ['LeaveRouter', ({ router = '', far = '' }) => ({ router, vxnets: [far] }), 1400, /is not in router/],
  ['LeaveRouter', ({ router = '' }) => ({ router, vxnets: [nothing.vxnet] }), 2100, /\[vxnet-00000000\]/],
  [
    'LeaveRouter',
    ({ router = '', vxnet = '' }) => ({ router, vxnets: [vxnet] }),
    1400,
    ({ balancer, vxnet }) => `loadbalancer [${balancer}] is in vxnet [${vxnet}]; take it out first`,
  ],
  ['DescribeRouterVxnets', {}, 1100, /parameter \[router\] is required/],
  ['GetVPNCerts', ({ router = '' }) => ({ router }), 1101, /\[GetVPNCerts\] is not supported: run a VPN on a server/],
])

testRefusals('statics of routers', neighbours, [
  [
    'AddRouterStatics',
    ({ router = '' }) => ({ router, statics: [{ static_type: 2, val1: 'openvpn' }] }),
    1101,
    /static_type \[2\] is not supported: run a VPN on a server of the network/,
  ],
  ['AddRouterStatics', ({ router = '' }) => ({ router, statics: [{ static_type: 4, val1: 'gre' }] }), 1101, /\[4\]/],
  [
    'AddRouterStatics',
    ({ router = '' }) => ({ router, statics: [{ static_type: 5, val1: 'x' }] }),
    1101,
    /security group/,
  ],
  ['AddRouterStatics', ({ router = '' }) => ({ router, statics: [{ static_type: 6, val1: 'x' }] }), 1101, /\[6\]/],
  ['AddRouterStatics', ({ router = '' }) => ({ router, statics: [{ static_type: 7, val1: 'x' }] }), 1101, /\[7\]/],
  [
    'AddRouterStatics',
    ({ router = '' }) => ({ router, statics: [{ static_type: 9 }] }),
    1100,
    /\[statics\.1\.static_type\] must be/,
  ],
  ['AddRouterStatics', ({ router = '' }) => ({ router }), 1100, /\[statics\] is required/],
  [
    'AddRouterStatics',
    ({ router = '' }) => ({ router, statics: [{ static_type: 1, val1: 'http', val2: '192.168.1.9', val3: '0' }] }),
    1100,
    /parameter \[statics\.1\.val1\] must be a number; parameter \[statics\.1\.val3\] must be at least 1/,
  ],
  [
    'AddRouterStatics',
    ({ router = '' }) => ({ router, statics: [{ static_type: 1, val1: '81', val2: '10.0.0.9', val3: '80' }] }),
    1400,
    /parameter \[statics\.1\.val2\] lies outside the range 192\.168\.0\.0\/16/,
  ],
  [
    'AddRouterStatics',
    // The second of two is wrong, so that none is there.
    ({ router = '' }) => ({
      router,
      statics: [
        { static_type: 1, val1: '82', val2: '192.168.1.9', val3: '80' },
        { static_type: 1, val1: '80', val2: '192.168.1.9', val3: '80' },
      ],
    }),
    2110,
    /parameter \[statics\.2\.val1\] is the same as/,
  ],
  [
    'AddRouterStatics',
    ({ router = '' }) => ({ router, statics: [{ static_type: 8, val1: 'node2', val2: '192.168.1.9;x' }] }),
    1100,
    /parameter \[statics\.1\.val2\.2\] must be an IPv4 address/,
  ],
  [
    'AddRouterStatics',
    ({ router = '' }) => ({ router, statics: [{ static_type: 3, val1: 'i-00000000', val2: 'a=b' }] }),
    2100,
    /parameter \[statics\.1\.val1\] there is no .* \[i-00000000\]/,
  ],
  [
    'ModifyRouterStaticAttributes',
    { router_static: 'rtrs-00000000', val1: '1' },
    2100,
    /resource \[rtrs-00000000\] does not exist/,
  ],
  [
    'ModifyRouterStaticAttributes',
    ({ forward = '' }) => ({ router_static: forward, val4: 'icmp' }),
    1100,
    /parameter \[val4\] must be one of tcp, udp/,
  ],
  [
    'DeleteRouterStatics',
    ({ forward = '' }) => ({ router_statics: [forward, 'rtrs-00000000'] }),
    2100,
    /\[rtrs-0{8}\]/,
  ],
  ['CopyRouterStatics', ({ router = '' }) => ({ source_router: router }), 1100, /\[dest_router\] is required/],
  ['CopyRouterStatics', ({ free = '' }) => ({ dest_router: free }), 1100, /\[source_router\] or \[router_statics\]/],
  [
    'CopyRouterStatics',
    ({ router = '', free = '' }) => ({ source_router: router, dest_router: free }),
    1400,
    /lies outside the range 172\.16\.0\.0\/16/,
  ],
  ['AddRouterStaticEntries', ({ forward = '' }) => ({ router_static: forward }), 1101, /is not supported/],
  ['ModifyRouterStaticEntryAttributes', { router_static_entry: 'rse-00000000' }, 1101, /is not supported/],
  ['DeleteRouterStaticEntries', { router_static_entries: ['rse-00000000'] }, 1101, /is not supported/],
])

testRefusals('private networks', neighbours, [
  ['CreateVxnets', {}, 1100, /parameter \[vxnet_type\] is required/],
  ['CreateVxnets', { vxnet_type: 2 }, 1100, /parameter \[vxnet_type\] must be one of 0, 1/],
  ['ModifyVxnetAttributes', { vxnet: 'vxnet-0', vxnet_name: 'x' }, 1400, /vxnet \[vxnet-0\] is always there/],
  ['ModifyVxnetAttributes', { vxnet: nothing.vxnet, vxnet_name: 'x' }, 2100, /\[vxnet-00000000\]/],
  ['DeleteVxnets', { vxnets: ['vxnet-0'] }, 1400, /is always there and cannot be changed/],
  [
    'DeleteVxnets',
    ({ vxnet = '' }) => ({ vxnets: [vxnet] }),
    5400,
    ({ vxnet, server }) => `DependencyExists, [${vxnet}] is used by [${server}] (web)`,
  ],
  [
    'JoinVxnet',
    ({ vxnet = '', server = '' }) => ({ vxnet, instances: [server] }),
    1400,
    /is in vxnet \[vxnet-.*\] already/,
  ],
  [
    'JoinVxnet',
    ({ far = '', server = '' }) => ({ vxnet: far, instances: [server] }),
    1400,
    /is in managed vxnet \[vxnet-.*\] already; let it leave first/,
  ],
  [
    'JoinVxnet',
    ({ server = '' }) => ({ vxnet: 'vxnet-0', instances: [server] }),
    1400,
    /is in vxnet \[vxnet-.*\]; let it leave first/,
  ],
  [
    'JoinVxnet',
    ({ vxnet = '', stray = '' }) => ({ vxnet: `${vxnet}|192.168.2.9`, instances: [stray] }),
    1400,
    /parameter \[vxnet\] is no usable address of 192\.168\.1\.0\/24/,
  ],
  [
    'JoinVxnet',
    ({ vxnet = '', stray = '' }) => ({ vxnet: `${vxnet}|192.168.1.2`, instances: [stray] }),
    1400,
    ({ server }) => `parameter [vxnet] 192.168.1.2 is taken by [${server}]`,
  ],
  [
    'JoinVxnet',
    ({ vxnet = '', stray = '', server = '' }) => ({ vxnet: `${vxnet}|192.168.1.9`, instances: [stray, server] }),
    1100,
    /an address goes with one instance/,
  ],
  ['JoinVxnet', ({ stray = '' }) => ({ vxnet: nothing.vxnet, instances: [stray] }), 2100, /\[vxnet-00000000\]/],
  ['JoinVxnet', ({ vxnet = '' }) => ({ vxnet, instances: ['i-00000000'] }), 2100, /\[i-00000000\]/],
  [
    'LeaveVxnet',
    ({ vxnet = '', server = '' }) => ({ vxnet, instances: [server] }),
    1400,
    ({ balancer, server }) => `[${balancer}], listeners[0].backends[0].server: [${server}] is in no VPC`,
  ],
  ['LeaveVxnet', ({ vxnet = '', stray = '' }) => ({ vxnet, instances: [stray] }), 1400, /is not in vxnet/],
  ['LeaveVxnet', ({ server = '' }) => ({ vxnet: 'vxnet-0', instances: [server] }), 1400, /is not in vxnet \[vxnet-0\]/],
  ['DescribeVxnetInstances', {}, 1100, /parameter \[vxnet\] is required/],
])
