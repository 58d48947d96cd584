import { contains } from '../../model/address.ts'
import {
  eipsAt,
  find,
  get,
  all,
  isJoined,
  type JoinedSubnet,
  type LoadBalancer,
  type Model,
  type NatGateway,
  type RouteTable,
  type Server,
  type Vpc,
} from '../../model/model.ts'
import { matching, routeFor, type Route } from '../../model/route-choice.ts'
import type { Arrival, Protocol } from './admission.ts'
import { arriving } from './arrival.ts'
import { tablesOf } from './balancer-tables.ts'
import { enteringBy } from './entrance.ts'
import { found, labelOf, type Finding } from './finding.ts'
import { groupOf, through } from './groups.ts'
import {
  applying,
  binding,
  enabling,
  leading,
  leadingOut,
  lettingOut,
  retyping,
  starting,
  translating,
} from './repairs.ts'

/** Whoever sends from within a VPC. */
export type Sender = LoadBalancer | Server

/** Where a flow is to get. */
export interface Target {
  readonly address: string
  readonly protocol: Protocol
  /** Of ICMP it is the type. */
  readonly port: number
}

/** What stops a flow of one of a sender's addresses on its way, in the order of the way. The sender is in a subnet of a VPC. */
export function wayOf(model: Model, sender: Sender, from: string, to: Target): Finding[] {
  const subnet = find(model, 'subnet', sender.now.subnet)
  if (!subnet || !isJoined(subnet)) return []
  const { address, protocol, port } = to
  const out = through(model, sender, { direction: 'egress', protocol, port, peer: address })
  const vpc = get(model, 'vpc', subnet.now.vpc)
  if (vpc.now.power === 'off') return [...out, found('router-off', vpc, {}, starting(vpc))]
  const arrival: Arrival = { source: from, ...to, admit: admitted(model, sender, subnet, port) }
  if (contains(vpc.now.cidr, address)) return [...out, ...arriving(model, vpc, arrival)]
  return [...out, ...outside(model, { sender, subnet, vpc, from, arrival })]
}

/** A flow that leaves its VPC. */
interface Leaving {
  readonly sender: Sender
  readonly subnet: JoinedSubnet
  readonly vpc: Vpc
  readonly from: string
  readonly arrival: Arrival
}

/** Whom a rule on the way would admit: the subnet, or anybody where the same rule lets clients into the balancer. */
function admitted(model: Model, sender: Sender, subnet: JoinedSubnet, port: number) {
  const doors = sender.kind === 'load-balancer' ? sender.live.listeners.map(listener => listener.port) : []
  const own = groupOf(model, sender).id
  return (group: string) => (group === own && doors.includes(port) ? null : subnet.now.cidr)
}

function outside(model: Model, leaving: Leaving): Finding[] {
  const { sender, subnet, vpc, from, arrival } = leaving
  if (sender.kind === 'server' && sender.now.eip !== null) {
    return beyond(model, seenAs(arrival, get(model, 'eip', sender.now.eip).now.address))
  }
  const tables = tablesFor(model, sender, subnet)
  const route = tables
    .map(table => ({ table, route: routeFor(table.live, from, arrival.address) }))
    .find(each => each.route !== undefined)
  if (route?.route) return overHop(model, leaving, route.table, route.route.nextHop)
  const isServed = sender.kind === 'server' && vpc.now.type !== 'free' && vpc.now.eip !== null
  if (isServed) return byRouter(model, leaving)
  return [missingRoute(model, leaving, tables)]
}

function tablesFor(model: Model, sender: Sender, subnet: JoinedSubnet): RouteTable[] {
  return sender.kind === 'load-balancer' ? tablesOf(model, sender) : [get(model, 'route-table', subnet.now.routeTable)]
}

/** Which table lacks the route, and why: drafted but not applied, disabled, in another one, or not there at all. */
function missingRoute(
  model: Model,
  { sender, subnet, vpc, from, arrival }: Leaving,
  tables: readonly RouteTable[],
): Finding {
  const { address } = arrival
  const drafted = tables.find(t => routeFor(t.draft, from, address))
  if (drafted) return found('route-not-applied', drafted, { address }, applying(drafted))
  for (const table of tables) {
    const [disabled] = matching(table.live, from, address)
    if (disabled) return found('route-disabled', table, { address }, enabling(table, 'routes', disabled.id))
  }
  const table = tables.at(-1)!
  const destination = `${address}/32`
  const other = elsewhere(model, vpc, tables, from, address)
  if (other) {
    const values = { address, other: labelOf(other.table), subnet: labelOf(subnet) }
    return found('route-in-other-table', table, values, leading(model, table, destination, other.nextHop))
  }
  if (sender.kind === 'load-balancer') {
    return found('no-route', table, { address }, leadingOut(model, vpc, table, destination))
  }
  const values = { address, subnet: labelOf(subnet), vpc: labelOf(vpc) }
  return found('no-way-out', table, values, lettingOut(model, vpc, table, destination))
}

/** A route to an address in a table of the VPC that is not asked. */
function elsewhere(model: Model, vpc: Vpc, asked: readonly RouteTable[], from: string, address: string) {
  for (const table of model.members.get(vpc.id)?.values() ?? []) {
    if (table.kind !== 'route-table' || asked.some(each => each.id === table.id)) continue
    const route = routeFor(table.live, from, address) ?? routeFor(table.draft, from, address)
    if (route) return { table, nextHop: route.nextHop }
  }
  return undefined
}

/** What the next hop of a route has against a flow. */
function overHop(model: Model, leaving: Leaving, table: RouteTable, nextHop: Route['nextHop']): Finding[] {
  switch (nextHop.type) {
    case 'router':
      return byRouter(model, leaving)
    case 'nat-gateway':
      return byGateway(model, leaving, get(model, 'nat-gateway', nextHop.id))
    case 'address': {
      const hop = nextHop.address
      const values = { address: leaving.arrival.address, hop }
      const there = memberAt(model, leaving.vpc, hop)
      if (!there) return [found('hop-absent', table, values)]
      if (there.kind !== 'server') return []
      if (there.now.power === 'off') return [found('server-off', there, {}, starting(there))]
      // What it brought with it may forward; our own namespaces do not.
      const forwards = there.now.attach.type !== 'namespace'
      return forwards ? [] : [found('hop-does-not-forward', table, { ...values, server: labelOf(there) })]
    }
  }
}

function memberAt(model: Model, vpc: Vpc, address: string) {
  return [...(model.members.get(vpc.id)?.values() ?? [])].find(
    member =>
      (member.kind === 'server' || member.kind === 'nic' || member.kind === 'vip') && member.now.address === address,
  )
}

function byRouter(model: Model, leaving: Leaving): Finding[] {
  const { vpc, from, arrival } = leaving
  if (vpc.now.type === 'free') return [found('router-free', vpc, {}, retyping(model, vpc))]
  if (vpc.now.eip === null) return [found('router-without-eip', vpc, {}, binding(model, vpc))]
  const source = get(model, 'eip', vpc.now.eip).now.address
  return [...passing(model, vpc, from, arrival), ...beyond(model, seenAs(arrival, source))]
}

function byGateway(model: Model, { sender, subnet, from, arrival }: Leaving, gateway: NatGateway): Finding[] {
  const rules = gateway.live.snatRules.filter(({ enabled }) => enabled)
  const rule = rules.find(each => each.target === sender.id) ?? rules.find(each => each.target === subnet.id)
  // Whoever is one of several out there must be let in, whichever it is.
  const sources = (rule?.eips ?? []).filter(id => gateway.now.eips.includes(id))
  const shut = sources
    .map(id => beyond(model, seenAs(arrival, get(model, 'eip', id).now.address)))
    .find(list => list.length > 0)
  return [...translation(model, gateway, subnet, sender), ...passing(model, gateway, from, arrival), ...(shut ?? [])]
}

/** A flow that was translated: beyond, nobody knows the private network that it came from. */
function seenAs(arrival: Arrival, source: string): Arrival {
  return { ...arrival, source, admit: group => arrival.admit(group) && `${source}/32` }
}

/** What the group of a router or a NAT gateway has against a flow that comes from within. */
function passing(model: Model, hop: NatGateway | Vpc, from: string, arrival: Arrival): Finding[] {
  const { protocol, port, address } = arrival
  const admit = arrival.admit(groupOf(model, hop).id)
  return [
    ...through(model, hop, { direction: 'ingress', protocol, port, peer: from, admit }),
    ...through(model, hop, { direction: 'egress', protocol, port, peer: address }),
  ]
}

/** What keeps a NAT gateway from translating what a sender in a subnet sends. */
function translation(model: Model, gateway: NatGateway, subnet: JoinedSubnet, sender: Sender): Finding[] {
  const values = { subnet: labelOf(subnet) }
  const { snatRules } = gateway.live
  const covers = (rule: { readonly target: string }) => rule.target === subnet.id || rule.target === sender.id
  type Rule = NatGateway['live']['snatRules'][number]
  // A rule may outlive its addresses.
  const isHeld = ({ eips }: Rule) => eips.some(eip => gateway.now.eips.includes(eip))
  const serves = (rule: Rule) => covers(rule) && rule.enabled && isHeld(rule)
  const forServer = (rule: { readonly target: string }) => find(model, 'server', rule.target)?.now.subnet === subnet.id
  if (gateway.now.power === 'off') return [found('nat-gateway-off', gateway, {}, starting(gateway))]
  const repair = translating(model, gateway, subnet)
  if (gateway.now.eips.length === 0) return [found('nat-gateway-without-eip', gateway, values, repair)]
  if (snatRules.some(serves)) return []
  if (gateway.draft.snatRules.some(serves)) return [found('snat-rule-not-applied', gateway, values, applying(gateway))]
  const disabled = snatRules.find(covers)
  if (disabled) return [found('snat-rule-disabled', gateway, values, enabling(gateway, 'snatRules', disabled.id))]
  return [found(snatRules.some(forServer) ? 'snat-rule-for-servers-only' : 'no-snat-rule', gateway, values, repair)]
}

/** What awaits a flow outside: nothing that is known, unless the address is one of ours. */
function beyond(model: Model, arrival: Arrival): Finding[] {
  const [id] = eipsAt(model, arrival.address)
  if (id !== undefined) return enteringBy(model, get(model, 'eip', id), arrival)
  const zone = [...all(model, 'zone')].find(({ now }) =>
    now.pools.some(pool => pool.addresses.some(prefix => contains(prefix, arrival.address))),
  )
  const isReserved = zone?.now.pools.some(pool => pool.reserved.includes(arrival.address))
  return zone && !isReserved ? [found('address-unassigned', zone, { address: arrival.address })] : []
}
