import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { address, id, text, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'

const own = /^52:54(:[0-9a-f]{2}){4}$/
const first = /^02(:[0-9a-f]{2}){5}$/

const nicShape = (known: { readonly [field: string]: Shape } = {}): Shape => ({
  nic_id: own,
  nic_name: text,
  private_ip: address,
  vxnet_id: id('vxnet'),
  instance_id: '',
  status: 'available',
  role: 0,
  sequence: 0,
  eip: {},
  security_group: '',
  ...labels,
  ...known,
})

const vipShape = (known: { readonly [field: string]: Shape } = {}): Shape => ({
  vip_id: id('vip'),
  vip_name: text,
  vip_addr: address,
  vxnet_id: id('vxnet'),
  nic_id: '',
  instance_id: '',
  instance_name: '',
  ...labels,
  ...known,
})

/** A server with an EIP and a second interface, and one that is free. */
export async function linked(site: Site): Promise<Given> {
  const vpc = await site.make('vpc', { cidr: '192.168.0.0/16' })
  const subnet = await site.make('subnet', { vpc, cidr: '192.168.1.0/24' })
  const other = await site.make('subnet', { vpc, cidr: '192.168.2.0/24' })
  const third = await site.make('subnet', { vpc, cidr: '192.168.3.0/24' })
  const lonely = await site.make('subnet', { type: 'self-managed' })
  const eip = await site.make('eip', {})
  const server = await site.make('server', { subnet, eip })
  const held = await site.make('nic', { subnet: other, server, name: 'back' })
  const free = await site.make('nic', { subnet: third, name: 'spare' })
  const group = find(site.cloud.model(), 'server', server)?.now.securityGroup ?? ''
  const { nic_set: nics } = await site.done('DescribeNics', { instances: [server] })
  const [primary] = nics as { nic_id: string }[]
  return {
    subnet,
    other,
    third,
    lonely,
    eip,
    server,
    held,
    free,
    group,
    first: primary?.nic_id ?? '',
    heldMac: macOf(site, held),
    freeMac: macOf(site, free),
  }
}

const nicIn = (site: Site, nic: string | undefined) => find(site.cloud.model(), 'nic', nic)
const macOf = (site: Site, nic: string) => nicIn(site, nic)?.now.mac ?? ''
const job = { job_id: id('j') }

const firstShape = ({ server = '', group = '', eip = '', subnet = '' }: Given) =>
  nicShape({
    nic_id: first,
    nic_name: '',
    private_ip: '192.168.1.2',
    vxnet_id: subnet,
    instance_id: server,
    status: 'in-use',
    role: 1,
    eip: { eip_id: eip, eip_addr: address, bandwidth: 10 },
    security_group: group,
  })
const heldShape = ({ server = '', group = '', other = '', heldMac = '' }: Given) =>
  nicShape({
    nic_id: heldMac,
    nic_name: 'back',
    private_ip: '192.168.2.2',
    vxnet_id: other,
    instance_id: server,
    status: 'in-use',
    sequence: 1,
    security_group: group,
  })

export const rows: readonly Row[] = [
  {
    action: 'DescribeNics',
    given: linked,
    answer: given => ({
      nic_set: [
        firstShape(given),
        heldShape(given),
        nicShape({ nic_id: given['freeMac'] ?? '', nic_name: 'spare', private_ip: '192.168.3.2' }),
      ],
      total_count: 3,
    }),
  },
  {
    action: 'DescribeNics',
    about: 'by instance, network, type, name and status',
    given: linked,
    parameters: ({ server = '', other = '', third = '' }) => ({
      instances: [server],
      vxnets: [other, third],
      vxnet_type: [1, 2],
      nic_name: 'ac',
      status: 'in-use',
    }),
    answer: given => ({ nic_set: [heldShape(given)], total_count: 1 }),
  },
  {
    action: 'DescribeNics',
    about: 'by the type of the network; where there are no addresses, too, each has an id of its own',
    async given(site) {
      const given = await linked(site)
      for (const name of ['one', 'two']) await site.make('server', { name, subnet: given['lonely'] })
      return given
    },
    parameters: { vxnet_type: 0 },
    answer: ({ lonely = '', group = '' }) => {
      const lone = nicShape({
        nic_id: first,
        private_ip: '',
        vxnet_id: lonely,
        instance_id: id('i'),
        status: 'in-use',
        role: 1,
        security_group: group,
      })
      return { nic_set: [lone, lone], total_count: 2 }
    },
    then(_, __, { nic_set: nics }) {
      const [one, two] = nics as { nic_id: string }[]
      assert.notEqual(one?.nic_id, two?.nic_id)
    },
  },
  {
    action: 'DescribeNics',
    about: 'by id, also of a first one',
    given: linked,
    parameters: ({ first: primary = '' }) => ({ nics: [primary, '52:54:00:00:00:00'] }),
    answer: given => ({ nic_set: [firstShape(given)], total_count: 1 }),
  },
  {
    action: 'CreateNics',
    given: linked,
    parameters: ({ other = '' }) => ({ vxnet: other, count: 2, nic_name: 'more', disable_ip: 0 }),
    answer: {
      nics: [
        { nic_id: own, private_ip: '192.168.2.3' },
        { nic_id: own, private_ip: '192.168.2.4' },
      ],
    },
  },
  {
    action: 'CreateNics',
    about: 'with addresses, as many as there are',
    given: linked,
    parameters: ({ other = '' }) => ({ vxnet: other, count: 1, private_ips: ['192.168.2.77', '192.168.2.88'] }),
    answer: {
      nics: [
        { nic_id: own, private_ip: '192.168.2.77' },
        { nic_id: own, private_ip: '192.168.2.88' },
      ],
    },
  },
  {
    action: 'CreateNics',
    about: 'in a network that gives no addresses',
    given: linked,
    parameters: ({ lonely = '' }) => ({ vxnet: lonely }),
    answer: { nics: [{ nic_id: own, private_ip: '' }] },
  },
  {
    action: 'AttachNics',
    given: linked,
    parameters: ({ freeMac = '', server = '' }) => ({ nics: [freeMac], instance: server }),
    answer: job,
    then(site, { free, server }) {
      const { now } = nicIn(site, free) ?? {}
      assert.deepEqual([now?.server, now?.sequence], [server, 2])
    },
  },
  {
    action: 'DetachNics',
    given: linked,
    parameters: ({ heldMac = '' }) => ({ nics: [heldMac] }),
    answer: job,
    then: (site, { held }) => assert.equal(nicIn(site, held)?.now.server, null),
  },
  {
    action: 'ModifyNicAttributes',
    about: 'an address of one that is attached, and no name',
    given: linked,
    parameters: ({ heldMac = '' }) => ({ nic: heldMac, nic_name: '', private_ip: '192.168.2.99', vxnet: '' }),
    answer: {},
    then(site, { held }) {
      const { name, now } = nicIn(site, held) ?? {}
      assert.deepEqual([name, now?.address], ['', '192.168.2.99'])
    },
  },
  {
    action: 'ModifyNicAttributes',
    about: 'another network',
    given: linked,
    parameters: ({ freeMac = '', other = '' }) => ({ nic: freeMac, vxnet: other }),
    answer: {},
    then(site, { free, other }) {
      const { subnet, address: now } = nicIn(site, free)?.now ?? {}
      assert.deepEqual([subnet, now], [other, '192.168.2.3'])
    },
  },
  {
    action: 'ModifyNicAttributes',
    about: 'the address of a first one is that of its instance',
    given: linked,
    parameters: ({ first: primary = '' }) => ({ nic: primary, private_ip: '192.168.1.50' }),
    answer: {},
    then: (site, { server }) => assert.equal(find(site.cloud.model(), 'server', server)?.now.address, '192.168.1.50'),
  },
  {
    action: 'DeleteNics',
    given: linked,
    parameters: ({ freeMac = '' }) => ({ nics: [freeMac] }),
    answer: ({ freeMac = '' }) => ({ nics: [freeMac] }),
    then: (site, { free }) => assert.equal(nicIn(site, free), undefined),
  },
  {
    action: 'DescribeVips',
    async given(site) {
      const given = await linked(site)
      const vip = await site.make('vip', { subnet: given['other'], name: 'shared' })
      await site.make('vip', { subnet: given['third'], name: 'shared' })
      return { ...given, vip }
    },
    parameters: ({ other = '' }) => ({ vxnets: [other], vip_name: 'are' }),
    answer: ({ vip = '', other = '' }) => ({
      vip_set: [vipShape({ vip_id: vip, vip_name: 'shared', vip_addr: '192.168.2.3', vxnet_id: other })],
      total_count: 1,
    }),
  },
  {
    action: 'AllocateVips',
    given: linked,
    parameters: ({ other = '' }) => ({ vxnet_id: other, count: 2, vip_name: 'shared' }),
    answer: { vips: [id('vip'), id('vip')], ...job },
    then(site, _, { vips }) {
      const addresses = (vips as string[]).map(vip => find(site.cloud.model(), 'vip', vip)?.now.address)
      assert.deepEqual(addresses, ['192.168.2.3', '192.168.2.4'])
    },
  },
  {
    action: 'AllocateVips',
    about: 'within a range, past what is taken',
    given: linked,
    parameters: ({ other = '' }) => ({ vxnet_id: other, count: 2, vip_range: '192.168.2.1-192.168.2.9' }),
    answer: { vips: [id('vip'), id('vip')], ...job },
    then(site, _, { vips }) {
      const addresses = (vips as string[]).map(vip => find(site.cloud.model(), 'vip', vip)?.now.address)
      assert.deepEqual(addresses, ['192.168.2.3', '192.168.2.4'])
    },
  },
  {
    action: 'ReleaseVips',
    given: async site => ({ vip: await site.make('vip', { subnet: (await linked(site))['other'] }) }),
    parameters: ({ vip = '' }) => ({ vips: [vip] }),
    answer: ({ vip = '' }) => ({ vips: [vip], ...job }),
    then: (site, { vip }) => assert.equal(find(site.cloud.model(), 'vip', vip), undefined),
  },
]
