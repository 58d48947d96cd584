import { parseCidr } from '../model/address.ts'
import type { JoinedSubnet } from '../model/model.ts'
import type { Item } from '../host/item.ts'
import { links, macOf, netnsOf } from './names.ts'
import type { VpcPart } from './part.ts'
import { address } from './public-link.ts'

/** A subnet is a bridge in its VPC's namespace that holds the gateway address. */
export function* compileSubnet({ host }: VpcPart, { id, now }: JoinedSubnet): Iterable<Item> {
  const netns = netnsOf(now.vpc)
  const name = links.bridge(id)
  yield { kind: 'bridge', netns, name, for: id, mac: macOf(netns, name), mtu: host.mtu }
  yield address(netns, name, now.gateway, parseCidr(now.cidr).bits, id)
}
