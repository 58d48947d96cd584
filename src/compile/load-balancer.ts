import { parseCidr } from '../model/address.ts'
import type { Id, LoadBalancer } from '../model/model.ts'
import { nodesOf, privateAddressesOf } from '../model/node.ts'
import type { Item } from '../host/item.ts'
import { admission } from './admission.ts'
import { balancerRuleset, type BalancerPlace } from './balancer-rules.ts'
import type { HostConfig } from './host-config.ts'
import { links, macAt, macOf, marks, netnsOf, priorities, tables } from './names.ts'
import { addressesOf, type Look, type VpcPart } from './part.ts'
import { address, publicLink, publicWay, route, rule } from './public-link.ts'
import { proxyOf } from './listener.ts'
import { destinationsOf } from './route-table.ts'
import { compileGroup } from './security-group.ts'
import { compileShownClients, neighboursOf } from './shown-clients.ts'
import { spreadsOf } from './spread.ts'
import { balancerSysctls, carryingSysctls, sharingSysctls } from './sysctls.ts'

/** A balancer and its way to its subnet. */
export function* compileLoadBalancer(part: VpcPart, balancer: LoadBalancer): Iterable<Item> {
  const shows = part.showing.includes(balancer)
  const subnet = part.subnets.find(each => each.id === balancer.now.subnet)!
  const destinations = new Map([...destinationsOf(part, balancer, subnet), [part.vpc.now.cidr, balancer.id]])
  yield* compileBalancer(part.host, part.look, balancer, {
    behind: [...destinations.keys()],
    neighbours: shows ? neighboursOf(part) : null,
  })
  if (shows) yield* compileShownClients(part, balancer)
  const { id, now } = balancer
  const [netns, router] = [netnsOf(id), netnsOf(part.vpc.id)]
  const [name, port] = [links.subnet, links.balancerPort(id)]
  yield {
    kind: 'veth',
    netns: router,
    name: port,
    for: id,
    mtu: part.host.mtu,
    mac: macOf(router, port),
    bridge: links.bridge(subnet.id),
    peer: { netns, name, mac: macAt(subnet.id, now.address!), bridge: null },
  }
  yield address(netns, name, now.address!, parseCidr(subnet.now.cidr).bits, id)
  // Not of the subnet's length: the kernel would then take them away together with the first one.
  for (const each of privateAddressesOf(balancer).slice(1)) yield address(netns, name, each, 32, id)
  const gateway = { dev: name, via: subnet.now.gateway }
  // Its own subnet is connected: a route of the same prefix would take the place of the kernel's.
  destinations.delete(subnet.now.cidr)
  for (const [destination, owner] of destinations) yield route(netns, tables.main, destination, gateway, owner)
}

/** Where flows go that the kernel carries between the internet and a subnet: one look-up a packet is enough. */
function* markedWays(netns: string, id: Id): Iterable<Item> {
  yield rule(netns, priorities.marked, 'all', tables.public, id, { iif: links.subnet, mark: marks.public })
  yield rule(netns, priorities.marked, 'all', tables.main, id, { iif: links.public, mark: marks.public })
  yield rule(netns, priorities.local, 'all', tables.local, id)
}

/** A balancer that only has public addresses. */
export function compileStandAlone(host: HostConfig, look: Look, balancer: LoadBalancer): Iterable<Item> {
  return compileBalancer(host, look, balancer, { behind: [], neighbours: null })
}

/** A balancer, but for its way to its subnet. */
function* compileBalancer(
  host: HostConfig,
  look: Look,
  balancer: LoadBalancer,
  surroundings: Pick<BalancerPlace, 'behind' | 'neighbours'>,
): Iterable<Item> {
  const { id, now, live } = balancer
  const netns = netnsOf(id)
  const nodes = nodesOf(balancer)
  const eips = addressesOf(look, now.eips)
  const spreads = spreadsOf(look, balancer)
  const place = { id, eips, addresses: privateAddressesOf(balancer), ...surroundings }
  const sysctls = {
    ...balancerSysctls,
    ...(nodes.length > 1 ? sharingSysctls : {}),
    ...(spreads.length > 0 ? carryingSysctls : {}),
  }
  yield { kind: 'netns', netns, name: '', for: id, sysctls, owned: true }
  yield {
    kind: 'ruleset',
    netns,
    name: '',
    for: id,
    ruleset: balancerRuleset(place, admission(compileGroup(look, live.securityGroup), balancer), spreads),
  }
  yield* publicLink(host, look, id, now.eips)
  if (now.eips.length > 0) yield route(netns, tables.public, '0.0.0.0/0', publicWay, id)
  for (const eip of eips) yield rule(netns, priorities.ownAddress, `${eip}/32`, tables.public, id)
  if (spreads.length > 0 && eips.length > 0 && now.subnet !== null) yield* markedWays(netns, id)
  const { checked, ...config } = proxyOf(look, balancer)
  const names = nodes.map(node => node.name)
  for (const { name, address: source } of nodes) {
    // Of what the kernel carries one node knows enough.
    const more = checked && name === id ? { checked } : {}
    if (config.listeners.length === 0 && !more.checked) continue
    yield { kind: 'proxy', netns, name, for: id, config: { ...config, ...more, nodes: names, source } }
  }
}
