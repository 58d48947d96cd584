import { addressNumber, addressText } from '../model/address.ts'
import type { Id } from '../model/model.ts'
import type { Item } from '../host/item.ts'
import { links, macOf, netnsOf, placesOf, tables } from './names.ts'
import type { VpcPart } from './part.ts'
import { address, route } from './public-link.ts'

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

/** The link between an appliance, where it is `vpc0`, and the router, where it has a name of its own; with its addresses and the way to either end. */
export function* transitLink(part: VpcPart, id: Id, far: string): Iterable<Item> {
  const [netns, router, near] = [netnsOf(id), netnsOf(part.vpc.id), links.vpc]
  const ends = transitOf(part, id)
  yield {
    kind: 'veth',
    netns: router,
    name: far,
    for: id,
    mtu: part.host.mtu,
    mac: macOf(router, far),
    bridge: null,
    peer: { netns, name: near, mac: macOf(netns, near), bridge: null },
  }
  yield address(router, far, ends.router, 32, id)
  yield address(netns, near, ends.appliance, 32, id)
  // Each end must believe the other's ARP in spite of strict reverse-path filtering.
  yield route(router, tables.main, `${ends.appliance}/32`, { dev: far, via: null }, id)
  yield route(netns, tables.main, `${ends.router}/32`, { dev: near, via: null }, id)
}
