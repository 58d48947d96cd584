import { contains, overlaps } from '../model/address.ts'
import { portsOf, type Words } from '../model/define.ts'
import {
  find,
  vpcOf,
  type Id,
  type Model,
  type NatGateway,
  type RouteTable,
  type SecurityGroup,
} from '../model/model.ts'
import { natSizes } from '../compile/nat-gateway.ts'
import { portsOfAddress } from './snat.ts'

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
      return resource.draft.listeners.flatMap(({ id: at, port, lastPort, check }): Trap[] => {
        if (check.protocol === 'none') return [{ code: 'unchecked', at, values: {} }]
        if (lastPort === null) return []
        return [{ code: 'unchecked-ports', at, values: { port: String(port), lastPort: String(lastPort) } }]
      })
    default:
      return []
  }
}

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
