import type { Command } from '../model/command.ts'
import type { Id } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { describe, named } from './describe.ts'
import { eipView, holderOf, mustBeFree } from './eip-view.ts'
import { fail } from './failure.ts'
import { int, list, text } from './parameters.ts'

const names = { bandwidthMbps: 'bandwidth', billing: 'billing_mode', name: 'eip_name' }

/** Public addresses. */
export const eipActions = [
  reading('DescribeEips', { ...listing, eips: list(text).optional(), instance_id: text.optional() }, (asked, call) =>
    describe(call, 'eip', asked, {
      set: 'eip_set',
      ids: asked.eips,
      where:
        asked.instance_id === undefined ? undefined : ({ id }) => holderOf(call.model(), id)?.id === asked.instance_id,
      view: eip => eipView(eip, call),
    }),
  ),

  changing(
    'AllocateEips',
    {
      bandwidth: int(),
      billing_mode: text.default('bandwidth'),
      count: int(1, 100).default(1),
      eip_name: text.default(''),
      associate_mode: int(0, 0).default(0),
    },
    async ({ bandwidth, billing_mode: billing, count, eip_name: name }, call) => {
      const body = { zone: call.zone, bandwidthMbps: bandwidth, billing, name }
      const made = await call.runAll(Array.from({ length: count }, () => ({ do: 'create', kind: 'eip', body })))
      return { eips: made.flatMap(({ resource }) => resource?.id ?? []) }
    },
    { names, note: 'Every address is external (associate_mode 0). ICP records and groups are passed over' },
  ),

  changing('ReleaseEips', { eips: list(text) }, async ({ eips }, call) => {
    call.heedEach(eips, id => mustBeFree(call, id))
    const done = await call.runAll(eips.map(id => ({ do: 'delete', kind: 'eip', id })))
    return { eips, job_id: call.job('releasing', eips, done) }
  }),

  changing('AssociateEip', { eip: text, instance: text }, async ({ eip, instance }, call) => {
    call.heed(() => named(call, 'eip', eip))
    call.heed(() => {
      const { now } = named(call, 'server', instance)
      if (now.eip !== null) fail(1400, `instance [${instance}] has eip [${now.eip}] already`)
    })
    const done = await call.run({ do: 'patch', kind: 'server', id: instance, body: { eip } })
    return { job_id: call.job('associating', [eip, instance], done) }
  }),

  changing('DissociateEips', { eips: list(text) }, async ({ eips }, call) => {
    const done = await call.runAll(call.heedEach(eips, id => unbinding(call, id)))
    return { job_id: call.job('dissociating', eips, done) }
  }),

  changing(
    'ModifyEipAttributes',
    { eip: text, eip_name: text.optional(), description: text.optional() },
    async ({ eip: id, eip_name: name, description }, call) => {
      await call.run({ do: 'patch', kind: 'eip', id, body: { name, description } })
      return { eip_id: id }
    },
    { names },
  ),

  changing(
    'ChangeEipsBandwidth',
    { eips: list(text), bandwidth: int() },
    ({ eips, bandwidth }, call) => patchAll(call, eips, { bandwidthMbps: bandwidth }),
    { names },
  ),

  changing(
    'ChangeEipsBillingMode',
    { eips: list(text), billing_mode: text },
    ({ eips, billing_mode: billing }, call) => patchAll(call, eips, { billing }),
    { names, note: 'As often as one likes' },
  ),
]

async function patchAll(call: Call, eips: readonly Id[], body: object) {
  const done = await call.runAll(eips.map(id => ({ do: 'patch', kind: 'eip', id, body })))
  return { eips, job_id: call.job('updating', eips, done) }
}

/** What takes an address from the server that holds it; other holders give theirs up by actions of their own. */
function unbinding(call: Call, id: Id): Command {
  named(call, 'eip', id)
  const holder = holderOf(call.model(), id)
  if (!holder) return fail(1400, `eip [${id}] is not associated with anything`)
  if (holder.kind === 'server' || holder.kind === 'vpc')
    return { do: 'patch', kind: holder.kind, id: holder.id, body: { eip: null } }
  return fail(1400, `eip [${id}] is held by [${holder.id}]; dissociate it there`)
}
