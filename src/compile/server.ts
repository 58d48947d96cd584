import { parseCidr } from '../model/address.ts'
import type { Server } from '../model/model.ts'
import type { Item } from '../host/item.ts'
import { endpointRuleset } from './filters.ts'
import { links, macAt, macOf, netnsOf, tables } from './names.ts'
import type { PlacedServer, VpcPart } from './part.ts'
import { address, route } from './public-link.ts'
import { compileGroup, sortedAddresses } from './security-group.ts'
import { serverSysctls } from './sysctls.ts'

/** A server's namespace alone: what it keeps while it is off, and what runs in it keeps running in. */
export function* compileServerNamespace(
  { look, nics = [], vips = [] }: Pick<VpcPart, 'look'> & Partial<VpcPart>,
  { id, now }: Server,
): Iterable<Item> {
  if (now.attach.type === 'tap') return
  const owned = now.attach.type === 'namespace'
  const netns = namespaceOf({ id, now })
  const subnets = [now.subnet, ...nics.filter(nic => nic.now.server === id).map(nic => nic.now.subnet)]
  const mayTake = sortedAddresses(vips.filter(vip => subnets.includes(vip.now.subnet)).map(vip => vip.now.address))
  yield {
    kind: 'netns',
    netns,
    name: '',
    for: id,
    sysctls: owned ? serverSysctls : {},
    owned,
    ...(mayTake.length > 0 ? { mayTake } : {}),
  }
  yield {
    kind: 'ruleset',
    netns,
    name: '',
    for: id,
    ruleset: endpointRuleset(id, compileGroup(look, now.securityGroup)),
  }
}

/** A server that is on: a port of its subnet's bridge, and what stands behind it. */
export function* compileServer(part: VpcPart, server: PlacedServer): Iterable<Item> {
  const { id, now } = server
  const subnet = part.subnets.find(each => each.id === now.subnet)!
  const router = netnsOf(part.vpc.id)
  const bridge = links.bridge(subnet.id)
  yield* compileServerNamespace(part, server)
  if (now.attach.type === 'tap') {
    yield { kind: 'tap', netns: router, name: now.attach.device, for: id, bridge }
    return
  }
  const netns = namespaceOf(server)
  const [name, port] = [now.attach.type === 'namespace' ? links.server : links.guest, links.serverPort(id)]
  const peer = { netns, name, mac: macAt(subnet.id, now.address), bridge: null }
  yield { kind: 'veth', netns: router, name: port, for: id, mtu: part.host.mtu, mac: macOf(router, port), bridge, peer }
  yield address(netns, name, now.address, parseCidr(subnet.now.cidr).bits, id)
  yield route(netns, tables.main, '0.0.0.0/0', { dev: name, via: subnet.now.gateway }, id)
}

/** The namespace that a server runs in. */
export function namespaceOf({ id, now }: Pick<Server, 'id' | 'now'>): string {
  return now.attach.type === 'netns' ? now.attach.path : netnsOf(id)
}
