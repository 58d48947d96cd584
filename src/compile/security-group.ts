import { addressNumber, addressText, parseCidr } from '../model/address.ts'
import { portsOf } from '../model/define.ts'
import type { Id, SecurityGroup } from '../model/model.ts'
import type { Chain, FilterRule, Match, NamedSet } from '../host/ruleset.ts'
import type { Look } from './part.ts'

type Rule = SecurityGroup['live']['rules'][number]

/** A group as a ruleset holds it: a chain for each direction, and the sets that they name. */
export interface CompiledGroup {
  readonly id: Id
  /** Decides on new flows that enter; ends in a drop. */
  readonly ingress: Chain
  /** Decides on new flows that leave; what no rule drops may. */
  readonly egress: Chain
  /** Chains that these lead to. */
  readonly beyond: readonly Chain[]
  readonly sets: readonly NamedSet[]
}

/** The chains of a group's live rules. Smaller priorities are asked first; at a tie drop wins. */
export function compileGroup(look: Look, id: Id): CompiledGroup {
  const rules = look('security-group', id)
    .live.rules.filter(rule => rule.enabled)
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        Number(a.action === 'accept') - Number(b.action === 'accept') ||
        (a.id < b.id ? -1 : 1),
    )
  const chain = (direction: Rule['direction'], last: FilterRule): Chain => ({
    name: `${id}-${direction}`,
    hook: null,
    rules: [...rules.filter(rule => rule.direction === direction).flatMap(filterRules), last],
  })
  const sets = new Set(rules.flatMap(rule => [rule.ports, rule.peer].filter(isSet)))
  return {
    id,
    ingress: chain('ingress', { for: id, match: [], then: { do: 'drop' }, counter: true }),
    egress: chain('egress', { for: id, match: [], then: { do: 'accept' } }),
    beyond: [],
    sets: [...sets].sort().map(set => compileIpSet(look, set)),
  }
}

/** A set's live members as nftables holds them: sorted, and none within another. */
function compileIpSet(look: Look, id: Id): NamedSet {
  const { now, live } = look('ip-set', id)
  return now.type === 'ip'
    ? { name: id, type: 'ipv4_addr', elements: disjointPrefixes(live.members) }
    : { name: id, type: 'inet_service', elements: disjointPorts(live.members) }
}

function filterRules(rule: Rule): FilterRule[] {
  return trafficOf(rule).map(match => ({
    for: rule.id,
    match: [...match, ...peerOf(rule)],
    then: { do: rule.action },
    counter: true,
  }))
}

/** The protocols and ports of a rule: alternatives of matches. */
function trafficOf({ protocol, ports, icmpType, icmpCode }: Rule): Match[][] {
  if (protocol === 'icmp' && icmpType !== null) return [[{ on: 'icmp', type: icmpType, code: icmpCode }]]
  if (ports !== null && (protocol === 'tcp' || protocol === 'udp' || protocol === 'all')) {
    const is = isSet(ports) ? { set: ports } : [ports]
    const protocols = protocol === 'all' ? (['tcp', 'udp'] as const) : [protocol]
    return protocols.map(each => [{ on: 'dport', protocol: each, is }])
  }
  return [protocol === 'all' ? [] : [{ on: 'protocol', is: [protocol] }]]
}

function peerOf({ direction, peer }: Rule): Match[] {
  if (peer === null || peer === '0.0.0.0/0') return []
  return [{ on: direction === 'ingress' ? 'saddr' : 'daddr', is: isSet(peer) ? { set: peer } : [peer] }]
}

function isSet(value: string | null): value is Id {
  return value !== null && value.startsWith('sgi-')
}

/** Prefixes as a set of nftables holds them: sorted, and none within another. */
export function disjointPrefixes(members: readonly string[]): string[] {
  const sorted = members.map(parseCidr).sort((a, b) => a.first - b.first || a.bits - b.bits)
  const kept: typeof sorted = []
  for (const prefix of sorted) if (prefix.first > (kept.at(-1)?.last ?? -1)) kept.push(prefix)
  return kept.map(({ first, bits }) => (bits === 32 ? addressText(first) : `${addressText(first)}/${bits}`))
}

function disjointPorts(members: readonly string[]): string[] {
  const kept: [number, number][] = []
  for (const [from, to] of members.map(portsOf).sort((a, b) => a[0] - b[0])) {
    const last = kept.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else kept.push([from, to])
  }
  return kept.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
}

/** Addresses in the order of their numbers, each once. */
export function sortedAddresses(addresses: Iterable<string>): string[] {
  return [...new Set(addresses)].sort((a, b) => addressNumber(a) - addressNumber(b))
}
