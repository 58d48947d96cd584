import type { Eip, Id, Model, Resource } from '../model/model.ts'
import { find } from '../model/model.ts'
import { holdersOf } from '../model/rules/zone.ts'
import type { Call } from './action.ts'
import { named } from './describe.ts'
import { fail } from './failure.ts'
import { labelsOf } from './labels.ts'
import { typeOf } from './resource-types.ts'
import { asKnown, jobTransition } from './transition.ts'

/** Who holds a public address; undefined where it is free. */
export function holderOf(model: Model, eip: Id): Resource | undefined {
  return holdersOf(model, eip)[0]?.holder
}

/** A public address that a request names, as long as it is nobody's. */
export function mustBeFree(call: Call, id: Id): Id {
  named(call, 'eip', id)
  const holder = holderOf(call.model(), id)
  return holder ? fail(1400, `eip [${id}] is associated with [${holder.id}]; dissociate it first`) : id
}

const transitions = ['associating', 'dissociating', 'releasing']

/** A public address as clients see it. */
export function eipView(eip: Eip, { cloud, model }: Call): object {
  const holder = holderOf(model(), eip.id)
  return {
    eip_id: eip.id,
    eip_name: eip.name,
    eip_addr: eip.now.address,
    bandwidth: eip.now.bandwidthMbps,
    billing_mode: eip.now.billing,
    associate_mode: 0,
    need_icp: 0,
    icp_codes: '',
    status: holder ? 'associated' : 'available',
    transition_status: asKnown(jobTransition(cloud, eip.id), transitions),
    sub_code: 0,
    eip_group: { eip_group_id: 'eipg-00000000', eip_group_name: eip.now.pool ?? '' },
    // An object even where nobody holds it: clients look into it.
    resource: holder ? { resource_id: holder.id, resource_name: holder.name, resource_type: typeOf(holder.kind) } : {},
    alarm_status: '',
    ...labelsOf(eip, model()),
  }
}

/** The short form in which whoever holds it shows a public address; empty texts where there is none. */
export function eipRef(model: Model, id: Id | null) {
  const eip = find(model, 'eip', id)
  return { eip_id: eip?.id ?? '', eip_name: eip?.name ?? '', eip_addr: eip?.now.address ?? '' }
}
