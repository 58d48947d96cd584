import { addressText, contains, overlaps, parseCidr } from '../model/address.ts'
import { portsOf } from '../model/define.ts'
import { find, type Listener, type Model, type SecurityGroup } from '../model/model.ts'

type GroupRule = SecurityGroup['live']['rules'][number]

/** A new TCP flow as a group sees it: its port, and the other side's address; null asks whether any other side at all may. */
export interface Flow {
  readonly direction: 'ingress' | 'egress'
  readonly port: number
  readonly peer: string | null
}

/** Whether a version of a group lets a new TCP flow pass: smaller priority first, drop wins at a tie, then the default. */
export function admits(model: Model, version: SecurityGroup['live'], flow: Flow): boolean {
  const verdict = version.rules
    .filter(rule => rule.enabled && rule.direction === flow.direction && speaks(model, rule, flow))
    .sort((a, b) => a.priority - b.priority || dropFirst(a) - dropFirst(b))
    .at(0)
  return verdict ? verdict.action === 'accept' : flow.direction === 'egress'
}

/** Whether there is any client at all whom both a group and the lists of a listener let in. */
export function admitsAnyone(model: Model, version: SecurityGroup['live'], listener: Listener): boolean {
  const { allow, deny, port } = listener
  const peers = version.rules.flatMap(rule => membersOf(model, rule.peer) ?? [])
  // Between these nothing changes.
  const borders = new Set([...allow, ...deny, ...peers].map(parseCidr).flatMap(({ first, last }) => [first, last + 1]))
  return [0, ...borders]
    .filter(number => number <= lastAddress)
    .map(addressText)
    .some(peer => {
      const holds = (list: readonly string[]) => list.some(prefix => contains(prefix, peer))
      if (holds(deny) || (allow.length > 0 && !holds(allow))) return false
      return admits(model, version, { direction: 'ingress', port, peer })
    })
}

const lastAddress = 0xffffffff

function dropFirst(rule: GroupRule): number {
  return rule.action === 'drop' ? 0 : 1
}

/** Whether a rule has a say about a flow. Where any other side will do, a drop for some of them says nothing. */
function speaks(model: Model, rule: GroupRule, flow: Flow): boolean {
  if (rule.protocol !== 'all' && rule.protocol !== 'tcp') return false
  const ports = membersOf(model, rule.ports)
  if (ports && !ports.some(range => within(range, flow.port))) return false
  const peers = membersOf(model, rule.peer)
  if (!peers) return true
  if (flow.peer === null) return rule.action === 'accept' || peers.some(prefix => contains(prefix, '0.0.0.0/0'))
  return peers.some(prefix => overlaps(prefix, `${flow.peer}/32`))
}

/** What a rule's attribute stands for: itself, the members of the set that it names, or anything (null). */
function membersOf(model: Model, value: string | null): readonly string[] | null {
  if (value === null) return null
  return find(model, 'ip-set', value)?.live.members ?? [value]
}

function within(range: string, port: number): boolean {
  const [from, to] = portsOf(range)
  return from <= port && port <= to
}
