import { addressNumber, addressText, ipv4 } from '../model/address.ts'
import type { Vip } from '../model/model.ts'
import { membersOf } from '../model/rules/subnet.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { describe, named } from './describe.ts'
import { fail } from './failure.ts'
import { labelsOf } from './labels.ts'
import { int, list, text } from './parameters.ts'

const names = { name: 'vip_name', subnet: 'vxnet_id', address: 'vip_range' }

/** Addresses that instances take over from each other. */
export const vipActions = [
  reading(
    'DescribeVips',
    {
      ...listing,
      vips: list(text).optional(),
      vxnets: list(text).optional(),
      vip_name: text.optional(),
    },
    (asked, call) =>
      describe(call, 'vip', asked, {
        set: 'vip_set',
        ids: asked.vips,
        where: ({ name, now }) =>
          (asked.vxnets?.includes(now.subnet) ?? true) &&
          (asked.vip_name === undefined || name.includes(asked.vip_name)),
        view: vip => vipView(vip, call),
      }),
    { note: 'Which instance has taken an address is not known: its nic and instance are always empty' },
  ),

  changing(
    'AllocateVips',
    {
      vxnet_id: text,
      count: int(1, 100).default(1),
      vip_name: text.default(''),
      vip_range: text.optional(),
    },
    async ({ vxnet_id: subnet, count, vip_name: name, vip_range: range }, call) => {
      const addresses = range === undefined ? [] : (call.heed(() => freeWithin(call, subnet, range, count)) ?? [])
      const bodies = Array.from({ length: count }, (_, i) => ({ name, subnet, address: addresses[i] }))
      const done = await call.runAll(bodies.map(body => ({ do: 'create', kind: 'vip', body })))
      const vips = done.flatMap(({ resource }) => resource?.id ?? [])
      return { vips, job_id: call.job('creating', vips, done) }
    },
    { names, note: 'A range is two addresses with a dash between them: `192.168.0.10-192.168.0.20`' },
  ),

  changing('ReleaseVips', { vips: list(text) }, async ({ vips }, call) => {
    const done = await call.runAll(vips.map(id => ({ do: 'delete', kind: 'vip', id })))
    return { vips, job_id: call.job('releasing', vips, done) }
  }),
]

const longestRange = 65_536

/** The first addresses of a range that nobody has. */
function freeWithin(call: Call, subnet: string, range: string, count: number): readonly string[] {
  const { gateway } = named(call, 'subnet', subnet).now
  const taken = new Set([gateway, ...[...membersOf(call.model(), subnet)].map(({ address }) => address)])
  const [first = '', last = first] = range.split('-')
  if (!ipv4.safeParse(first).success || !ipv4.safeParse(last).success) {
    fail(1100, 'parameter [vip_range] must be two addresses such as 192.168.0.10-192.168.0.20')
  }
  const [from, to] = [addressNumber(first), Math.min(addressNumber(last), addressNumber(first) + longestRange)]
  const free: string[] = []
  for (let n = from; n <= to && free.length < count; n++) if (!taken.has(addressText(n))) free.push(addressText(n))
  if (free.length < count) fail(5200, `[${range}] of vxnet [${subnet}] has ${free.length} free addresses, not ${count}`)
  return free
}

function vipView(vip: Vip, { model }: Call): object {
  return {
    vip_id: vip.id,
    vip_name: vip.name,
    vip_addr: vip.now.address ?? '',
    vxnet_id: vip.now.subnet,
    nic_id: '',
    instance_id: '',
    instance_name: '',
    ...labelsOf(vip, model()),
  }
}
