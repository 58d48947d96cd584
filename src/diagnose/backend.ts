import { contains } from '../model/address.ts'
import {
  find,
  get,
  type Backend,
  type Id,
  type Listener,
  type LoadBalancer,
  type Model,
  type NatGateway,
  type Resource,
  type Subnet,
  vpcOf,
} from '../model/model.ts'
import { privateAddressesOf } from '../model/node.ts'
import { matching, routeFor, type Route } from '../model/route-choice.ts'
import { admits, admitsAnyone, type Flow } from './admission.ts'
import { tablesOf } from './balancer-tables.ts'
import type { Finding, FindingCode } from './finding.ts'

/** What a balancer's own checks say of a backend; a part of what the API shows. */
interface ObservedBackend {
  readonly state: 'active' | 'unavailable' | 'abnormal' | 'draining' | 'disabled'
  readonly reason: string
  readonly seenAs: readonly string[]
}

/** What the machines said; everything may be unknown. */
export interface Facts {
  readonly backendStatus?: ObservedBackend | undefined
  /** Whether the machine was brought to the newest live version. */
  readonly synced?: boolean | undefined
  /** What a machine could not do, by resource. */
  readonly failures?: Readonly<Record<Id, string>> | undefined
}

/**
 * Why a backend does not serve, in the order of a packet's way: the first finding is what is wrong. Empty when nothing
 * is. The model is asked first, as it knows the reason; then the machines, who know the symptom.
 */
export function diagnoseBackend(model: Model, balancerId: Id, backendId: Id, facts: Facts = {}): Finding[] {
  const balancer = get(model, 'load-balancer', balancerId)
  const [listener, backend] = backendOf(balancer.draft, backendId) ?? backendOf(balancer.live, backendId) ?? []
  if (!listener || !backend) throw new Error(`${balancerId} has no backend ${backendId}`)
  const found = [...staging(balancer, listener, backend), ...wayTo(model, balancer, backend)]
  const observed = found.length > 0 ? [] : said(model, balancer, listener, backend, facts)
  return [...found, ...observed, ...clients(model, balancer, listener)]
}

/** Why a balancer does not serve at all: its first backend's findings, or what it lacks. */
export function diagnoseBalancer(
  model: Model,
  balancerId: Id,
  factsOf: (backend: Id) => Facts = () => ({}),
): Finding[] {
  const balancer = get(model, 'load-balancer', balancerId)
  const empty = balancer.draft.listeners.find(l => l.backends.length === 0)
  if (balancer.draft.listeners.length === 0) return [finding('no-listener', balancer)]
  if (empty) return [finding('no-backend', balancer, { listener: childLabel(empty) })]
  const backends = balancer.draft.listeners.flatMap(l => l.backends)
  return backends.map(b => diagnoseBackend(model, balancerId, b.id, factsOf(b.id))).find(list => list.length > 0) ?? []
}

/** What is switched off, or was forgotten to be applied, in the balancer itself. */
function* staging(balancer: LoadBalancer, listener: Listener, backend: Backend): Iterable<Finding> {
  if (balancer.now.power === 'off') yield finding('balancer-off', balancer)
  const live = backendOf(balancer.live, backend.id)
  if (!live || !sameTarget(live[1], backend) || live[0].enabled !== listener.enabled) {
    yield finding('balancer-not-applied', balancer, { child: childLabel(live ? listener : backend) })
  } else {
    if (!live[0].enabled) yield finding('listener-disabled', balancer, { child: childLabel(listener) })
    if (!live[1].enabled) yield finding('backend-disabled', balancer, { child: childLabel(backend) })
  }
}

function sameTarget(a: Backend, b: Backend): boolean {
  return a.address === b.address && a.server === b.server && a.port === b.port && a.enabled === b.enabled
}

/** What stops a packet on its way from the balancer to the backend. */
function wayTo(model: Model, balancer: LoadBalancer, backend: Backend): Finding[] {
  const address = addressOf(model, backend)
  if (address === null) return [finding('server-in-no-network', get(model, 'server', backend.server ?? ''))]
  const subnet = find(model, 'subnet', balancer.now.subnet)
  if (!subnet) return [finding('no-subnet', balancer, { address })]
  const out = through(model, balancer, balancer.live.securityGroup, {
    direction: 'egress',
    port: backend.port,
    peer: address,
  })
  const vpc = get(model, 'vpc', subnet.now.vpc!)
  if (vpc.now.power === 'off') return [...out, finding('router-off', vpc)]
  const to = { address, port: backend.port }
  const beyond = privateAddressesOf(balancer)
    .map(from =>
      contains(vpc.now.cidr, address)
        ? [...intoServer(model, balancer, backend, from, address)]
        : outside(model, balancer, subnet, from, to),
    )
    .find(found => found.length > 0)
  return [...out, ...(beyond ?? [])]
}

/** What stops a packet of one node on its way out of the VPC. */
function outside(model: Model, balancer: LoadBalancer, subnet: Subnet, from: string, to: Target): Finding[] {
  const route = tablesOf(model, balancer)
    .map(table => routeFor(table.live, from, to.address))
    .find(each => each !== undefined)
  if (!route) return [missingRoute(model, balancer, from, to.address)]
  return [...overHop(model, subnet, route, from, to)]
}

interface Target {
  readonly address: string
  readonly port: number
}

/** What the NAT gateway or the router that a route names has against the packet. */
function* overHop(model: Model, subnet: Subnet, route: Route, from: string, to: Target): Iterable<Finding> {
  const { nextHop } = route
  if (nextHop.type === 'address') return
  const hop = nextHop.type === 'router' ? get(model, 'vpc', nextHop.id) : get(model, 'nat-gateway', nextHop.id)
  if (hop.kind === 'nat-gateway') yield* translation(model, hop, subnet)
  else if (hop.now.type === 'free') yield finding('router-free', hop)
  else if (!hop.now.eip) yield finding('router-without-eip', hop)
  yield* through(model, hop, hop.live.securityGroup, { direction: 'ingress', port: to.port, peer: from })
  yield* through(model, hop, hop.live.securityGroup, { direction: 'egress', port: to.port, peer: to.address })
}

function* intoServer(
  model: Model,
  balancer: LoadBalancer,
  backend: Backend,
  from: string,
  address: string,
): Iterable<Finding> {
  const server = find(model, 'server', backend.server) ?? serverAt(model, balancer, address)
  if (!server) return
  if (server.now.power === 'off') yield finding('server-off', server)
  const flow: Flow = { direction: 'ingress', port: backend.port, peer: from }
  yield* through(model, server, server.now.securityGroup, flow)
}

function serverAt(model: Model, balancer: LoadBalancer, address: string) {
  const vpc = vpcOf(model, balancer)
  for (const member of model.members.get(vpc ?? '')?.values() ?? []) {
    if (member.kind === 'server' && member.now.address === address) return member
  }
  return undefined
}

/** Which table lacks the route, and why: drafted but not applied, disabled, or not there at all. */
function missingRoute(model: Model, balancer: LoadBalancer, source: string, address: string): Finding {
  const tables = tablesOf(model, balancer)
  const drafted = tables.find(t => routeFor(t.draft, source, address))
  if (drafted) return finding('route-not-applied', drafted, { address })
  const disabled = tables.find(t => matching(t.live, source, address).length > 0)
  if (disabled) return finding('route-disabled', disabled, { address })
  return finding('no-route', tables.at(-1) ?? balancer, { address })
}

/** What keeps a NAT gateway from translating what comes from a subnet's balancers. */
function translation(model: Model, gateway: NatGateway, subnet: Subnet): Finding[] {
  const values = { subnet: label(subnet) }
  const { snatRules } = gateway.live
  const covers = (rule: { readonly target: Id }) => rule.target === subnet.id
  const serves = (rule: { readonly target: Id; readonly enabled: boolean }) => covers(rule) && rule.enabled
  const forServer = (rule: { readonly target: Id }) => find(model, 'server', rule.target)?.now.subnet === subnet.id
  if (gateway.now.power === 'off') return [finding('nat-gateway-off', gateway)]
  if (gateway.now.eips.length === 0) return [finding('nat-gateway-without-eip', gateway, values)]
  if (snatRules.some(serves)) return []
  if (gateway.draft.snatRules.some(serves)) return [finding('snat-rule-not-applied', gateway, values)]
  if (snatRules.some(covers)) return [finding('snat-rule-disabled', gateway, values)]
  return [finding(snatRules.some(forServer) ? 'snat-rule-for-servers-only' : 'no-snat-rule', gateway, values)]
}

/** What a resource's group has against a flow. */
function through(model: Model, user: Resource, groupId: Id, flow: Flow): Finding[] {
  const group = get(model, 'security-group', groupId)
  if (admits(model, group.live, flow)) return []
  const values = { user: label(user), port: String(flow.port), address: flow.peer ?? '' }
  if (admits(model, group.draft, flow)) return [finding('group-not-applied', group, values)]
  return [finding(flow.direction === 'ingress' ? 'group-refuses' : 'group-refuses-egress', group, values)]
}

/** What keeps clients from the listener though its backends may be well. */
function clients(model: Model, balancer: LoadBalancer, listener: Listener): Finding[] {
  const group = get(model, 'security-group', balancer.live.securityGroup)
  const closed = through(model, balancer, group.id, { direction: 'ingress', port: listener.port, peer: null })
  const live = balancer.live.listeners.find(each => each.id === listener.id)
  if (closed.length > 0 || !live || admitsAnyone(model, group.live, live)) return closed
  const { allow, deny } = live
  const values = { child: childLabel(live), group: label(group), allow: allow.join(' '), deny: deny.join(' ') }
  const drafted = admitsAnyone(model, group.live, listener)
  return [finding(drafted ? 'lists-not-applied' : 'lists-refuse', balancer, values)]
}

/** What the machines say, where the model has no reason. */
function* said(
  model: Model,
  balancer: LoadBalancer,
  listener: Listener,
  backend: Backend,
  facts: Facts,
): Iterable<Finding> {
  for (const id of [balancer.id, balancer.now.subnet, find(model, 'subnet', balancer.now.subnet)?.now.vpc]) {
    const reason = id && facts.failures?.[id]
    if (reason)
      yield finding('machine-failed', get(model, model.resources.get(id)?.kind ?? 'vpc', id) as Resource, { reason })
  }
  if (facts.synced === false) yield finding('not-synced', balancer)
  const status = facts.backendStatus
  if (!status || ['active', 'draining', 'disabled'].includes(status.state)) return
  yield finding(status.state === 'abnormal' && !status.reason ? 'checking' : codeOf(status), balancer, {
    address: addressOf(model, backend) ?? '',
    port: String(backend.port),
    reason: status.reason,
    rise: String(listener.check.rise),
    seenAs: status.seenAs.join(', '),
  })
}

function codeOf({ reason }: ObservedBackend): FindingCode {
  if (/refused|port unreachable/i.test(reason)) return 'refused'
  if (/time(d )?\s*out/i.test(reason)) return 'timeout'
  if (/HTTP/i.test(reason)) return 'bad-answer'
  return reason ? 'check-failed' : 'checking'
}

function backendOf(version: LoadBalancer['live'], id: Id): readonly [Listener, Backend] | undefined {
  for (const listener of version.listeners) {
    const backend = listener.backends.find(each => each.id === id)
    if (backend) return [listener, backend]
  }
  return undefined
}

/** Where a backend is; null for a server that is in no network. */
function addressOf(model: Model, backend: Backend): string | null {
  return backend.address ?? get(model, 'server', backend.server ?? '').now.address
}

function finding(code: FindingCode, resource: Resource, values: Finding['values'] = {}): Finding {
  return { code, resource: resource.id, values: { it: label(resource), ...values } }
}

function label({ name, id }: Resource): string {
  return name ? `${name} (${id})` : id
}

function childLabel({ name, id }: { readonly name: string; readonly id: Id }): string {
  return name ? `${name} (${id})` : id
}
