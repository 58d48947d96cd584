import { parseCidr } from '../model/address.ts'
import type { Item } from '../host/item.ts'
import { links, macOf, netnsOf, priorities, tables } from './names.ts'
import type { PlacedNic, VpcPart } from './part.ts'
import { address, route, rule } from './public-link.ts'
import { namespaceOf } from './server.ts'

/**
 * One more interface of a server that is on. What leaves in its name takes its own gateway, so that a router's strict
 * reverse-path filtering, and the server's, see it come by the link that it belongs to.
 */
export function* compileNic(part: VpcPart, { id, now }: PlacedNic): Iterable<Item> {
  const server = part.servers.find(each => each.id === now.server)!
  const subnet = part.subnets.find(each => each.id === now.subnet)!
  const [router, netns, port] = [netnsOf(part.vpc.id), namespaceOf(server), links.nicPort(id)]
  const name = server.now.attach.type === 'namespace' ? links.serverNic(now.sequence) : links.guestNic(now.sequence)
  const table = tables.nic + now.sequence
  const { cidr, gateway } = subnet.now
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
  yield address(netns, name, now.address, parseCidr(cidr).bits, id)
  yield route(netns, table, cidr, { dev: name, via: null }, id)
  yield route(netns, table, '0.0.0.0/0', { dev: name, via: gateway }, id)
  yield rule(netns, priorities.nic, `${now.address}/32`, table, id)
}
