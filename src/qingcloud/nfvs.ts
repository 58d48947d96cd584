import type { z } from 'zod'
import type { Command } from '../model/command.ts'
import { isApplied, type Id, type NatGateway } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { describe, inOrder, named } from './describe.ts'
import { fail } from './failure.ts'
import { nfvView, specs } from './nfv-view.ts'
import { coded, int, list, text } from './parameters.ts'
import { remove } from './remove.ts'
import { subnetsIn } from './router-view.ts'

const spec = coded(specs)
const names = {
  name: 'nfv_name',
  size: 'nfv_spec',
  vpc: 'vpc_router_id',
  securityGroup: 'security_group',
  'snatRules.target': 'vxnets',
  target: 'vxnets',
}
const nfvs = { nfvs: list(text) }
/** What tables and examples of the documentation call the same. */
const either = { nfvs: list(text).optional(), nfv: text.optional(), nfv_id: text.optional() }

/** NAT gateways. */
export const nfvActions = [
  reading(
    'DescribeNFVs',
    { ...listing, nfvs: list(text).optional(), nfv_type: int().optional(), vxnets: list(text).optional() },
    (asked, call) =>
      describe(call, 'nat-gateway', asked, {
        set: 'nfv_set',
        ids: asked.nfvs,
        where: ({ now }) =>
          (asked.nfv_type ?? 1) === 1 &&
          (asked.vxnets === undefined || subnetsIn(call.model(), now.vpc).some(({ id }) => asked.vxnets?.includes(id))),
        view: gateway => nfvView(gateway, call, asked.verbose),
        gone: 'deleted',
      }),
    { note: 'Every gateway is of version 2.0: it serves all vxnets of its router' },
  ),

  changing(
    'CreateNFV',
    {
      nfv_type: int(1, 1).default(1),
      nfv_spec: spec,
      version: text.optional(),
      vpc_router_id: text,
      vxnets: list(text).default([]),
      eips: list(text).default([]),
      nfv_name: text.default(''),
      description: text.default(''),
      security_group: text.optional(),
    },
    async ({ nfv_name: name, description, nfv_spec: size, vpc_router_id: vpc, ...given }, call) => {
      const { eips, security_group: securityGroup, version, vxnets } = given
      const snatRules = version === '1.0' && eips.length > 0 ? vxnets.map(target => ({ target, eips })) : []
      const body = { name, description, size, vpc, eips, securityGroup, snatRules }
      const done = await call.run({ do: 'create', kind: 'nat-gateway', body })
      const id = done.resource?.id ?? ''
      return { nfv_id: id, job_id: call.job('creating', [id], done) }
    },
    {
      names,
      note: 'Version 1.0 becomes 2.0 too; its vxnets get a SNAT rule each. It is the default route of its router at once, where that has none',
    },
  ),

  changing('UpdateNFVs', either, async (given, call) => {
    const ids = idsIn(given, call)
    const done = await call.runAll(ids.map(id => ({ do: 'apply', kind: 'nat-gateway', id })))
    return { nfvs: ids, job_id: call.job('updating', ids, done) }
  }),

  changing('StartNFVs', nfvs, ({ nfvs: ids }, call) => power(call, ids, 'on')),
  changing('StopNFVs', nfvs, ({ nfvs: ids }, call) => power(call, ids, 'off')),

  changing(
    'DeleteNFVs',
    nfvs,
    async ({ nfvs: ids }, call) => ({ nfvs: ids, job_id: await remove(call, 'nat-gateway', ids) }),
    { note: 'Routes that lead to it go too' },
  ),

  changing(
    'UpgradeNFV',
    nfvs,
    async ({ nfvs: ids }, call) => {
      const done = await call.runAll(ids.map(id => ({ do: 'patch', kind: 'nat-gateway', id, body: {} })))
      return { nfvs: ids, job_id: call.job('updating', ids, done) }
    },
    { note: 'Changes nothing: there is one version' },
  ),

  changing(
    'ResizeNFV',
    { ...either, nfv_spec: spec },
    async ({ nfv_spec: size, ...given }, call) => {
      const ids = idsIn(given, call)
      const done = await call.runAll(ids.map(id => ({ do: 'patch', kind: 'nat-gateway', id, body: { size } })))
      return { job_id: call.job('updating', ids, done) }
    },
    { names },
  ),

  changing(
    'ModifyNFVAttributes',
    { nfv: text, nfv_name: text.optional(), description: text.optional() },
    async ({ nfv: id, nfv_name: name, description }, call) => {
      const done = await call.run({ do: 'patch', kind: 'nat-gateway', id, body: { name, description } })
      return { job_id: call.job('updating', [id], done) }
    },
    { names },
  ),

  changing(
    'ModifyNFVSecurityGroups',
    { nfv: text.optional(), vxnets: list(text).default([]), security_group: text },
    async ({ nfv, vxnets, security_group: securityGroup }, call) => {
      const gateways = call.heed(() => guarding(call, nfv, vxnets)) ?? []
      const commands = gateways.flatMap((gateway): Command[] => {
        const { id, kind } = gateway
        const change: Command = { do: 'patch', kind, id, body: { securityGroup } }
        return isApplied(gateway) ? [change, { do: 'apply', kind, id }] : [change]
      })
      const ids = gateways.map(({ id }) => id)
      return { job_id: call.job('updating', ids, await call.runAll(commands)) }
    },
    { names, note: 'At once, unless rules wait for UpdateNFVs: then it waits with them. One group for all vxnets' },
  ),

  changing('AssociateEipsToNFV', { nfv: text, eips: list(text) }, async ({ nfv: id, eips }, call) => {
    const { now } = named(call, 'nat-gateway', id)
    const done = await call.run({ do: 'patch', kind: 'nat-gateway', id, body: { eips: [...now.eips, ...eips] } })
    return { job_id: call.job('associating', [id, ...eips], done) }
  }),

  changing(
    'DissociateEipsFromNFV',
    { nfv: text, eips: list(text) },
    async ({ nfv: id, eips }, call) => {
      const { now } = named(call, 'nat-gateway', id)
      call.heedEach(eips, eip => {
        if (!now.eips.includes(eip)) fail(1400, `eip [${eip}] is not associated with nfv [${id}]`)
      })
      const body = { eips: now.eips.filter(eip => !eips.includes(eip)) }
      const done = await call.run({ do: 'patch', kind: 'nat-gateway', id, body })
      return { job_id: call.job('dissociating', [id, ...eips], done) }
    },
    { note: 'Refused while rules use it' },
  ),

  changing(
    'NFVJoinVxnets',
    { nfv: text, vxnets: list(text) },
    async ({ nfv: id, vxnets }, call) => {
      const { now, draft } = named(call, 'nat-gateway', id)
      if (now.eips.length === 0) call.heed(() => fail(1400, `nfv [${id}] has no eip; associate one first`))
      const missing = vxnets.filter(vxnet => !draft.snatRules.some(rule => rule.target === vxnet))
      const bodies = call.heedEach(missing, vxnet => ({ target: named(call, 'subnet', vxnet).id, eips: now.eips }))
      const path = ['snatRules']
      const done = await call.runAll(bodies.map(body => ({ do: 'add-child', kind: 'nat-gateway', id, path, body })))
      return { job_id: call.job('updating', [id], done) }
    },
    {
      names,
      note: 'Adds a SNAT rule with all its public addresses, where there is none; UpdateNFVs brings it into force',
    },
  ),

  changing(
    'NFVLeaveVxnets',
    { nfv: text, vxnets: list(text) },
    async ({ nfv: id, vxnets }, call) => {
      const { draft } = named(call, 'nat-gateway', id)
      const rules = call.heedEach(
        vxnets,
        vxnet =>
          draft.snatRules.find(rule => rule.target === vxnet)?.id ??
          fail(1400, `nfv [${id}] has no SNAT rule for vxnet [${vxnet}]`),
      )
      const done = await call.runAll(
        rules.map(rule => ({ do: 'delete-child', kind: 'nat-gateway', id, path: ['snatRules', rule] })),
      )
      return { job_id: call.job('updating', [id], done) }
    },
    { note: 'Takes the SNAT rule of the vxnet away; UpdateNFVs brings that into force' },
  ),
]

function idsIn(
  { nfvs: several, nfv, nfv_id: id }: z.output<z.ZodObject<typeof either>>,
  { heed }: Call,
): readonly Id[] {
  return several ?? heed(() => [nfv ?? id ?? fail(1100, 'parameter [nfvs] is required')]) ?? []
}

/** The gateway that is named, or those that serve some networks. */
function guarding(call: Call, nfv: Id | undefined, vxnets: readonly Id[]): readonly NatGateway[] {
  if (nfv !== undefined) return [named(call, 'nat-gateway', nfv)]
  const routers = new Set(vxnets.map(id => named(call, 'subnet', id).now.vpc))
  const found = inOrder(call.model(), 'nat-gateway').filter(({ now }) => routers.has(now.vpc))
  return found.length > 0 ? found : fail(1100, 'parameter [nfv], or [vxnets] that an nfv serves, is required')
}

const powerWords = { on: 'active', off: 'stopped' } as const

async function power(call: Call, ids: readonly Id[], to: NatGateway['now']['power']) {
  call.heedEach(ids, id => {
    const { now } = named(call, 'nat-gateway', id)
    if (now.power === to) fail(1400, `nfv [${id}] is ${powerWords[to]} already`)
  })
  const done = await call.runAll(ids.map(id => ({ do: 'patch', kind: 'nat-gateway', id, body: { power: to } })))
  return { nfvs: ids, job_id: call.job(to === 'on' ? 'starting' : 'stopping', ids, done) }
}
