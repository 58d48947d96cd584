import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { anything, checkShape, id, text, whole, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'

type Known = { readonly [field: string]: Shape }

export const mac = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/

/** An instance as it is described; what a row knows of it is laid over. */
export const instanceShape = (known: Known = {}): Shape => ({
  instance_id: id('i'),
  instance_name: text,
  instance_type: 'c1m1',
  instance_class: 0,
  vcpus_current: 1,
  memory_current: 1024,
  status: 'running',
  transition_status: '',
  image: {
    image_id: text,
    image_name: text,
    os_family: text,
    platform: 'linux',
    processor_type: '64bit',
    provider: text,
    image_size: whole,
  },
  extra: { os_disk_size: 20 },
  vxnets: [],
  eip: {},
  security_group: { security_group_id: id('sg'), is_default: 1 },
  volume_ids: [],
  volumes: [],
  keypair_ids: [],
  dns_aliases: [],
  zone_id: 'local',
  sub_code: 0,
  alarm_status: text,
  ...labels,
  ...known,
})

/** An instance that has everything, and one that has nothing and is off. */
export async function furnished(site: Site): Promise<Given> {
  const tag = await site.make('tag', { name: 'green' })
  const vpc = await site.make('vpc', { cidr: '192.168.0.0/16' })
  const subnet = await site.make('subnet', { vpc, cidr: '192.168.1.0/24', name: 'front' })
  const other = await site.make('subnet', { vpc, cidr: '192.168.2.0/24' })
  const lonely = await site.make('subnet', { type: 'self-managed' })
  const eip = await site.make('eip', { name: 'door' })
  const group = await site.make('security-group', { name: 'front' })
  const pair = await site.make('key-pair', { publicKey: 'ssh-ed25519 AAAA' })
  const server = await site.make('server', {
    name: 'web',
    subnet,
    address: '192.168.1.9',
    eip,
    securityGroup: group,
    keyPairs: [pair],
    image: 'debian13',
    cpu: 2,
    memoryMb: 3072,
    tags: ['green'],
  })
  const nic = await site.make('nic', { subnet: other, server })
  const volume = await site.make('volume', { sizeGb: 10, server })
  const spare = await site.make('volume', { sizeGb: 10 })
  const bare = await site.make('server', { power: 'off' })
  site.sync()
  return { tag, vpc, subnet, other, lonely, eip, group, pair, server, nic, volume, spare, bare }
}

const serverIn = (site: Site, server: unknown) => find(site.cloud.model(), 'server', String(server))
const powerOf = (site: Site, server: unknown) => serverIn(site, server)?.now.power
const job = { job_id: id('j') }

/** An instance as it is described now. */
export async function described(site: Site, instance: string) {
  const { instance_set: set } = await site.done('DescribeInstances', { instances: [instance] })
  return (set as Record<string, unknown>[])[0] ?? {}
}

const everything = ({ server = '', subnet = '', other = '', eip = '', group = '', volume = '', pair = '' }: Given) =>
  instanceShape({
    instance_id: server,
    instance_name: 'web',
    instance_type: 'c2m3',
    vcpus_current: 2,
    memory_current: 3072,
    vxnets: [
      {
        vxnet_id: subnet,
        vxnet_name: 'front',
        vxnet_type: 1,
        nic_id: mac,
        private_ip: '192.168.1.9',
        role: 1,
      },
      { vxnet_id: other, vxnet_name: '', vxnet_type: 1, nic_id: mac, private_ip: '192.168.2.2', role: 0 },
    ],
    eip: { eip_id: eip, eip_name: 'door', eip_addr: text, bandwidth: 10 },
    security_group: { security_group_id: group, is_default: 0 },
    volume_ids: [volume],
    volumes: [{ volume_id: volume }],
    keypair_ids: [pair],
    tags: [{ tag_id: id('tag'), tag_name: 'green', color: 'default' }],
  })

export const rows: readonly Row[] = [
  {
    action: 'DescribeInstances',
    given: furnished,
    parameters: { verbose: 1, is_cluster_node: 0 },
    answer: given => ({
      instance_set: [
        everything(given),
        instanceShape({ instance_id: given['bare'] ?? '', status: 'stopped', image: anything }),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeInstances',
    about: 'by image, type, class, status, tag and word',
    given: furnished,
    parameters: ({ tag = '' }) => ({
      image_id: 'debian13',
      instance_type: ['c2m3', 'c1m1'],
      instance_class: 0,
      status: 'running',
      tags: [tag],
      search_word: 'WE',
    }),
    answer: given => ({ instance_set: [everything(given)], total_count: 1 }),
  },
  {
    action: 'DescribeInstances',
    about: 'no instance is a node of a cluster',
    given: furnished,
    parameters: { is_cluster_node: 1 },
    answer: { instance_set: [], total_count: 0 },
  },
  {
    action: 'ModifyInstanceAttributes',
    about: 'an empty name clears it, what is left out stays',
    given: furnished,
    parameters: ({ server = '' }) => ({ instance: server, instance_name: '', nic_mqueue: 1 }),
    answer: {},
    then: (site, { server }) => assert.equal(serverIn(site, server)?.name, ''),
  },
  {
    action: 'StartInstances',
    given: furnished,
    parameters: ({ bare = '' }) => ({ instances: [bare] }),
    answer: ({ bare = '' }) => ({ instances: [bare], ...job }),
    async then(site, { bare = '' }) {
      assert.equal(powerOf(site, bare), 'on')
      assert.equal((await described(site, bare))['transition_status'], 'starting')
    },
  },
  {
    action: 'StopInstances',
    given: furnished,
    parameters: ({ server = '' }) => ({ instances: [server], force: 1 }),
    answer: ({ server = '' }) => ({ instances: [server], ...job }),
    async then(site, { server = '' }) {
      assert.equal(powerOf(site, server), 'off')
      const stopping = await described(site, server)
      assert.deepEqual([stopping['status'], stopping['transition_status']], ['stopped', 'stopping'])
      site.sync()
      assert.equal((await described(site, server))['transition_status'], '')
    },
  },
  {
    action: 'RestartInstances',
    given: furnished,
    parameters: ({ server = '' }) => ({ instances: [server] }),
    answer: ({ server = '' }) => ({ instances: [server], ...job }),
    async then(site, { server = '' }) {
      assert.equal(powerOf(site, server), 'on')
      assert.equal((await described(site, server))['transition_status'], 'restarting')
      site.sync()
      assert.equal((await described(site, server))['transition_status'], '')
    },
  },
  {
    action: 'TerminateInstances',
    about: 'frees everything that it held, in one commit, and can be described by its id',
    async given(site) {
      const given = await furnished(site)
      return { ...given, before: String(site.cloud.model().revision) }
    },
    parameters: ({ server = '' }) => ({ instances: [server], direct_cease: 0 }),
    answer: ({ server = '' }) => ({ instances: [server], ...job }),
    async then(site, { server = '', eip = '', volume = '', nic = '', before = '' }) {
      assert.equal(site.cloud.model().revision, Number(before) + 1)
      checkShape(
        await described(site, server),
        instanceShape({
          status: 'terminated',
          instance_type: 'c2m3',
          vcpus_current: 2,
          memory_current: 3072,
          keypair_ids: anything,
          security_group: anything,
        }),
      )
      const { instance_set: left } = await site.done('DescribeInstances')
      assert.equal((left as object[]).length, 1)
      const { eip_set: eips } = await site.done('DescribeEips', { eips: [eip], status: 'available' })
      const { volume_set: volumes } = await site.done('DescribeVolumes', { volumes: [volume], status: 'available' })
      assert.deepEqual([(eips as object[]).length, (volumes as object[]).length], [1, 1])
      assert.equal(find(site.cloud.model(), 'nic', nic)?.now.server, null)
    },
  },
  {
    action: 'ResizeInstances',
    given: furnished,
    parameters: ({ bare = '' }) => ({ instances: [bare], cpu: 4, memory: 4096, os_disk_size: 30 }),
    answer: ({ bare = '' }) => ({ instances: [bare], ...job }),
    async then(site, { bare = '' }) {
      const told = await described(site, bare)
      assert.deepEqual(
        [told['instance_type'], told['vcpus_current'], told['memory_current'], told['extra']],
        ['c4m4', 4, 4096, { os_disk_size: 30 }],
      )
    },
  },
  {
    action: 'ResizeInstances',
    about: 'to a type, by its name',
    given: furnished,
    parameters: ({ bare = '' }) => ({ instances: [bare], instance_type: 'medium_b' }),
    answer: ({ bare = '' }) => ({ instances: [bare], ...job }),
    then: async (site, { bare = '' }) => assert.equal((await described(site, bare))['instance_type'], 'medium_b'),
  },
]
