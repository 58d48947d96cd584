import { contains, parseCidr } from '../../src/model/address.ts'
import { portsOf } from '../../src/model/define.ts'
import {
  find,
  get,
  type Id,
  type LoadBalancer,
  type Model,
  type RouteTable,
  type Subnet,
} from '../../src/model/model.ts'

type Route = RouteTable['live']['routes'][number]

/** Whether a group lets a new TCP flow through, read from its rules as a person would. */
export function admits(model: Model, group: Id, direction: 'ingress' | 'egress', peer: string, port: number): boolean {
  const deciding = get(model, 'security-group', group).live.rules.filter(
    rule =>
      rule.enabled &&
      rule.direction === direction &&
      (rule.protocol === 'all' || rule.protocol === 'tcp') &&
      (rule.ports === null ||
        anyOf(model, rule.ports, range => portsOf(range)[0] <= port && port <= portsOf(range)[1])) &&
      (rule.peer === null || anyOf(model, rule.peer, prefix => contains(prefix, peer))),
  )
  if (deciding.length === 0) return direction === 'egress'
  const first = Math.min(...deciding.map(rule => rule.priority))
  return deciding.filter(rule => rule.priority === first).every(rule => rule.action === 'accept')
}

/** Whether a client of the internet may begin a TCP flow to a port of a balancer, as its group and the lists of its listeners say. */
export function admitsClient(model: Model, { live }: LoadBalancer, peer: string, port: number): boolean {
  const holds = (list: readonly string[]) => list.some(prefix => contains(prefix, peer))
  return (
    admits(model, live.securityGroup, 'ingress', peer, port) &&
    live.listeners
      .filter(each => each.enabled && each.protocol !== 'udp')
      .filter(each => each.port <= port && port <= (each.lastPort ?? each.port))
      .every(({ allow, deny }) => !holds(deny) && (allow.length === 0 || holds(allow)))
  )
}

function anyOf(model: Model, value: string, holds: (text: string) => boolean): boolean {
  return (find(model, 'ip-set', value)?.live.members ?? [value]).some(holds)
}

/** The sources that a host on the internet may see of a connection from an address of a balancer; empty where none gets there. */
export function seenOutside(
  model: Model,
  balancer: LoadBalancer,
  to: string,
  port: number,
  from = balancer.now.address,
): ReadonlySet<string> {
  const none = new Set<string>()
  const subnet = find(model, 'subnet', balancer.now.subnet)
  if (!subnet || from === null) return none
  const vpc = get(model, 'vpc', subnet.now.vpc!)
  const running = balancer.now.power === 'on' && vpc.now.power === 'on'
  if (!running || !admits(model, balancer.live.securityGroup, 'egress', to, port)) return none
  const tables = [balancer.now.routeTable, subnet.now.routeTable].filter(id => id !== null)
  const nextHop = tables.map(id => chosen(get(model, 'route-table', id), from, to)).find(route => route)?.nextHop
  if (nextHop?.type === 'router') {
    const shared = vpc.now.type === 'free' ? undefined : find(model, 'eip', vpc.now.eip)
    const passes = (direction: 'ingress' | 'egress', peer: string) =>
      admits(model, vpc.live.securityGroup, direction, peer, port)
    return shared && passes('ingress', from) && passes('egress', to) ? new Set([shared.now.address]) : none
  }
  return nextHop?.type === 'nat-gateway' ? translated(model, nextHop.id, subnet, from, to, port) : none
}

function translated(model: Model, id: Id, subnet: Subnet, from: string, to: string, port: number): ReadonlySet<string> {
  const { now, live } = get(model, 'nat-gateway', id)
  const passes = (direction: 'ingress' | 'egress', peer: string) =>
    admits(model, live.securityGroup, direction, peer, port)
  if (now.power === 'off' || !passes('ingress', from) || !passes('egress', to)) return new Set()
  const rules = live.snatRules.filter(rule => rule.enabled && rule.target === subnet.id)
  // Several rules for one subnet: the first that still has an address.
  const held = rules
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(rule => rule.eips.filter(eip => now.eips.includes(eip)))
    .find(eips => eips.length > 0)
  return new Set((held ?? []).map(eip => get(model, 'eip', eip).now.address))
}

/** The route of a table for a packet: the longest destination, then the narrowest source. */
function chosen(table: RouteTable, from: string, to: string): Route | undefined {
  const bits = (prefix: string | null) => (prefix === null ? -1 : parseCidr(prefix).bits)
  return table.live.routes
    .filter(
      each => each.enabled && contains(each.destination, to) && (each.source === null || contains(each.source, from)),
    )
    .toSorted((a, b) => bits(b.destination) - bits(a.destination) || bits(b.source) - bits(a.source))[0]
}
