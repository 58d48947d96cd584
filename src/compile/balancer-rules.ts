import {
  tallySet,
  type Chain,
  type FilterRule,
  type Match,
  type NamedSet,
  type Ruleset,
  type Tally,
} from '../host/ruleset.ts'
import { marksOf, spreadMaps, spreadPorts, type Spread } from '../host/spread.ts'
import type { Id } from '../model/model.ts'
import { believed } from './believed.ts'
import { askEgress, endpointRuleset, needed } from './filters.ts'
import { hooks, links, marks, unservedBy } from './names.ts'
import type { CompiledGroup } from './security-group.ts'

/** Where a balancer is. */
export interface BalancerPlace {
  readonly id: Id
  /** Its public addresses. */
  readonly eips: readonly string[]
  /** Its addresses in its subnet, one for each node, its own first; none where it is in no subnet. */
  readonly addresses: readonly string[]
  /** Prefixes that its way to its subnet leads to. */
  readonly behind: readonly string[]
  /** Prefixes of clients whom it shows to no backend; null where it shows none at all. */
  readonly neighbours: readonly string[] | null
}

/**
 * The ruleset of a balancer: what an endpoint has, for what HAProxy does; and what spreads the flows that the kernel carries.
 * These pass forward: their group judges them before they are translated, by the port of the listener.
 */
export function balancerRuleset(place: BalancerPlace, group: CompiledGroup, spreads: readonly Spread[]): Ruleset {
  const { family, sets, chains } = endpointRuleset(place.id, group, spreads.length > 0 ? lost(group, spreads) : [])
  if (spreads.length === 0) return { family, sets, chains: [...chains, forward(place, group, [])] }
  return {
    family,
    sets: [...sets, ...tallySets(spreads), ...spreads.flatMap(movedPorts)],
    chains: [
      ...chains,
      admission(place, group, spreads),
      dstnat(place, spreads),
      ...needed([steer(place, spreads)]),
      forward(place, group, spreads),
      unserved(place.id, spreads),
      srcnat(place, spreads),
    ],
    spreads,
  }
}

const isNew: Match = { on: 'ct-state', is: ['new'] }
const known: Match = { on: 'ct-state', is: ['established'] }
const sent: Match = { on: 'ct-direction', is: 'original' }
const heard: Match = { on: 'ct-direction', is: 'reply' }
const isLed: Match = { on: 'ct-status', is: 'dnat' }

/** Whether spreads count by port or by address, and the marks of those that do; none where all do alike. */
function kinds(spreads: readonly Spread[]): { readonly of: Tally['of']; readonly is: Match[] }[] {
  const byKind = [...Map.groupBy(spreads, ({ lastPort }) => (lastPort === null ? 'port' : 'range'))]
  return byKind.map(([of, list]) => ({
    of,
    is: byKind.length > 1 ? [{ on: 'ct-mark', is: list.flatMap(marksOf) }] : [],
  }))
}

function tallySets(spreads: readonly Spread[]): NamedSet[] {
  return kinds(spreads).flatMap(({ of }) =>
    (['sent', 'heard', 'made'] as const).map(
      what => ({ name: tallySet({ what, of }), type: of === 'port' ? 'tally' : 'range-tally', elements: [] }) as const,
    ),
  )
}

function tally(id: Id, spreads: readonly Spread[], what: Tally['what'], ...first: Match[]): FilterRule[] {
  return kinds(spreads).map(({ of, is }) => ({
    for: id,
    match: [...first, ...is],
    then: { do: 'tally', what, in: tallySet({ what, of }), of },
  }))
}

/** By protocol, the ports of spreads. */
function ports(spreads: readonly Spread[]): Match[] {
  return (['tcp', 'udp'] as const).flatMap((protocol): Match[] => {
    const is = spreads.filter(each => each.protocol === protocol).map(spreadPorts)
    return is.length > 0 ? [{ on: 'dport', protocol, is }] : []
  })
}

function held({ eips, addresses }: BalancerPlace): Match[] {
  const is = [...eips, ...addresses.slice(0, 1)]
  return is.length > 0 ? [{ on: 'daddr', is }] : []
}

/** Whether flows can be for a public address, or for one in a subnet. */
function marksFlows({ eips, addresses }: BalancerPlace): boolean {
  return eips.length > 0 && addresses.length > 0
}

function admission(place: BalancerPlace, group: CompiledGroup, spreads: readonly Spread[]): Chain {
  return {
    name: 'admission',
    hook: { type: 'nat', at: 'prerouting', priority: hooks.guard, policy: 'accept' },
    rules: [
      ...believed(place),
      ...ports(spreads).map((port): FilterRule => ({
        for: group.id,
        match: [...held(place), port],
        then: { do: 'jump', chain: group.ingress.name },
      })),
    ],
  }
}

function dstnat(place: BalancerPlace, spreads: readonly Spread[]): Chain {
  return {
    name: 'dstnat',
    hook: { type: 'nat', at: 'prerouting', priority: hooks.dstnat, policy: 'accept' },
    rules: spreads.flatMap(spread => {
      const { id } = spread
      const match = [...held(place), ...ports([spread])]
      const isPublic: Match[] = [{ on: 'daddr', is: place.eips }, ...ports([spread])]
      const mark: FilterRule = { for: id, match: isPublic, then: { do: 'mark-flow', mark: marks.public, more: true } }
      // Only who was led anywhere is to go there.
      const unmark: FilterRule = { for: id, match: isPublic, then: { do: 'mark-flow', mark: spread.mark } }
      return [
        { for: id, match, then: { do: 'slot', of: id } } as const,
        ...(marksFlows(place) ? [mark] : []),
        ...spreadMaps(spread).map(({ name, distance }): FilterRule => {
          const moves = distance !== null && distance !== 0
          return { for: id, match, then: { do: 'spread', of: id, map: name, ports: moves ? portsOf(name) : null } }
        }),
        ...(marksFlows(place) ? [unmark] : []),
      ]
    }),
  }
}

function portsOf(map: string): string {
  return `${map}-ports`
}

/** The maps by which ranges of ports are moved. */
function movedPorts(spread: Spread): NamedSet[] {
  const { port, lastPort } = spread
  return spreadMaps(spread).flatMap(({ name, distance }) => {
    if (distance === null || distance === 0) return []
    const all = Array.from({ length: (lastPort ?? port) - port + 1 }, (_, i) => port + i)
    return [{ name: portsOf(name), type: 'ports', elements: all.map(each => `${each} : ${each + distance}`) } as const]
  })
}

/**
 * Answers to clients of public addresses leave by where these are. When they are routed, a backend's address stands where the rule for
 * public addresses looks: so flows have a mark, which counts for what comes from the subnet. What backends get in a client's own name has
 * another one, and a link to itself: it leaves by this untranslated, and is answered by it. Every packet passes here, so there is as little as can be.
 */
function steer(place: BalancerPlace, spreads: readonly Spread[]): Chain {
  const { id, eips, neighbours } = place
  const rule = (mark: number, link: string, ...more: Match[]): FilterRule => ({
    for: id,
    match: [{ on: 'iif', is: [link] }, isLed, ...more],
    then: { do: 'mark', mark },
  })
  const asked: Match = { on: 'ct-original-daddr', is: eips }
  const toShow: Match = { on: 'ct-mark', is: spreads.filter(each => each.transparent).flatMap(marksOf) }
  return {
    name: 'steer',
    hook: { type: 'filter', at: 'prerouting', priority: hooks.steer, policy: 'accept' },
    rules: [
      ...(marksFlows(place) ? [{ for: id, match: [], then: { do: 'mark-as-flow', mask: marks.public } } as const] : []),
      ...(neighbours === null
        ? []
        : [
            rule(marks.shown, links.public, toShow, { on: 'saddr', is: neighbours, not: true }),
            rule(marks.shown, links.vpc, asked),
          ]),
    ],
  }
}

/**
 * Nothing passes but flows that were spread, and these only where the group lets the balancer send. What passes is counted; what
 * cannot be, because too much is, passes as well.
 */
function forward({ id }: BalancerPlace, group: CompiledGroup, spreads: readonly Spread[]): Chain {
  const accept = { do: 'accept' } as const
  return {
    name: 'forward',
    hook: { type: 'filter', at: 'forward', priority: hooks.filter, policy: 'drop' },
    rules: [
      ...tally(id, spreads, 'sent', sent, known),
      ...tally(id, spreads, 'heard', heard, known),
      { for: id, match: [{ on: 'ct-state', is: ['established', 'related'] }], then: accept },
      ...(spreads.length > 0
        ? [
            ...askEgress(group, isLed),
            ...tally(id, spreads, 'sent', sent, isLed),
            { for: id, match: [isLed], then: accept },
          ]
        : []),
    ],
  }
}

/** Packets of a connection that was cut: their group decides whether they are worth an answer. */
function lost(group: CompiledGroup, spreads: readonly Spread[]): FilterRule[] {
  return ports(spreads.filter(({ protocol }) => protocol === 'tcp')).map(port => ({
    for: group.id,
    match: [{ on: 'ct-state', is: ['invalid'] }, port],
    then: { do: 'jump', chain: group.ingress.name },
  }))
}

/** What was let in and led nowhere: no backend is left, or its connection was cut. Clients hear so at once. */
function unserved(id: Id, spreads: readonly Spread[]): Chain {
  return {
    name: 'unserved',
    hook: { type: 'filter', at: 'input', priority: hooks.late, policy: 'accept' },
    rules: [
      ...spreads.map((spread): FilterRule => ({
        for: spread.id,
        match: [isNew, ...ports([spread])],
        then: { do: 'reject', with: spread.protocol === 'tcp' ? 'tcp-reset' : 'port-unreachable' },
        counter: unservedBy(spread.id),
      })),
      ...ports(spreads.filter(({ protocol }) => protocol === 'tcp')).map((port): FilterRule => ({
        for: id,
        match: [{ on: 'ct-state', is: ['invalid'] }, port],
        then: { do: 'reject', with: 'tcp-reset' },
      })),
    ],
  }
}

/** Backends see the balancer. Every flow that is led comes by here once, and is counted. */
function srcnat({ id, addresses }: BalancerPlace, spreads: readonly Spread[]): Chain {
  const from: Match = { on: 'oif', is: [links.subnet] }
  return {
    name: 'srcnat',
    hook: { type: 'nat', at: 'postrouting', priority: hooks.srcnat, policy: 'accept' },
    rules: [
      ...tally(id, spreads, 'made', isLed),
      ...addresses
        .slice(0, 1)
        .map(address => ({ for: id, match: [from, isLed], then: { do: 'snat', to: [address] } }) as const),
    ],
  }
}
