import { addressText, contains, overlaps, parseCidr } from '../../model/address.ts'
import { portsOf } from '../../model/define.ts'
import { find, type Listener, type Model, type SecurityGroup } from '../../model/model.ts'

export type GroupRule = SecurityGroup['live']['rules'][number]

/** A new flow as a group sees it: its port, and the other side's address; null asks whether any other side at all may. */
export interface Flow {
  readonly direction: 'ingress' | 'egress'
  /** TCP when left out. */
  readonly protocol?: Protocol
  /** Of ICMP it is the type. */
  readonly port: number
  readonly peer: string | null
}

/** A flow as it comes to where it is to be let in. */
export interface Arrival {
  /** Where it comes from; null for anybody on the internet. */
  readonly source: string | null
  readonly address: string
  readonly protocol: Protocol
  readonly port: number
  /** Whom a new rule of a group would admit: a prefix; null for anybody. */
  readonly admit: (group: string) => string | null
}

export type Protocol = 'tcp' | 'udp' | 'icmp'

/** The type of ICMP that a ping sends. */
export const echoRequest = 8

/** Whether a version of a group lets a new flow pass. */
export function admits(model: Model, version: SecurityGroup['live'], flow: Flow): boolean {
  const rule = decidingRule(model, version, flow)
  return rule ? rule.action === 'accept' : flow.direction === 'egress'
}

/** The rule that decides on a new flow: smaller priority first, drop wins at a tie; undefined where none has a say. */
export function decidingRule(model: Model, version: SecurityGroup['live'], flow: Flow): GroupRule | undefined {
  return version.rules
    .filter(rule => rule.enabled && rule.direction === flow.direction && speaks(model, rule, flow))
    .sort((a, b) => a.priority - b.priority || dropFirst(a) - dropFirst(b))
    .at(0)
}

/** Whether there is any client at all whom both a group and the lists of a listener let in. */
export function admitsAnyone(model: Model, version: SecurityGroup['live'], listener: Listener): boolean {
  const { allow, deny, port, protocol } = listener
  const peers = version.rules.flatMap(rule => membersOf(model, rule.peer) ?? [])
  // Between these nothing changes.
  const borders = new Set([...allow, ...deny, ...peers].map(parseCidr).flatMap(({ first, last }) => [first, last + 1]))
  return [0, ...borders]
    .filter(number => number <= lastAddress)
    .map(addressText)
    .some(peer => {
      if (!listsAdmit(listener, peer)) return false
      return admits(model, version, { direction: 'ingress', protocol: transportOf(protocol), port, peer })
    })
}

/** Whether the lists of a listener let a client in. */
export function listsAdmit({ allow, deny }: Listener, peer: string): boolean {
  const holds = (list: readonly string[]) => list.some(prefix => contains(prefix, peer))
  return !holds(deny) && (allow.length === 0 || holds(allow))
}

/** What carries a listener's protocol. */
export function transportOf(protocol: Listener['protocol']): 'tcp' | 'udp' {
  return protocol === 'udp' ? 'udp' : 'tcp'
}

const lastAddress = 0xffffffff

function dropFirst(rule: GroupRule): number {
  return rule.action === 'drop' ? 0 : 1
}

/** Whether a rule has a say about a flow. Where any other side will do, a drop for some of them says nothing. */
export function speaks(model: Model, rule: GroupRule, flow: Flow): boolean {
  const protocol = flow.protocol ?? 'tcp'
  if (rule.protocol !== 'all' && rule.protocol !== protocol) return false
  const ports = membersOf(model, rule.ports)
  if (protocol === 'icmp') {
    if (rule.protocol === 'all' && ports) return false
    if (rule.icmpType !== null && rule.icmpType !== flow.port) return false
    if (rule.icmpCode !== null && rule.icmpCode !== 0) return false
  } else if (ports && !ports.some(range => within(range, flow.port))) return false
  const peers = membersOf(model, rule.peer)
  if (!peers) return true
  if (flow.peer === null) return rule.action === 'accept' || peers.some(prefix => contains(prefix, '0.0.0.0/0'))
  return peers.some(prefix => overlaps(prefix, `${flow.peer}/32`))
}

/** What a rule's attribute stands for: itself, the members of the set that it names, or anything (null). */
export function membersOf(model: Model, value: string | null): readonly string[] | null {
  if (value === null) return null
  return find(model, 'ip-set', value)?.live.members ?? [value]
}

function within(range: string, port: number): boolean {
  const [from, to] = portsOf(range)
  return from <= port && port <= to
}

/** A flow's protocol and port in words that both languages share, e.g. `TCP 80`. */
export function trafficText({ protocol = 'tcp', port }: Pick<Flow, 'protocol' | 'port'>): string {
  return protocol === 'icmp' ? 'ICMP (ping)' : `${protocol.toUpperCase()} ${port}`
}
