import type { Command } from '../model/command.ts'
import { all, type Id, type Nic } from '../model/model.ts'
import { nicsWith } from '../model/rules/server.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { asksFor, byAge, named, page } from './describe.ts'
import { fail } from './failure.ts'
import { firstLink, holderOf, linkOf, nicView, type Link } from './nic-view.ts'
import { codeOf, int, list, text } from './parameters.ts'
import { vxnetTypes } from './vxnet-view.ts'

const names = { name: 'nic_name', subnet: 'vxnet', address: 'private_ip', server: 'instance' }
const nics = { nics: list(text) }

/** The interfaces of instances: the first of each, which lives and dies with it, and others. */
export const nicActions = [
  reading(
    'DescribeNics',
    {
      ...listing,
      nics: list(text).optional(),
      nic_name: text.optional(),
      instances: list(text).optional(),
      vxnets: list(text).optional(),
      vxnet_type: list(int(0, 2)).optional(),
    },
    (asked, call) => {
      const macs = asked.nics?.map(mac => mac.toLowerCase())
      const asks = asksFor(call, asked)
      const found = links(call).filter(
        link =>
          (macs?.includes(link.mac) ?? true) &&
          (asked.nic_name === undefined || link.name.includes(asked.nic_name)) &&
          (asked.instances?.includes(link.server?.id ?? '') ?? true) &&
          (asked.vxnets?.includes(link.subnet) ?? true) &&
          (asked.vxnet_type?.includes(typeOf(call, link)) ?? true) &&
          (asked.status?.includes(link.server ? 'in-use' : 'available') ?? true) &&
          asks(holderOf(link)),
      )
      return page(asked, 'nic_set', found, link => nicView(link, call))
    },
    { note: 'The id of a nic is its hardware address; that of a first one changes with its address' },
  ),

  changing(
    'CreateNics',
    {
      vxnet: text,
      count: int(1, 252).default(1),
      nic_name: text.default(''),
      private_ips: list(text).default([]),
    },
    async ({ vxnet: subnet, count, nic_name: name, private_ips: addresses }, call) => {
      if (addresses.length > 0 && count > 1 && count !== addresses.length)
        call.heed(() => fail(1100, `parameter [private_ips] has ${addresses.length} addresses for ${count} nics`))
      const bodies = Array.from({ length: addresses.length || count }, (_, i) => ({
        name,
        subnet,
        address: addresses[i],
      }))
      const done = await call.runAll(bodies.map(body => ({ do: 'create', kind: 'nic', body })))
      const made = done.flatMap(({ resource }) => (resource?.kind === 'nic' ? resource.now : []))
      return { nics: made.map(({ mac, address }) => ({ nic_id: mac, private_ip: address ?? '' })) }
    },
    { names: { ...names, address: 'private_ips' }, note: 'disable_ip is passed over' },
  ),

  changing(
    'AttachNics',
    { ...nics, instance: text },
    async ({ nics: ids, instance: server }, call) => {
      const found = call.heedEach(ids, id => freeNic(call, id))
      call.heed(() => named(call, 'server', server))
      const done = await call.runAll(found.map(({ id }) => ({ do: 'patch', kind: 'nic', id, body: { server } })))
      return { job_id: call.job('updating', [server, ...found.map(({ id }) => id)], done) }
    },
    { names, note: 'It is a link of the instance at once, and guarded by the group of that' },
  ),

  changing('DetachNics', nics, async ({ nics: ids }, call) => {
    const found = call.heedEach(ids, mac => {
      const { id, now } = nicCalled(call, mac)
      return { id, server: now.server ?? fail(1400, `nic [${now.mac}] is attached to no instance`) }
    })
    const body = { server: null }
    const done = await call.runAll(found.map(({ id }) => ({ do: 'patch', kind: 'nic', id, body })))
    return { job_id: call.job('updating', [...found.map(each => each.server), ...found.map(({ id }) => id)], done) }
  }),

  changing(
    'ModifyNicAttributes',
    { nic: text, nic_name: text.optional(), private_ip: text.optional(), vxnet: text.optional() },
    async ({ nic: id, nic_name: name, private_ip: address, vxnet: subnet }, call) => {
      // Of these an empty value is none: nobody is without a network, and an address is never taken away.
      const place = { address: address || undefined, subnet: subnet || undefined }
      await call.run(change(call, id, name, place))
      return {}
    },
    { names, note: 'A first interface has no name; its network and its address are those of its instance' },
  ),

  changing('DeleteNics', nics, async ({ nics: ids }, call) => {
    const found = call.heedEach(ids, id => freeNic(call, id))
    await call.runAll(found.map(({ id }) => ({ do: 'delete', kind: 'nic', id })))
    return { nics: ids }
  }),
]

/** Every interface, oldest first. */
function links({ model }: Call): readonly Link[] {
  const found = [...all(model(), 'server')].flatMap(firstLink)
  const others = [...all(model(), 'nic')].map(nic => linkOf(model(), nic))
  return [...found, ...others].sort((a, b) => byAge(a.nic ?? a.server!, b.nic ?? b.server!))
}

function typeOf(call: Call, { subnet }: Link): number {
  return codeOf(vxnetTypes, named(call, 'subnet', subnet).now.type)
}

/** An interface of its own that a request names; the first one of an instance is none. */
function nicCalled(call: Call, mac: string): Nic {
  const [id] = nicsWith(call.model(), mac.toLowerCase())
  if (id !== undefined) return named(call, 'nic', id)
  const first = firstCalled(call, mac)
  if (!first) return fail(2100, `nic [${mac.slice(0, 64)}] does not exist`)
  return fail(1400, `nic [${mac}] is the first one of instance [${first}]; let that leave its vxnet instead`)
}

function firstCalled({ model }: Call, mac: string): Id | undefined {
  return [...all(model(), 'server')].find(server => firstLink(server).some(link => link.mac === mac.toLowerCase()))?.id
}

function change(call: Call, mac: string, name: string | undefined, place: object): Command {
  const server = firstCalled(call, mac)
  if (server === undefined) return { do: 'patch', kind: 'nic', id: nicCalled(call, mac).id, body: { name, ...place } }
  if (name) call.heed(() => fail(1400, `nic [${mac}] is the first one of instance [${server}] and has no name`))
  return { do: 'patch', kind: 'server', id: server, body: place }
}

function freeNic(call: Call, mac: string): Nic {
  const nic = nicCalled(call, mac)
  const { server } = nic.now
  return server === null ? nic : fail(1400, `nic [${nic.now.mac}] is attached to instance [${server}]; detach it first`)
}
