import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileAll } from '../../src/compile/compile.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { machine } from '../compile/machine.ts'
import { testRefusals } from './refusals.ts'
import { linked } from './rows/nics.ts'
import { startSite } from './site.ts'

const nobody = '52:54:00:00:00:00'

testRefusals('interfaces and virtual addresses', linked, [
  [
    'AttachNics',
    ({ heldMac = '', server = '' }) => ({ nics: [heldMac], instance: server }),
    1400,
    ({ heldMac, server }) => `nic [${heldMac}] is attached to instance [${server}]; detach it first`,
  ],
  [
    'AttachNics',
    ({ freeMac = '' }) => ({ nics: [freeMac], instance: 'i-00000000' }),
    2100,
    /^ResourceNotFound, resource \[i-00000000\] does not exist$/,
  ],
  [
    'AttachNics',
    ({ server = '' }) => ({ nics: [nobody], instance: server }),
    2100,
    /nic \[52:54:00:00:00:00\] does not exist/,
  ],
  [
    'DetachNics',
    ({ freeMac = '' }) => ({ nics: [freeMac] }),
    1400,
    ({ freeMac }) => `nic [${freeMac}] is attached to no instance`,
  ],
  [
    'DetachNics',
    ({ first = '' }) => ({ nics: [first] }),
    1400,
    ({ first, server }) => `nic [${first}] is the first one of instance [${server}]; let that leave its vxnet instead`,
  ],
  ['DeleteNics', ({ heldMac = '' }) => ({ nics: [heldMac] }), 1400, /detach it first/],
  ['DeleteNics', ({ first = '', freeMac = '' }) => ({ nics: [freeMac, first] }), 1400, /is the first one of instance/],
  ['ModifyNicAttributes', { nic: nobody, nic_name: 'x' }, 2100, /does not exist/],
  [
    'ModifyNicAttributes',
    ({ first = '' }) => ({ nic: first, nic_name: 'x' }),
    1400,
    /is the first one of instance .* and has no name/,
  ],
  [
    'ModifyNicAttributes',
    ({ heldMac = '' }) => ({ nic: heldMac, private_ip: '192.168.9.9' }),
    1400,
    /\[private_ip\] is no usable address of 192\.168\.2\.0\/24/,
  ],
  ['CreateNics', {}, 1100, /parameter \[vxnet\] is required/],
  ['CreateNics', { vxnet: 'vxnet-00000000' }, 2100, /parameter \[vxnet\].*\[vxnet-00000000\]/],
  ['CreateNics', ({ other = '' }) => ({ vxnet: other, count: 253 }), 1100, /\[count\] must be at most 252/],
  [
    'CreateNics',
    ({ other = '' }) => ({ vxnet: other, count: 3, private_ips: ['192.168.2.7'] }),
    1100,
    /\[private_ips\] has 1 addresses for 3 nics/,
  ],
  ['CreateNics', ({ other = '' }) => ({ vxnet: other, private_ips: ['192.168.2.2'] }), 1400, /192\.168\.2\.2 is taken/],
  ['AllocateVips', {}, 1100, /parameter \[vxnet_id\] is required/],
  ['AllocateVips', { vxnet_id: 'vxnet-00000000' }, 2100, /parameter \[vxnet_id\].*\[vxnet-00000000\]/],
  [
    'AllocateVips',
    ({ other = '' }) => ({ vxnet_id: other, vip_range: 'all' }),
    1100,
    /\[vip_range\] must be two addresses such as/,
  ],
  [
    'AllocateVips',
    ({ other = '' }) => ({ vxnet_id: other, count: 2, vip_range: '192.168.2.2-192.168.2.3' }),
    5200,
    /has 1 free addresses, not 2/,
  ],
  [
    'AllocateVips',
    ({ other = '' }) => ({ vxnet_id: other, vip_range: '192.168.9.2-192.168.9.3' }),
    1400,
    /\[vip_range\] is no usable address/,
  ],
  ['ReleaseVips', { vips: ['vip-00000000'] }, 2100, /\[vip-00000000\]/],
])

test('the id of an interface is the hardware address of the link that the machines make', async t => {
  const site = await startSite(t)
  const { server = '' } = await linked(site)
  const links = [...compileAll(site.cloud.model(), machine).values()].flatMap(item =>
    item.kind === 'veth' && item.peer.netns === netnsOf(server) ? [item.peer] : [],
  )
  const { nic_set: nics } = await site.done('DescribeNics', { instances: [server] })
  const told = (nics as { sequence: number; nic_id: string }[]).map(nic => [`eth${nic.sequence}`, nic.nic_id])
  assert.ok(told.length === 2)
  for (const [name, mac] of told) assert.equal(links.find(link => link.name === name)?.mac, mac)
})
