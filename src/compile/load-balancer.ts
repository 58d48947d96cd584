import { parseCidr } from '../model/address.ts'
import type { LoadBalancer } from '../model/model.ts'
import { nodesOf, privateAddressesOf } from '../model/node.ts'
import type { Item } from '../host/item.ts'
import { admission } from './admission.ts'
import { endpointRuleset } from './filters.ts'
import type { HostConfig } from './host-config.ts'
import { links, macAt, macOf, netnsOf, priorities, tables } from './names.ts'
import type { Look, VpcPart } from './part.ts'
import { address, publicLink, publicWay, route, rule } from './public-link.ts'
import { proxyOf } from './listener.ts'
import { destinationsOf } from './route-table.ts'
import { compileGroup } from './security-group.ts'
import { balancerSysctls, sharingSysctls } from './sysctls.ts'

/** A balancer and its way to its subnet. */
export function* compileLoadBalancer(part: VpcPart, balancer: LoadBalancer): Iterable<Item> {
  yield* compileStandAlone(part.host, part.look, balancer)
  const { id, now } = balancer
  const subnet = part.subnets.find(each => each.id === now.subnet)!
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
  const destinations = new Map([...destinationsOf(part, balancer, subnet), [part.vpc.now.cidr, id]])
  // Its own subnet is connected: a route of the same prefix would take the place of the kernel's.
  destinations.delete(subnet.now.cidr)
  for (const [destination, owner] of destinations) yield route(netns, tables.main, destination, gateway, owner)
}

/** A balancer that only has public addresses, or that part of another. */
export function* compileStandAlone(host: HostConfig, look: Look, balancer: LoadBalancer): Iterable<Item> {
  const { id, now, live } = balancer
  const netns = netnsOf(id)
  const nodes = nodesOf(balancer)
  const sysctls = nodes.length > 1 ? { ...balancerSysctls, ...sharingSysctls } : balancerSysctls
  yield { kind: 'netns', netns, name: '', for: id, sysctls, owned: true }
  yield {
    kind: 'ruleset',
    netns,
    name: '',
    for: id,
    ruleset: endpointRuleset(id, admission(compileGroup(look, live.securityGroup), balancer)),
  }
  yield* publicLink(host, look, id, now.eips)
  if (now.eips.length > 0) yield route(netns, tables.public, '0.0.0.0/0', publicWay, id)
  for (const eip of now.eips) {
    yield rule(netns, priorities.ownAddress, `${look('eip', eip).now.address}/32`, tables.public, id)
  }
  const config = proxyOf(look, balancer)
  if (config.listeners.length === 0) return
  const names = nodes.map(node => node.name)
  for (const { name, address: source } of nodes) {
    yield { kind: 'proxy', netns, name, for: id, config: { ...config, nodes: names, source } }
  }
}
