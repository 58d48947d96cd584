import { parseCidr } from '../model/address.ts'
import type { Server } from '../model/model.ts'
import type { Item } from '../host/item.ts'
import { endpointRuleset } from './filters.ts'
import { links, macAt, macOf, netnsOf, priorities, tables } from './names.ts'
import type { PlacedNic, PlacedServer, VpcPart } from './part.ts'
import { address, route, rule } from './public-link.ts'
import { compileGroup } from './security-group.ts'
import { serverSysctls } from './sysctls.ts'

/** A server's namespace alone: what it keeps while it is off, and what runs in it keeps running in. */
export function* compileServerNamespace({ look }: Pick<VpcPart, 'look'>, { id, now }: Server): Iterable<Item> {
  if (now.attach.type === 'tap') return
  const owned = now.attach.type === 'namespace'
  const netns = namespaceOf({ id, now })
  yield { kind: 'netns', netns, name: '', for: id, sysctls: owned ? serverSysctls : {}, owned }
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

function namespaceOf({ id, now }: Pick<Server, 'id' | 'now'>): string {
  return now.attach.type === 'netns' ? now.attach.path : netnsOf(id)
}
