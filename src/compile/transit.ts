import { addressNumber, addressText } from '../model/address.ts'
import type { Id } from '../model/model.ts'
import { placesOf } from './names.ts'
import type { VpcPart } from './part.ts'

/** The two addresses of the link between a router and an appliance of its VPC, unique among those of the VPC. */
export function transitOf(
  { natGateways, showing }: Pick<VpcPart, 'natGateways' | 'showing'>,
  id: Id,
): { readonly appliance: string; readonly router: string } {
  const place = placesOf(
    [...natGateways, ...showing].map(each => each.id),
    2 ** 14 - 1,
  ).get(id)!
  const base = addressNumber('169.254.0.4') + place * 4
  return { appliance: addressText(base + 1), router: addressText(base + 2) }
}
