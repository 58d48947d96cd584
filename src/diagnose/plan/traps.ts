import { contains, overlaps } from '../../model/address.ts'
import { portsOf, type Words } from '../../model/define.ts'
import {
  find,
  vpcOf,
  type Id,
  type LoadBalancer,
  type Model,
  type NatGateway,
  type RouteTable,
  type SecurityGroup,
  type Vpc,
} from '../../model/model.ts'
import { routeFor } from '../../model/route-choice.ts'
import { natSizes, portsOfAddress } from '../../compile/nat-gateway.ts'
import { tablesOf } from '../cause/balancer-tables.ts'
import { anyMachine } from '../trace/scene.ts'

/** Something about a draft that is allowed and probably not meant. */
export interface Trap {
  readonly code: TrapCode
  /** The child that it is about; the resource itself where it is none. */
  readonly at: Id
  readonly values: Readonly<Record<string, string>>
}

/** What of a resource's draft is probably not meant. */
export function trapsOf(model: Model, id: Id): Trap[] {
  const resource = model.resources.get(id)
  switch (resource?.kind) {
    case 'security-group':
      return [...shadowedRules(model, resource)]
    case 'route-table':
      return [...hiddenRoutes(model, resource)]
    case 'nat-gateway':
      return [...scarcePorts(resource)]
    case 'load-balancer':
      return [...unchecked(resource), ...portsOfBackends(model, resource)]
    case 'vpc':
      return [...largePackets(resource)]
    default:
      return []
  }
}

/** Backends and ports of backends that nobody asks whether they serve. */
function* unchecked({ draft }: LoadBalancer): Iterable<Trap> {
  for (const { id: at, port, lastPort, check } of draft.listeners) {
    if (check.protocol === 'none') yield { code: 'unchecked', at, values: {} }
    else if (lastPort !== null)
      yield { code: 'unchecked-ports', at, values: { port: String(port), lastPort: String(lastPort) } }
  }
}

/** A balancer that may have more connections than there are ports for them to its backends on the internet. */
function* portsOfBackends(model: Model, balancer: LoadBalancer): Iterable<Trap> {
  const vpc = find(model, 'vpc', vpcOf(model, balancer))
  const backends = balancer.draft.listeners.flatMap(({ enabled, backends: list }) => (enabled ? list : []))
  const isInside = (address: string | null) => address === null || !vpc || contains(vpc.now.cidr, address)
  // Whoever has a backend inside is not held to ports.
  if (!vpc || backends.length === 0 || backends.some(({ address }) => isInside(address))) return
  const places = new Map(backends.map(({ address, port }) => [`${address}:${port}`, address ?? '']))
  const counts = [...places.values()].map(address => waysOut(model, balancer, vpc, address))
  if (counts.includes(0)) return
  const most = counts.reduce((sum, count) => sum + count * portsOfAddress, 0)
  const { maxConnections } = balancer.now
  if (most >= maxConnections) return
  yield {
    code: 'scarce-backend-ports',
    at: balancer.id,
    values: { most: String(most), connections: String(maxConnections) },
  }
}

/** How many public addresses what a balancer sends to an address may have; 0 where that is not known. */
function waysOut(model: Model, balancer: LoadBalancer, vpc: Vpc, address: string): number {
  const from = balancer.now.address ?? ''
  const tables = tablesOf(model, balancer)
  const { nextHop } = tables.map(table => routeFor(table.live, from, address)).find(route => route !== undefined) ?? {}
  if (nextHop?.type === 'router') return vpc.now.eip === null ? 0 : 1
  if (nextHop?.type !== 'nat-gateway') return 0
  const rules = find(model, 'nat-gateway', nextHop.id)?.live.snatRules ?? []
  return rules.find(rule => rule.enabled && rule.target === balancer.now.subnet)?.eips.length ?? 0
}

/** Servers that are told to send packets which no link carries. */
function* largePackets({ draft }: Vpc): Iterable<Trap> {
  for (const { id: at, enabled, options } of draft.dhcpOptions) {
    const told = options.map(option => /^(?:interface-)?mtu=(\d+)$/.exec(option)?.[1]).find(mtu => mtu !== undefined)
    if (enabled && Number(told) > linkMtu)
      yield { code: 'mtu', at, values: { mtu: String(told), most: String(linkMtu) } }
  }
}

const linkMtu = anyMachine.mtu

type Rule = SecurityGroup['draft']['rules'][number]

/** Rules that never decide, as one that is asked before says something about all that they are about. */
function* shadowedRules(model: Model, { draft }: SecurityGroup): Iterable<Trap> {
  const rules = draft.rules
    .filter(rule => rule.enabled)
    .toSorted((a, b) => a.priority - b.priority || Number(a.action === 'accept') - Number(b.action === 'accept'))
  for (const [i, rule] of rules.entries()) {
    const by = rules.slice(0, i).find(other => covers(model, other, rule))
    if (by) yield { code: 'rule-shadowed', at: rule.id, values: { rule: labelOf(rule), by: labelOf(by) } }
  }
}

function covers(model: Model, wide: Rule, narrow: Rule): boolean {
  if (wide.direction !== narrow.direction) return false
  if (wide.protocol !== 'all' && wide.protocol !== narrow.protocol) return false
  if (wide.protocol === 'icmp' && (wide.icmpType !== narrow.icmpType || wide.icmpCode !== narrow.icmpCode)) {
    return wide.icmpType === null
  }
  const [ports, peers] = [membersOf(model, wide.ports), membersOf(model, wide.peer)]
  const [theirPorts, theirPeers] = [membersOf(model, narrow.ports), membersOf(model, narrow.peer)]
  return (
    (ports === null || theirPorts?.every(range => ports.some(each => holds(each, range))) === true) &&
    (peers === null || theirPeers?.every(prefix => peers.some(each => contains(each, prefix))) === true)
  )
}

function holds(outer: string, inner: string): boolean {
  const [[a, b], [from, to]] = [portsOf(outer), portsOf(inner)]
  return a <= from && to <= b
}

/** What a rule's attribute stands for; null for anything. */
function membersOf(model: Model, value: string | null): readonly string[] | null {
  if (value === null || value === '0.0.0.0/0') return null
  return find(model, 'ip-set', value)?.live.members ?? [value]
}

/** Routes that never count, and routes that take a part of another one's traffic somewhere else. */
function* hiddenRoutes(model: Model, table: RouteTable): Iterable<Trap> {
  const local = find(model, 'vpc', vpcOf(model, table))?.now.cidr
  const routes = table.draft.routes.filter(route => route.enabled)
  for (const { id: at, destination, nextHop } of routes) {
    if (local !== undefined && overlaps(local, destination) && contains(local, destination)) {
      yield { code: 'route-local', at, values: { destination, local } }
      continue
    }
    const wider = routes.find(
      other =>
        other.id !== at &&
        other.destination !== destination &&
        other.destination !== '0.0.0.0/0' &&
        contains(other.destination, destination) &&
        JSON.stringify(other.nextHop) !== JSON.stringify(nextHop),
    )
    if (wider) yield { code: 'route-hides', at, values: { destination, wider: wider.destination } }
  }
}

/** A gateway whose size allows more connections than its addresses have ports, where all go to one destination. */
function* scarcePorts({ now, draft }: NatGateway): Iterable<Trap> {
  const { connections } = natSizes[now.size]
  for (const { id: at, eips, enabled } of draft.snatRules) {
    const held = eips.filter(eip => now.eips.includes(eip)).length
    if (!enabled || held === 0 || held * portsOfAddress >= connections) continue
    const values = { most: String(held * portsOfAddress), connections: String(connections) }
    yield { code: 'scarce-ports', at, values }
  }
}

function labelOf({ id, name }: { readonly id: Id; readonly name: string }): string {
  return name ? `${name} (${id})` : id
}

/** Everything that may be found, in one table. */
const traps = {
  'rule-shadowed': {
    en: 'rule {rule} never decides: {by} is asked before and covers it',
    zh: '规则 {rule} 永远不会生效：{by} 优先匹配且已覆盖它',
  },
  'route-local': {
    en: 'the route to {destination} never counts: it lies in {local}, which is reached directly',
    zh: '到 {destination} 的路由不会生效：它位于直连网段 {local} 之内',
  },
  'route-hides': {
    en: 'the route to {destination} takes a part of what the one to {wider} leads elsewhere',
    zh: '到 {destination} 的路由会覆盖 {wider} 的一部分，且下一跳不同',
  },
  unchecked: {
    en: 'its backends are not checked: one that is down gets traffic all the same',
    zh: '未配置健康检查：后端失效后仍会收到流量',
  },
  'unchecked-ports': {
    en: 'of ports {port} to {lastPort} only the first is checked',
    zh: '端口 {port}–{lastPort} 中只检查第一个',
  },
  'scarce-ports': {
    en: 'its addresses have {most} ports for one destination, fewer than the {connections} connections of its size: add public IPs to the rule',
    zh: '该规则的公网 IP 对同一目标最多 {most} 个端口，少于规格允许的 {connections} 个连接：请为规则增加公网 IP',
  },
  'scarce-backend-ports': {
    en: 'source NAT has {most} ports for connections to its backends, fewer than the {connections} that it may have: bind more public IPs to the SNAT rule, or add backends',
    zh: '源地址转换对其后端最多提供 {most} 个端口，少于它允许的 {connections} 个连接：请为 SNAT 规则增加公网 IP，或增加后端',
  },
  mtu: {
    en: 'tells the server to send packets of {mtu} bytes; links carry {most}, so larger ones are lost',
    zh: '告知云服务器发送 {mtu} 字节的数据包，但链路最大为 {most}，更大的数据包会丢失',
  },
  'answers-lost': {
    en: 'what comes from {from} gets to {to}, but answers do not get back: the ways there and back differ',
    zh: '来自 {from} 的流量可到达 {to}，但应答无法返回：往返路径不一致',
  },
} as const satisfies Readonly<Record<string, Words>>

type TrapCode = keyof typeof traps

/** A trap as a sentence. */
export function trapText({ code, values }: Trap, language: keyof Words): string {
  return traps[code][language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
