import { contains } from '../model/address.ts'
import { portsOf } from '../model/define.ts'
import type { Packet } from './packet.ts'
import type { Chain, FilterRule, Match, Ruleset } from './ruleset.ts'

/** Where a packet is in a namespace, and what conntrack there knows of its flow. */
export interface Passage {
  readonly packet: Packet
  readonly iif: string | null
  readonly oif: string | null
  readonly state: 'new' | 'established' | 'invalid'
  readonly dnat: boolean
  readonly snat: boolean
  readonly originalTo: string
}

export type HookName = NonNullable<Chain['hook']>['at']

/** What a hook makes of a packet. */
export type Outcome =
  /** `sources` are all that source NAT may choose from; the packet has the first. */
  | {
      readonly done: 'pass'
      readonly passage: Passage
      readonly sources: readonly string[]
      readonly by: readonly FilterRule[]
    }
  | { readonly done: 'drop' | 'reject'; readonly by: FilterRule | null; readonly chain: string }

/** Takes a packet through all chains of a hook, in the order of their priorities. */
export function walkHook(ruleset: Ruleset, at: HookName, start: Passage): Outcome {
  const chains = ruleset.chains.flatMap(chain => (chain.hook?.at === at ? [{ ...chain, hook: chain.hook }] : []))
  let passage = start
  let sources: readonly string[] = []
  const by: FilterRule[] = []
  for (const chain of chains.sort((a, b) => a.hook.priority - b.hook.priority)) {
    // Only the first packet of a flow enters chains that translate; conntrack does the others.
    if (chain.hook.type === 'nat' && passage.state !== 'new') continue
    const rule = decide(ruleset, chain, passage)
    const action = rule?.then ?? { do: chain.hook.policy }
    if (action.do === 'drop') return { done: 'drop', by: rule, chain: chain.name }
    if (action.do === 'reject') return { done: 'reject', by: rule, chain: chain.name }
    if (rule) by.push(rule)
    if (action.do === 'dnat') {
      const packet = { ...passage.packet, to: action.to, dport: action.port ?? passage.packet.dport }
      passage = { ...passage, packet, dnat: true }
    }
    if (action.do === 'snat') {
      sources = action.to
      passage = { ...passage, packet: { ...passage.packet, from: action.to[0]! }, snat: true }
    }
  }
  return { done: 'pass', passage, sources, by }
}

/** The rule that ends a packet's way through a base chain; null where its policy does. */
function decide(ruleset: Ruleset, base: Chain, passage: Passage): FilterRule | null {
  const result = walkChain(ruleset, base, passage)
  return result === 'end' || result === 'return' ? null : result
}

function walkChain(ruleset: Ruleset, chain: Chain, passage: Passage): FilterRule | 'end' | 'return' {
  for (const rule of chain.rules) {
    if (!rule.match.every(match => holds(ruleset, match, passage))) continue
    switch (rule.then.do) {
      case 'return':
        return 'return'
      case 'jump':
      case 'goto': {
        const result = walkChain(ruleset, chainOf(ruleset, rule.then.chain), passage)
        if (typeof result === 'object') return result
        if (rule.then.do === 'goto') return 'end'
        continue
      }
      // What depends on other flows lets this one pass.
      case 'limit-connections':
      case 'limit-rate':
      case 'expect':
      case 'clamp-mss':
        continue
      default:
        return rule
    }
  }
  return 'end'
}

function chainOf(ruleset: Ruleset, name: string): Chain {
  const chain = ruleset.chains.find(each => each.name === name)
  if (!chain) throw new Error(`a rule leads to chain ${name}, which its ruleset does not have`)
  return chain
}

function holds(ruleset: Ruleset, match: Match, passage: Passage): boolean {
  const { packet } = passage
  const elements = (is: readonly string[] | { readonly set: string }) =>
    'set' in is ? elementsOf(ruleset, is.set) : is
  switch (match.on) {
    case 'iif':
    case 'oif':
      return match.is.includes(passage[match.on] ?? '') !== (match.not ?? false)
    case 'saddr':
    case 'daddr': {
      const address = match.on === 'saddr' ? packet.from : packet.to
      return elements(match.is).some(prefix => contains(prefix, address)) !== (match.not ?? false)
    }
    case 'protocol':
      return match.is.includes(packet.protocol)
    case 'sport':
    case 'dport':
      return packet.protocol === match.protocol && elements(match.is).some(range => within(range, packet[match.on]))
    case 'icmp':
      return (
        packet.protocol === 'icmp' &&
        packet.dport === match.type &&
        (match.code === null || packet.sport === match.code)
      )
    case 'ethertype':
      return (match.is === 'ip') !== (match.not ?? false)
    case 'arp-sender':
      return false
    case 'expected':
      return passage.state === 'established' && (packet.protocol === 'icmp') === (match.as === 'echoes')
    case 'ct-state':
      return (match.is as readonly string[]).includes(passage.state)
    case 'ct-status':
      return passage[match.is]
    case 'ct-original-daddr':
      return match.is.some(prefix => contains(prefix, passage.originalTo))
  }
}

function elementsOf(ruleset: Ruleset, name: string): readonly string[] {
  const set = ruleset.sets.find(each => each.name === name)
  if (!set) throw new Error(`a rule asks set ${name}, which its ruleset does not have`)
  return set.elements
}

function within(range: string, port: number): boolean {
  const [from, to] = portsOf(range)
  return from <= port && port <= to
}
