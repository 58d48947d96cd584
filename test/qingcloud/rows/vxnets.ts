import assert from 'node:assert/strict'
import { all, find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { address, id, text, whole, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'
import { networks } from './routers.ts'

type Known = { readonly [field: string]: Shape }

const job = { job_id: id('j') }

const vxnetShape = (known: Known = {}): Shape => ({
  vxnet_id: id('vxnet'),
  vxnet_name: text,
  vxnet_type: 1,
  vpc_router_id: '',
  router: {},
  available_ip_count: whole,
  zone_id: 'local',
  ...labels,
  ...known,
})

const joinedShape = ({ vxnet = '', router = '' }: Given, known: Known = {}): Shape =>
  vxnetShape({
    vxnet_id: vxnet,
    vxnet_name: 'front',
    vpc_router_id: router,
    router: {
      router_id: router,
      router_name: 'office',
      mode: whole,
      manager_ip: '192.168.1.1',
      ip_network: '192.168.1.0/24',
      dyn_ip_start: '192.168.1.2',
      dyn_ip_end: '192.168.1.254',
    },
    available_ip_count: 252,
    ...known,
  })

const baseShape = (known: Known = {}): Shape =>
  vxnetShape({ vxnet_id: 'vxnet-0', vxnet_type: 2, available_ip_count: 0, ...known })

/** Networks of every sort: in a router with a server in it, in none, and self-managed; and a server that is nowhere. */
async function inhabited(site: Site): Promise<Given> {
  const given = await networks(site)
  const own = await site.make('subnet', { type: 'self-managed', name: 'own' })
  const server = await site.make('server', { subnet: given['vxnet'], name: 'web' })
  const stray = await site.make('server', { name: 'stray' })
  return { ...given, own, server, stray }
}

const serverIn = (site: Site, server: string | undefined) => find(site.cloud.model(), 'server', server)
const nicsIn = (site: Site) => [...all(site.cloud.model(), 'nic')].map(({ now }) => [now.server, now.subnet])

/** An instance of a network: all that an instance is, looked at in detail where instances are. */
const memberFields = [
  'instance_id',
  'instance_name',
  'vxnet_id',
  'private_ip',
  'nic_id',
  'image_id',
  'sequence',
  'dhcp_options',
] as const
const memberShape = (known: Record<(typeof memberFields)[number], Shape>) => (value: unknown, at: string) => {
  assert.ok(typeof value === 'object' && value !== null, at)
  const shown = value as Record<string, unknown>
  assert.ok('status' in shown && 'image' in shown && 'vxnets' in shown, `${at} is no instance`)
  for (const field of memberFields) {
    const shape = known[field]
    if (typeof shape === 'function') shape(shown[field], `${at}.${field}`)
    else if (shape instanceof RegExp) assert.match(String(shown[field]), shape)
    else assert.deepEqual(shown[field], shape, `${at}.${field}`)
  }
}

export const rows: readonly Row[] = [
  {
    action: 'DescribeVxnets',
    given: inhabited,
    answer: given => ({
      vxnet_set: [
        joinedShape(given, { available_ip_count: 252 }),
        vxnetShape({ vxnet_id: given['loose'] ?? '', vxnet_name: 'loose' }),
        vxnetShape({ vxnet_name: 'own', vxnet_type: 0 }),
      ],
      total_count: 3,
    }),
  },
  {
    action: 'DescribeVxnets',
    about: 'with the instances in it from verbose 1',
    given: inhabited,
    parameters: ({ vxnet = '' }) => ({ vxnets: [vxnet], verbose: 1 }),
    answer: given => ({ vxnet_set: [joinedShape(given, { instance_ids: [given['server'] ?? ''] })], total_count: 1 }),
  },
  {
    action: 'DescribeVxnets',
    about: 'by type, of which the base network is one',
    given: inhabited,
    parameters: { vxnet_type: [0, 2], verbose: 1 },
    answer: ({ stray = '' }) => ({
      vxnet_set: [
        baseShape({ instance_ids: [stray] }),
        vxnetShape({ vxnet_name: 'own', vxnet_type: 0, instance_ids: [] }),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeVxnets',
    about: 'the base network by its id; one that is no more is passed over',
    given: inhabited,
    parameters: { vxnets: ['vxnet-0', 'vxnet-00000000'] },
    answer: { vxnet_set: [baseShape()], total_count: 1 },
  },
  {
    action: 'CreateVxnets',
    parameters: { vxnet_type: 1, vxnet_name: 'front', count: 2 },
    answer: { vxnets: [id('vxnet'), id('vxnet')] },
    then(site, _, { vxnets }) {
      const made = find(site.cloud.model(), 'subnet', (vxnets as string[])[0])
      assert.deepEqual([made?.name, made?.now.type, made?.now.vpc], ['front', 'managed', null])
    },
  },
  {
    action: 'CreateVxnets',
    about: 'a self-managed one',
    parameters: { vxnet_type: 0 },
    answer: { vxnets: [id('vxnet')] },
    then: (site, _, { vxnets }) =>
      assert.equal(find(site.cloud.model(), 'subnet', (vxnets as string[])[0])?.now.type, 'self-managed'),
  },
  {
    action: 'ModifyVxnetAttributes',
    given: networks,
    parameters: ({ vxnet = '' }) => ({ vxnet, vxnet_name: '', description: 'was the front' }),
    answer: {},
    then(site, { vxnet, router }) {
      const { name, description, now } = find(site.cloud.model(), 'subnet', vxnet)!
      assert.deepEqual([name, description, now.vpc], ['', 'was the front', router])
    },
  },
  {
    action: 'DeleteVxnets',
    given: networks,
    parameters: ({ loose = '' }) => ({ vxnets: [loose] }),
    answer: ({ loose = '' }) => ({ vxnets: [loose] }),
    async then(site, { loose = '' }) {
      const { vxnet_set: left } = await site.done('DescribeVxnets', { vxnets: [loose] })
      assert.deepEqual(left, [])
    },
  },
  {
    action: 'JoinVxnet',
    about: 'from the base network',
    given: inhabited,
    parameters: ({ vxnet = '', stray = '' }) => ({ vxnet, instances: [stray] }),
    answer: job,
    then(site, { vxnet, stray }) {
      const { subnet, address: given } = serverIn(site, stray)!.now
      assert.deepEqual([subnet, given], [vxnet, '192.168.1.3'])
    },
  },
  {
    action: 'JoinVxnet',
    about: 'with an address',
    given: inhabited,
    parameters: ({ vxnet = '', stray = '' }) => ({ vxnet: `${vxnet}|192.168.1.77`, instances: [stray] }),
    answer: job,
    then: (site, { stray }) => assert.equal(serverIn(site, stray)?.now.address, '192.168.1.77'),
  },
  {
    action: 'JoinVxnet',
    about: 'the base network, by who is in it already',
    given: inhabited,
    parameters: ({ stray = '' }) => ({ vxnet: 'vxnet-0', instances: [stray] }),
    answer: job,
    then: (site, { stray }) => assert.equal(serverIn(site, stray)?.now.subnet, null),
  },
  {
    action: 'JoinVxnet',
    about: 'a self-managed network besides the managed one',
    given: inhabited,
    parameters: ({ own = '', server = '' }) => ({ vxnet: own, instances: [server] }),
    answer: job,
    then(site, { own, server, vxnet }) {
      assert.equal(serverIn(site, server)?.now.subnet, vxnet)
      assert.deepEqual(nicsIn(site), [[server, own]])
    },
  },
  {
    action: 'JoinVxnet',
    about: 'a managed network besides a self-managed one: that gives up the first place',
    async given(site) {
      const given = await inhabited(site)
      return { ...given, guest: await site.make('server', { subnet: given['own'] }) }
    },
    parameters: ({ vxnet = '', guest = '' }) => ({ vxnet: `${vxnet}|192.168.1.8`, instances: [guest] }),
    answer: job,
    then(site, { vxnet, own, guest }) {
      const { subnet, address: given } = serverIn(site, guest)!.now
      assert.deepEqual([subnet, given], [vxnet, '192.168.1.8'])
      assert.deepEqual(nicsIn(site), [[guest, own]])
    },
  },
  {
    action: 'LeaveVxnet',
    given: inhabited,
    parameters: ({ vxnet = '', server = '' }) => ({ vxnet, instances: [server] }),
    answer: job,
    then(site, { server }) {
      const { subnet, address: given } = serverIn(site, server)!.now
      assert.deepEqual([subnet, given], [null, null])
    },
  },
  {
    action: 'LeaveVxnet',
    about: 'the base network, as Terraform does before every join',
    given: inhabited,
    parameters: ({ stray = '' }) => ({ vxnet: 'vxnet-0', instances: [stray] }),
    answer: job,
    async then(site, { stray = '', vxnet = '' }) {
      await site.done('JoinVxnet', { vxnet, instances: [stray] })
      assert.equal(serverIn(site, stray)?.now.subnet, vxnet)
    },
  },
  {
    action: 'LeaveVxnet',
    about: 'a self-managed network',
    async given(site) {
      const given = await inhabited(site)
      await site.done('JoinVxnet', { vxnet: given['own'] ?? '', instances: [given['server'] ?? ''] })
      return given
    },
    parameters: ({ own = '', server = '' }) => ({ vxnet: own, instances: [server] }),
    answer: job,
    then(site, { server, vxnet }) {
      assert.deepEqual(nicsIn(site), [])
      assert.equal(serverIn(site, server)?.now.subnet, vxnet)
    },
  },
  {
    action: 'DescribeVxnetInstances',
    async given(site) {
      const given = await inhabited(site)
      const { router = '', server = '' } = given
      const statics = [{ static_type: 3, val1: server, val2: 'domain-name-servers=8.8.8.8' }]
      const { router_statics: made } = await site.done('AddRouterStatics', { router, statics })
      return { ...given, told: (made as string[])[0] ?? '' }
    },
    parameters: ({ vxnet = '', server = '' }) => ({ vxnet, instances: [server], image: [], status: 'running' }),
    answer: ({ vxnet = '', server = '', told = '' }) => ({
      instance_set: [
        memberShape({
          instance_id: server,
          instance_name: 'web',
          vxnet_id: vxnet,
          private_ip: address,
          nic_id: /^52:54(:[0-9a-f]{2}){4}$|^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/,
          image_id: '',
          sequence: 0,
          dhcp_options: { router_static_id: told, val2: 'domain-name-servers=8.8.8.8' },
        }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeVxnetInstances',
    about: 'of the base network',
    given: inhabited,
    parameters: { vxnet: 'vxnet-0' },
    answer: ({ stray = '' }) => ({
      instance_set: [
        memberShape({
          instance_id: stray,
          instance_name: 'stray',
          vxnet_id: 'vxnet-0',
          private_ip: '',
          nic_id: '',
          image_id: '',
          sequence: 0,
          dhcp_options: {},
        }),
      ],
      total_count: 1,
    }),
  },
]
