import type { Command } from '../model/command.ts'
import { find, type Id, type Server } from '../model/model.ts'
import { nicsOf } from '../model/rules/server.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { describe, named } from './describe.ts'
import type { Answer } from './envelope.ts'
import { fail } from './failure.ts'
import { coded, codeOf, int, list, text } from './parameters.ts'
import { baseVxnet, baseVxnetView, vxnetTypes, vxnetView } from './vxnet-view.ts'

const names = { name: 'vxnet_name', type: 'vxnet_type' }

/** Private networks. */
export const vxnetActions = [
  reading(
    'DescribeVxnets',
    { ...listing, vxnets: list(text).optional(), vxnet_type: list(int(0, 2)).optional() },
    (asked, call) => {
      const types = asked.vxnet_type
      const answer = describe(call, 'subnet', asked, {
        set: 'vxnet_set',
        ids: asked.vxnets,
        where: ({ now }) => types?.includes(codeOf(vxnetTypes, now.type)) ?? true,
        view: subnet => vxnetView(subnet, call, asked.verbose),
      })
      const base = asked.vxnets === undefined ? types?.includes(2) : asked.vxnets.includes(baseVxnet)
      return base && asked.offset === 0 ? withFirst(answer, baseVxnetView(call, asked.verbose)) : answer
    },
    {
      note: 'vxnet-0 is shown where it is asked for, by its id or its type 2: it holds who is in no other, and carries nothing',
    },
  ),

  changing(
    'CreateVxnets',
    { vxnet_type: coded(vxnetTypes), vxnet_name: text.default(''), count: int(1, 100).default(1) },
    async ({ vxnet_type: type, vxnet_name: name, count }, call) => {
      const body = { type, name }
      const done = await call.runAll(Array.from({ length: count }, () => ({ do: 'create', kind: 'subnet', body })))
      return { vxnets: done.flatMap(({ resource }) => resource?.id ?? []) }
    },
    { names },
  ),

  changing(
    'ModifyVxnetAttributes',
    { vxnet: text, vxnet_name: text.optional(), description: text.optional() },
    async ({ vxnet: id, vxnet_name: name, description }, call) => {
      refuseBase(id)
      await call.run({ do: 'patch', kind: 'subnet', id, body: { name, description } })
      return {}
    },
    { names },
  ),

  changing('DeleteVxnets', { vxnets: list(text) }, async ({ vxnets }, call) => {
    const commands = call.heedEach(vxnets, (id): Command => {
      refuseBase(id)
      return { do: 'delete', kind: 'subnet', id }
    })
    await call.runAll(commands)
    return { vxnets }
  }),

  changing(
    'JoinVxnet',
    { vxnet: text, instances: list(text) },
    async ({ vxnet: place, instances }, call) => {
      const [vxnet = '', address] = place.split('|')
      if (address !== undefined && instances.length > 1)
        call.heed(() => fail(1100, `an address goes with one instance; [vxnet] has ${address} for ${instances.length}`))
      const commands = call.heedEach(instances, id => joining(call, named(call, 'server', id), vxnet, address))
      const done = await call.runAll(commands.flat())
      return { job_id: call.job('updating', instances, done) }
    },
    {
      names: { subnet: 'vxnet', address: 'vxnet' },
      note: 'An instance has one managed network; in self-managed ones it has further interfaces. An address goes behind a bar: `vxnet-…|192.168.0.5`',
    },
  ),

  changing('LeaveVxnet', { vxnet: text, instances: list(text) }, async ({ vxnet, instances }, call) => {
    if (vxnet !== baseVxnet) call.heed(() => named(call, 'subnet', vxnet))
    const done = await call.runAll(call.heedEach(instances, id => leaving(call, named(call, 'server', id), vxnet)))
    return { job_id: call.job('updating', instances, done) }
  }),
]

function withFirst(answer: Answer, first: object): Answer {
  const { vxnet_set: set, total_count: count } = answer
  return { ...answer, vxnet_set: [first, ...(set as readonly object[])], total_count: Number(count) + 1 }
}

function refuseBase(id: Id): void {
  if (id === baseVxnet) fail(1400, `vxnet [${baseVxnet}] is always there and cannot be changed`)
}

/** What brings a server into a network. */
function joining(call: Call, server: Server, vxnet: Id, address: string | undefined): readonly Command[] {
  const { id, now } = server
  const first = find(call.model(), 'subnet', now.subnet)
  if (vxnet === baseVxnet) {
    if (first) fail(1400, `instance [${id}] is in vxnet [${first.id}]; let it leave first`)
    return [moving(id, { subnet: null })]
  }
  const next = named(call, 'subnet', vxnet)
  if (!first) return [moving(id, { subnet: vxnet, address })]
  if (first === next) fail(1400, `instance [${id}] is in vxnet [${vxnet}] already`)
  if (next.now.type === 'self-managed') return [linking(id, vxnet)]
  if (first.now.type === 'managed') {
    fail(1400, `instance [${id}] is in managed vxnet [${first.id}] already; let it leave first`)
  }
  return [moving(id, { subnet: vxnet, address }), linking(id, first.id)]
}

/** What takes a server out of a network. */
function leaving(call: Call, server: Server, vxnet: Id): Command {
  const { id, now } = server
  if ((now.subnet ?? baseVxnet) === vxnet) return moving(id, { subnet: null })
  const nic = nicsOf(call.model(), id).find(each => each.now.subnet === vxnet)
  if (!nic) return fail(1400, `instance [${id}] is not in vxnet [${vxnet}]`)
  if (find(call.model(), 'subnet', vxnet)?.now.type === 'managed') {
    return fail(1400, `nic [${nic.now.mac}] links instance [${id}] to vxnet [${vxnet}]; detach that`)
  }
  return { do: 'delete', kind: 'nic', id: nic.id }
}

function moving(id: Id, body: object): Command {
  return { do: 'patch', kind: 'server', id, body }
}

function linking(server: Id, subnet: Id): Command {
  return { do: 'create', kind: 'nic', body: { server, subnet } }
}
