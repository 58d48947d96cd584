import { contains, parseCidr } from '../model/address.ts'
import type { Id } from '../model/model.ts'
import type { Item } from '../host/item.ts'
import type { Ruleset } from '../host/ruleset.ts'
import type { HostConfig, Uplink } from './host-config.ts'
import { edgeNetns, edgeShard, hooks, links, macOf, tables } from './names.ts'
import type { Look } from './part.ts'
import { address, route } from './public-link.ts'
import { edgeSysctls } from './sysctls.ts'

/** The machine's edge: it owns the uplink, and public addresses that nobody holds end here. */
export function* compileEdge(host: HostConfig, look: Look, zones: readonly Id[]): Iterable<Item> {
  yield { kind: 'netns', netns: edgeNetns, name: '', for: edgeShard, sysctls: edgeSysctls, owned: true }
  yield { kind: 'ruleset', netns: edgeNetns, name: '', for: edgeShard, ruleset }
  if (host.uplink) yield* compileUplink(host, host.uplink)
  const pools = new Map(
    zones
      .map(id => look('zone', id))
      .flatMap(zone => zone.now.pools.flatMap(pool => pool.addresses.map(prefix => [prefix, zone.id] as const))),
  )
  for (const [prefix, zone] of pools) {
    // A pool that is part of the uplink's own network stays reachable there, as do its other hosts.
    const near =
      host.uplink && [host.uplink.gateway, host.uplink.address.split('/')[0]!].some(each => contains(prefix, each))
    if (!near) yield route(edgeNetns, tables.main, prefix, 'unreachable', zone)
  }
}

function* compileUplink({ mtu }: HostConfig, { link, address: own, gateway }: Uplink): Iterable<Item> {
  const [netns, name, owner] = [edgeNetns, links.uplink, edgeShard]
  // Else the first packet to a public address waits for up to 0.8 s.
  const proxyDelayMs = 0
  if (link.kind === 'macvlan') {
    yield { kind: 'macvlan', netns, name, for: owner, parent: link.parent, mtu, proxyDelayMs }
  } else {
    const peer = { ...link.peer, mac: macOf(link.peer.netns, link.peer.name), bridge: null }
    yield { kind: 'veth', netns, name, for: owner, mtu, mac: macOf(netns, name), bridge: null, peer, proxyDelayMs }
  }
  yield address(netns, name, own.split('/')[0]!, parseCidr(own).bits, owner)
  yield route(netns, tables.main, '0.0.0.0/0', { dev: name, via: gateway }, owner)
}

/** The edge keeps no state of flows: it only forwards, and answers nothing but ICMP itself. */
const ruleset: Ruleset = {
  family: 'ip',
  sets: [],
  chains: [
    {
      name: 'input',
      hook: { type: 'filter', at: 'input', priority: hooks.filter, policy: 'drop' },
      rules: [{ for: edgeShard, match: [{ on: 'protocol', is: ['icmp'] }], then: { do: 'accept' } }],
    },
  ],
}
