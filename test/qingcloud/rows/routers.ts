import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { address, bit, id, text, time, whole, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'

type Known = { readonly [field: string]: Shape }

const job = { job_id: id('j') }
const noEip = { eip_id: '', eip_name: '', eip_addr: '' }

const routerShape = (known: Known = {}): Shape => ({
  router_id: id('rtr'),
  router_name: text,
  router_type: 1,
  vpc_network: '192.168.0.0/16',
  vpc_ipv6_network: '',
  vpc_id: id('vpc'),
  base_vxnet: 'vxnet-0',
  private_ip: text,
  status: 'active',
  transition_status: '',
  is_applied: 1,
  is_default: bit,
  features: 1,
  mode: whole,
  cpu: whole,
  memory: whole,
  security_group_id: id('sg'),
  security_groups: [{ group_id: id('sg'), group_name: text }],
  eip: noEip,
  dns_aliases: [],
  instance_id: text,
  hypervisor: text,
  place_group_id: text,
  source: text,
  alarm_status: text,
  sub_code: whole,
  l3vni: whole,
  ...labels,
  ...known,
})

const memberShape = (known: Known = {}): Shape => ({
  vxnet_id: id('vxnet'),
  vxnet_name: text,
  nic_id: text,
  manager_ip: '192.168.1.1',
  ip_network: '192.168.1.0/24',
  dyn_ip_start: '192.168.1.2',
  dyn_ip_end: '192.168.1.254',
  ...known,
})

/** A router with a network and a public address, and a network that is in none. */
export async function networks(site: Site): Promise<Given> {
  const eip = await site.make('eip', { name: 'out' })
  const router = await site.make('vpc', { cidr: '192.168.0.0/16', name: 'office', eip })
  const vxnet = await site.make('subnet', { vpc: router, cidr: '192.168.1.0/24', name: 'front' })
  const loose = await site.make('subnet', { name: 'loose' })
  return { eip, router, vxnet, loose }
}

export const routerIn = (site: Site, router: string | undefined) => find(site.cloud.model(), 'vpc', router)
const vxnetIn = (site: Site, vxnet: string | undefined) => find(site.cloud.model(), 'subnet', vxnet)

/** What T sees between two calls: it waits until a router goes through nothing. */
async function settles(site: Site, router: string, word: string): Promise<void> {
  const shown = async () => {
    const { router_set: set } = await site.done('DescribeRouters', { routers: [router], verbose: 1 })
    return (set as { transition_status: string }[])[0]?.transition_status
  }
  assert.equal(await shown(), word)
  site.sync()
  assert.equal(await shown(), '')
}

export const rows: readonly Row[] = [
  {
    action: 'DescribeRouters',
    given: networks,
    parameters: { verbose: 1, search_word: 'OFF' },
    answer: ({ router = '', vxnet = '', eip = '' }) => ({
      router_set: [
        routerShape({
          router_id: router,
          router_name: 'office',
          vpc_id: router.replace('rtr-', 'vpc-'),
          eip: { eip_id: eip, eip_name: 'out', eip_addr: address },
          vxnets: [memberShape({ vxnet_id: vxnet, vxnet_name: 'front' })],
        }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeRouters',
    about: 'by a network in them, and status',
    given: async site => {
      await site.make('vpc', { cidr: '192.168.0.0/16' })
      return networks(site)
    },
    parameters: ({ vxnet = '' }) => ({ vxnet, status: 'active' }),
    answer: ({ router = '' }) => ({
      router_set: [routerShape({ router_id: router, eip: { eip_id: id('eip'), eip_name: 'out', eip_addr: address } })],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeRouters',
    about: 'one that was deleted is still told by its id, and not in lists',
    async given(site) {
      const router = await site.make('vpc', { cidr: '172.16.0.0/16' })
      await site.done('DeleteRouters', { routers: [router] })
      const { router_set: rest } = await site.done('DescribeRouters')
      assert.deepEqual(rest, [])
      return { router }
    },
    parameters: ({ router = '' }) => ({ routers: [router], verbose: 1 }),
    answer: ({ router = '' }) => ({
      router_set: [routerShape({ router_id: router, status: 'deleted', vpc_network: '172.16.0.0/16', vxnets: [] })],
      total_count: 1,
    }),
  },
  {
    action: 'CreateRouters',
    about: 'as few parameters as may be',
    parameters: {},
    answer: { routers: [id('rtr')], ...job },
    async then(site, _, { routers }) {
      const [router = ''] = routers as string[]
      const { now } = routerIn(site, router)!
      assert.deepEqual([now.type, now.cidr, now.zone], ['small', '192.168.0.0/16', 'local'])
      const { router_set: set } = await site.done('DescribeRouters', { routers: [router], status: ['pending'] })
      assert.equal((set as object[]).length, 1)
      await settles(site, router, 'creating')
    },
  },
  {
    action: 'CreateRouters',
    given: async site => ({ group: await site.make('security-group', {}) }),
    parameters: ({ group = '' }) => ({
      router_name: 'office',
      router_type: 2,
      vpc_network: '172.20.0.0/16',
      security_group: group,
      count: 2,
    }),
    answer: { routers: [id('rtr'), id('rtr')], ...job },
    then(site, { group }, { routers }) {
      for (const router of routers as string[]) {
        const { name, now, draft } = routerIn(site, router)!
        assert.deepEqual([name, now.type, now.cidr, draft.securityGroup], ['office', 'large', '172.20.0.0/16', group])
      }
    },
  },
  {
    action: 'DeleteRouters',
    given: async site => ({ router: await site.make('vpc', { cidr: '192.168.0.0/16' }) }),
    parameters: ({ router = '' }) => ({ routers: [router] }),
    answer: ({ router = '' }) => ({ routers: [router], ...job }),
    then: (site, { router }) => assert.equal(routerIn(site, router), undefined),
  },
  {
    action: 'UpdateRouters',
    async given(site) {
      const { router = '' } = await networks(site)
      const statics = [{ static_type: 1, val1: '80', val2: '192.168.1.9', val3: '8080' }]
      await site.done('AddRouterStatics', { router, statics })
      const { router_set: set } = await site.done('DescribeRouters', { routers: [router] })
      assert.equal((set as { is_applied: number }[])[0]?.is_applied, 0)
      return { router }
    },
    parameters: ({ router = '' }) => ({ routers: [router] }),
    answer: ({ router = '' }) => ({ routers: [router], ...job }),
    async then(site, { router = '' }) {
      assert.equal(routerIn(site, router)?.live.portForwards[0]?.port, 80)
      await settles(site, router, 'updating')
    },
  },
  {
    action: 'PowerOffRouters',
    given: networks,
    parameters: ({ router = '' }) => ({ routers: [router] }),
    answer: ({ router = '' }) => ({ routers: [router], ...job }),
    async then(site, { router = '' }) {
      const { router_set: set } = await site.done('DescribeRouters', { status: ['poweroffed'] })
      assert.equal((set as object[]).length, 1)
      await settles(site, router, 'poweroffing')
    },
  },
  {
    action: 'PowerOnRouters',
    given: async site => ({ router: await site.make('vpc', { cidr: '192.168.0.0/16', power: 'off' }) }),
    parameters: ({ router = '' }) => ({ routers: [router] }),
    answer: ({ router = '' }) => ({ routers: [router], ...job }),
    async then(site, { router = '' }) {
      assert.equal(routerIn(site, router)?.now.power, 'on')
      await settles(site, router, 'poweroning')
    },
  },
  {
    action: 'ModifyRouterAttributes',
    about: 'a public address is there at once, a group waits',
    async given(site) {
      const group = await site.make('security-group', {})
      const eip = await site.make('eip', {})
      const router = await site.make('vpc', { cidr: '192.168.0.0/16', name: 'office' })
      return { group, eip, router }
    },
    parameters: ({ router = '', eip = '', group = '' }) => ({
      router,
      eip,
      security_group: group,
      description: 'the one',
    }),
    answer: {},
    async then(site, { router = '', eip, group = '' }) {
      const { router_set: set } = await site.done('DescribeRouters', { routers: [router] })
      const [shown] = set as { eip: { eip_id: string }; security_group_id: string; is_applied: number }[]
      assert.deepEqual([shown?.eip.eip_id, shown?.security_group_id, shown?.is_applied], [eip, group, 0])
      const { name, description } = routerIn(site, router)!
      assert.deepEqual([name, description], ['office', 'the one'])
      await site.done('ApplySecurityGroup', { security_group: group })
      assert.equal(routerIn(site, router)?.live.securityGroup, group)
    },
  },
  {
    action: 'ModifyRouterAttributes',
    about: 'an empty address unbinds, an empty group stays',
    given: networks,
    parameters: ({ router = '' }) => ({ router, router_name: '', eip: '', security_group: '' }),
    answer: {},
    then(site, { router }) {
      const { name, now, draft, live } = routerIn(site, router)!
      assert.deepEqual([name, now.eip], ['', null])
      assert.equal(draft, live)
    },
  },
  {
    action: 'ModifyRouterAttributes',
    about: 'what is said of leases in a network is kept',
    given: networks,
    parameters: ({ router = '', vxnet = '' }) => ({
      router,
      vxnet,
      features: 3,
      dyn_ip_start: '192.168.1.100',
      dyn_ip_end: '192.168.1.200',
    }),
    answer: {},
    async then(site, { router = '' }) {
      const { router_vxnet_set: set } = await site.done('DescribeRouterVxnets', { router })
      const [shown] = set as { features: number; dyn_ip_start: string; dyn_ip_end: string }[]
      assert.deepEqual([shown?.features, shown?.dyn_ip_start, shown?.dyn_ip_end], [3, '192.168.1.100', '192.168.1.200'])
    },
  },
  {
    action: 'JoinRouter',
    given: networks,
    parameters: ({ router = '', loose = '' }) => ({ router, vxnet: loose, ip_network: '192.168.7.0/24' }),
    answer: ({ router = '', loose = '' }) => ({ router_id: router, vxnet_id: loose, ...job }),
    async then(site, { router = '', loose }) {
      const { vpc, cidr, gateway } = vxnetIn(site, loose)!.now
      assert.deepEqual([vpc, cidr, gateway], [router, '192.168.7.0/24', '192.168.7.1'])
      await settles(site, router, 'updating')
    },
  },
  {
    action: 'JoinRouter',
    about: 'with a gateway and a range of its own, and an instance in it that gets an address',
    async given(site) {
      const { router = '', loose = '' } = await networks(site)
      return { router, loose, server: await site.make('server', { subnet: loose }) }
    },
    parameters: ({ router = '', loose = '' }) => ({
      router,
      vxnet: loose,
      ip_network: '192.168.7.0/24',
      features: 1,
      manager_ip: '192.168.7.254',
      dyn_ip_start: '192.168.7.10',
    }),
    answer: ({ router = '', loose = '' }) => ({ router_id: router, vxnet_id: loose, ...job }),
    async then(site, { router = '', loose = '', server }) {
      assert.equal(find(site.cloud.model(), 'server', server)?.now.address, '192.168.7.1')
      const { router_vxnet_set: set } = await site.done('DescribeRouterVxnets', { router, vxnet: loose })
      const [shown] = set as Record<string, unknown>[]
      assert.deepEqual(
        [shown?.['manager_ip'], shown?.['dyn_ip_start'], shown?.['dyn_ip_end']],
        ['192.168.7.254', '192.168.7.10', '192.168.7.253'],
      )
    },
  },
  {
    action: 'LeaveRouter',
    about: 'and the network shows it at once, with an empty text',
    given: networks,
    parameters: ({ router = '', vxnet = '' }) => ({ router, vxnets: [vxnet] }),
    answer: ({ router = '', vxnet = '' }) => ({ router_id: router, vxnets: [vxnet], ...job }),
    async then(site, { router = '', vxnet = '' }) {
      const { vxnet_set: set } = await site.done('DescribeVxnets', { vxnets: [vxnet] })
      const [shown] = set as { vpc_router_id: string; router: object }[]
      assert.deepEqual([shown?.vpc_router_id, shown?.router], ['', {}])
      await settles(site, router, 'updating')
    },
  },
  {
    action: 'DescribeRouterVxnets',
    async given(site) {
      const given = await networks(site)
      const far = await site.make('vpc', { cidr: '10.0.0.0/8', subnets: [{ cidr: '10.0.0.0/16' }] })
      return { ...given, far }
    },
    parameters: ({ router = '' }) => ({ router }),
    answer: ({ router = '', vxnet = '' }) => ({
      router_vxnet_set: [
        {
          router_id: router,
          vxnet_id: vxnet,
          vxnet_name: 'front',
          manager_ip: '192.168.1.1',
          ip_network: '192.168.1.0/24',
          dyn_ip_start: '192.168.1.2',
          dyn_ip_end: '192.168.1.254',
          features: 1,
          create_time: time,
        },
      ],
      total_count: 1,
    }),
    async then(site) {
      const { total_count: count } = await site.done('DescribeRouterVxnets', { router: '*' })
      assert.equal(count, 2)
      const none = await site.done('DescribeRouterVxnets', { router: 'rtr-00000000' })
      assert.deepEqual(none['router_vxnet_set'], [])
    },
  },
]
