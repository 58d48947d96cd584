import { contains } from '../model/address.ts'
import { portsOf } from '../model/define.ts'
import type { Packet } from './packet.ts'
import type { Chain, FilterRule, Match, Ruleset } from './ruleset.ts'
import { endpointOf, spreadMaps, type Endpoint, type Spread, type SpreadTarget } from './spread.ts'

/** Where a packet is in a namespace, and what conntrack there knows of its flow. */
export interface Passage {
  readonly packet: Packet
  readonly iif: string | null
  readonly oif: string | null
  readonly state: 'new' | 'established' | 'invalid'
  readonly dnat: boolean
  readonly snat: boolean
  readonly originalTo: string
  /** What it is marked with for routing, and its flow for good. */
  readonly mark?: number
  readonly flowMark?: number
  /** Where the flow went before; spreads lead it there again where they still may. */
  readonly went?: Endpoint
}

export type HookName = NonNullable<Chain['hook']>['at']

/** What a hook makes of a packet. */
export type Outcome = {
  readonly passage: Passage
  /** What let it pass or changed it, in order. */
  readonly passed: readonly (Decided & { readonly packet: Packet })[]
} & (
  | {
      readonly done: 'pass'
      /** All that source NAT may choose from; the packet has the first. */
      readonly sources: readonly string[]
      /** All that a spread may lead to; the packet goes to the first, or to where its flow went. */
      readonly targets: readonly Endpoint[]
    }
  /** `by` is null where the policy of a base chain did it, which `chain` names. */
  | { readonly done: 'drop' | 'reject'; readonly by: Decided | null; readonly chain: string }
)

/** A rule that decided, the chain that it stands in, and the rules that led there. */
export interface Decided {
  readonly rule: FilterRule
  readonly chain: string
  readonly led: readonly { readonly rule: FilterRule; readonly chain: string }[]
}

/** Takes a packet through all chains of a hook, in the order of their priorities. */
export function walkHook(ruleset: Ruleset, at: HookName, start: Passage): Outcome {
  const chains = ruleset.chains.flatMap(chain => (chain.hook?.at === at ? [{ ...chain, hook: chain.hook }] : []))
  let passage = start
  let sources: readonly string[] = []
  let targets: readonly Target[] = []
  const passed: (Decided & { readonly packet: Packet })[] = []
  for (const chain of chains.sort((a, b) => a.hook.priority - b.hook.priority)) {
    // Only the first packet of a flow enters chains that translate; conntrack does the others, and does not ask again of what came round.
    if (chain.hook.type === 'nat' && (passage.state !== 'new' || passage.iif === 'lo')) continue
    const way = { passage }
    const decided = decide(ruleset, chain, way)
    passage = way.passage
    const action = decided?.rule.then ?? { do: chain.hook.policy }
    if (action.do === 'drop' || action.do === 'reject') {
      return { done: action.do, passage, passed, by: decided, chain: chain.name }
    }
    if (action.do === 'dnat') {
      const packet = { ...passage.packet, to: action.to, dport: action.port ?? passage.packet.dport }
      passage = { ...passage, packet, dnat: true }
    }
    if (action.do === 'spread') {
      targets = targetsOf(ruleset, action.of, passage)
      passage = { ...passage, packet: { ...passage.packet, ...led(targets, passage) }, dnat: true }
    }
    if (action.do === 'snat') {
      sources = action.to
      passage = { ...passage, packet: { ...passage.packet, from: action.to[0]! }, snat: true }
    }
    if (decided) passed.push({ ...decided, packet: passage.packet })
  }
  return { done: 'pass', passage, passed, sources, targets }
}

/** The rule that ends a packet's way through a base chain; null where its policy does. */
function decide(ruleset: Ruleset, base: Chain, way: Way): Decided | null {
  const result = walkChain(ruleset, base, way)
  return result === 'end' || result === 'return' ? null : result
}

/** A packet on its way through a chain: rules that go on may change it. */
interface Way {
  passage: Passage
}

function walkChain(ruleset: Ruleset, chain: Chain, way: Way): Decided | 'end' | 'return' {
  for (const rule of chain.rules) {
    if (!rule.match.every(match => holds(ruleset, match, way.passage))) continue
    switch (rule.then.do) {
      case 'return':
        return 'return'
      case 'jump':
      case 'goto': {
        const result = walkChain(ruleset, chainOf(ruleset, rule.then.chain), way)
        if (typeof result === 'object') return { ...result, led: [{ rule, chain: chain.name }, ...result.led] }
        if (rule.then.do === 'goto') return 'end'
        continue
      }
      // What depends on other flows lets this one pass.
      case 'limit-connections':
      case 'limit-rate':
      case 'expect':
      case 'clamp-mss':
        continue
      case 'tally':
        if (rule.then.what !== 'made') return { rule, chain: chain.name, led: [] }
        continue
      case 'mark':
        way.passage = { ...way.passage, mark: rule.then.mark }
        continue
      case 'mark-as-flow':
        way.passage = { ...way.passage, mark: (way.passage.flowMark ?? 0) & rule.then.mask }
        continue
      case 'mark-flow': {
        const before = rule.then.more ? (way.passage.flowMark ?? 0) : 0
        way.passage = { ...way.passage, flowMark: before | rule.then.mark }
        continue
      }
      case 'slot':
        way.passage = { ...way.passage, flowMark: spreadOf(ruleset, rule.then.of).mark }
        continue
      case 'spread': {
        if (leads(ruleset, rule.then, way.passage)) return { rule, chain: chain.name, led: [] }
        continue
      }
      default:
        return { rule, chain: chain.name, led: [] }
    }
  }
  return 'end'
}

function spreadOf({ spreads = [] }: Ruleset, id: string): Spread {
  const spread = spreads.find(each => each.id === id)
  if (!spread) throw new Error(`a rule leads to spread ${id}, which its ruleset does not have`)
  return spread
}

/** Whether the map of a rule is the one that the target of a packet is in. */
function leads(
  ruleset: Ruleset,
  { of, map }: { readonly of: string; readonly map: string },
  passage: Passage,
): boolean {
  const spread = spreadOf(ruleset, of)
  const target = led(targetsOf(ruleset, of, passage), passage)
  const { distance } = spreadMaps(spread).find(({ name }) => name === map)!
  return target !== null && (distance === null || target.dport - passage.packet.dport === distance)
}

/** Where a spread may lead a packet: whatever health says, and first of all to who serves while all are well. */
function targetsOf(ruleset: Ruleset, id: string, { packet }: Passage): readonly Target[] {
  const spread = spreadOf(ruleset, id)
  const targets = inOrder.getOrInsertComputed(spread, () =>
    spread.targets.toSorted((a, b) => Number(a.weight === 0) - Number(b.weight === 0) || a.tier - b.tier),
  )
  return targets.map(target => ({ ...endpointOf(spread, target, packet.dport), weight: target.weight }))
}

const inOrder = new WeakMap<Spread, readonly SpreadTarget[]>()

type Target = Endpoint & { readonly weight: number }

/** A flow stays where it went, also with one that drains; a new one is not led there. */
function led(targets: readonly Target[], { went }: Passage): { readonly to: string; readonly dport: number } | null {
  const target =
    targets.find(each => each.address === went?.address && each.port === went.port) ??
    targets.find(({ weight }) => weight > 0)
  return target ? { to: target.address, dport: target.port } : null
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
    case 'ct-direction':
      return (passage.state === 'new') === (match.is === 'original')
    case 'ct-status':
      return passage[match.is]
    case 'ct-mark':
      return match.is.includes(passage.flowMark ?? 0)
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
