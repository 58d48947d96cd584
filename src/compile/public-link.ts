import { ruleName, type Condition, type Item } from '../host/item.ts'
import type { Id } from '../model/model.ts'
import type { HostConfig } from './host-config.ts'
import { edgeAddress, edgeNetns, links, macOf, netnsOf, tables } from './names.ts'
import type { Look } from './part.ts'

/** Inbound traffic is never held below this. */
export const leastInboundMbps = 10

/**
 * The link between an appliance and the edge: its EIPs on `pub0`, a route to each in the edge, and both ends shaped.
 * Nothing where there is no EIP. Next hops are resolved from the EIPs themselves, so that the strict reverse-path
 * filter of either end believes the other's ARP.
 */
export function* publicLink(host: HostConfig, look: Look, owner: Id, eips: readonly Id[]): Iterable<Item> {
  if (eips.length === 0) return
  const [netns, name, peer] = [netnsOf(owner), links.public, links.ofAppliance(owner)]
  const held = eips.map(id => look('eip', id).now)
  yield {
    kind: 'veth',
    netns,
    name,
    for: owner,
    mtu: host.mtu,
    mac: macOf(netns, name),
    bridge: null,
    peer: { netns: edgeNetns, name: peer, mac: macOf(edgeNetns, peer), bridge: null },
  }
  yield address(edgeNetns, peer, edgeAddress, 32, owner)
  for (const { address: eip } of held) {
    yield address(netns, name, eip, 32, owner)
    yield route(edgeNetns, tables.main, `${eip}/32`, { dev: peer, via: null }, owner)
  }
  yield {
    kind: 'shaper',
    netns: edgeNetns,
    name: peer,
    for: owner,
    classes: held.map(eip => ({
      match: 'dst',
      address: eip.address,
      kbit: Math.max(leastInboundMbps, eip.bandwidthMbps) * 1000,
    })),
  }
  yield {
    kind: 'shaper',
    netns,
    name,
    for: owner,
    classes: held.map(eip => ({ match: 'src', address: eip.address, kbit: eip.bandwidthMbps * 1000 })),
  }
}

/** An address on a link. */
export function address(netns: string, dev: string, text: string, length: number, owner: Id): Item {
  return { kind: 'address', netns, name: `${dev} ${text}/${length}`, for: owner, dev, address: text, length }
}

/** Where a route leads: out by a link, or nowhere with an ICMP answer. */
export type Way = { readonly dev: string; readonly via: string | null } | 'unreachable'

/** The way to the internet out of an appliance. */
export const publicWay: Way = { dev: links.public, via: edgeAddress }

export function route(netns: string, table: number, destination: string, way: Way, owner: Id): Item {
  const base = { kind: 'route', netns, name: `${table} ${destination}`, for: owner, table, destination } as const
  return way === 'unreachable' ? { ...base, type: way, dev: null, via: null } : { ...base, type: 'unicast', ...way }
}

export function rule(
  netns: string,
  priority: number,
  from: string,
  table: number,
  owner: Id,
  condition: Condition = {},
): Item {
  const asked = { priority, from, table, ...condition }
  return { kind: 'rule', netns, name: ruleName(asked), for: owner, ...asked }
}
