import { parseCidr } from '../model/address.ts'
import type { Id, JoinedSubnet } from '../model/model.ts'
import type { Item } from '../host/item.ts'
import { links, macOf, netnsOf, priorities, tables } from './names.ts'
import type { PlacedServer, VpcPart } from './part.ts'
import { address, route, rule } from './public-link.ts'
import { namespaceOf } from './server.ts'

/** The interfaces of a server that is on, beside its first. */
export function* compileNics(part: VpcPart, server: PlacedServer): Iterable<Item> {
  const nics = part.nics.filter(nic => nic.now.server === server.id)
  if (nics.length === 0) return
  const owned = server.now.attach.type === 'namespace'
  const [router, netns] = [netnsOf(part.vpc.id), namespaceOf(server)]
  const subnetOf = (id: Id) => part.subnets.find(each => each.id === id)!
  const first = { netns, name: owned ? links.server : links.guest, address: server.now.address, owner: server.id }
  yield* ownWay(first, subnetOf(server.now.subnet), tables.nic)
  for (const { id, now } of nics) {
    const subnet = subnetOf(now.subnet)
    const name = owned ? links.serverNic(now.sequence) : links.guestNic(now.sequence)
    const port = links.nicPort(id)
    yield {
      kind: 'veth',
      netns: router,
      name: port,
      for: id,
      mtu: part.host.mtu,
      mac: macOf(router, port),
      bridge: links.bridge(subnet.id),
      peer: { netns, name, mac: now.mac, bridge: null },
    }
    yield address(netns, name, now.address, parseCidr(subnet.now.cidr).bits, id)
    yield* ownWay({ netns, name, address: now.address, owner: id }, subnet, tables.nic + now.sequence)
  }
}

interface Interface {
  readonly netns: string
  readonly name: string
  readonly address: string
  readonly owner: Id
}

/**
 * What leaves in the name of an address takes the link that holds it. So who asks from the network of another interface is
 * answered by the link that was asked on, and strict reverse-path filtering, which looks for that way, lets the question in.
 */
function* ownWay(
  { netns, name, address: from, owner }: Interface,
  { now }: JoinedSubnet,
  table: number,
): Iterable<Item> {
  yield route(netns, table, now.cidr, { dev: name, via: null }, owner)
  yield route(netns, table, '0.0.0.0/0', { dev: name, via: now.gateway }, owner)
  yield rule(netns, priorities.nic, `${from}/32`, table, owner)
}
