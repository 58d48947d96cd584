import { addressText, parseCidr } from '../../model/address.ts'
import { portsOf } from '../../model/define.ts'
import type { HostState, Item } from '../../host/item.ts'
import type { Match, Ruleset } from '../../host/ruleset.ts'

/** Ports of a protocol that no rule tells apart. */
export interface PortClass {
  readonly protocol: 'tcp' | 'udp'
  readonly ranges: readonly (readonly [from: number, to: number])[]
  /** One of them, for all. */
  readonly probe: number
}

/** How rules, routes and listeners tell addresses and ports apart: what falls into one class shares its fate. */
export interface Partition {
  /** Equal for addresses that nothing tells apart. */
  signatureOf(address: string): string
  readonly ports: readonly PortClass[]
  /** One address of every class that a prefix has a part of. */
  within(prefix: string): readonly string[]
}

/** The partition that holds in all of these states. */
export function partitionOf(states: readonly HostState[]): Partition {
  const items = states.flatMap(state => [...state.values()])
  const tests = distinct(items.flatMap(addressTests)).map(prefixes => prefixes.map(parseCidr))
  // Between two of these, nothing tells addresses apart.
  const borders = [...new Set(tests.flat().flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b)
  const signatureOf = (address: string) => {
    const { first } = parseCidr(address)
    return tests.map(prefixes => (prefixes.some(p => p.first <= first && first <= p.last) ? '1' : '0')).join('')
  }
  return {
    signatureOf,
    ports: (['tcp', 'udp'] as const).flatMap(protocol =>
      portClasses(protocol, distinct(items.flatMap(item => portTests(item, protocol)))),
    ),
    within(prefix) {
      const { first, last } = parseCidr(prefix)
      const starts = [first, ...borders.filter(border => first < border && border <= last)]
      const classes = new Map<string, string>()
      for (const [i, start] of starts.entries()) {
        const end = (starts[i + 1] ?? last + 1) - 1
        // The first of a network is rarely anybody's.
        const address = addressText(Math.min(start + 1, end))
        classes.getOrInsert(signatureOf(address), address)
      }
      return [...classes.values()]
    },
  }
}

function distinct(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(lists.map(list => [list.join(), list])).values()]
}

/** What an item asks of addresses: lists of prefixes, one of which must hold it. */
function addressTests(item: Item): readonly (readonly string[])[] {
  switch (item.kind) {
    case 'ruleset':
      return matchesOf(item.ruleset).flatMap(match => {
        if (match.on === 'saddr' || match.on === 'daddr') return [elements(item.ruleset, match.is)]
        return match.on === 'ct-original-daddr' ? [match.is] : []
      })
    case 'route':
      return [[item.destination]]
    case 'rule':
      return item.from === 'all' ? [] : [[item.from]]
    default:
      return []
  }
}

/** What an item asks of ports: lists of ranges, one of which must hold it. */
function portTests(item: Item, protocol: PortClass['protocol']): readonly (readonly string[])[] {
  if (item.kind === 'ruleset') {
    return matchesOf(item.ruleset).flatMap(match =>
      match.on === 'dport' && match.protocol === protocol ? [elements(item.ruleset, match.is)] : [],
    )
  }
  if (item.kind !== 'proxy' || protocol !== 'tcp') return []
  return item.config.listeners.map(({ port, lastPort }) => [`${port}-${lastPort ?? port}`])
}

function matchesOf({ chains }: Ruleset): readonly Match[] {
  return chains.flatMap(chain => chain.rules.flatMap(rule => rule.match))
}

function elements({ sets }: Ruleset, is: readonly string[] | { readonly set: string }): readonly string[] {
  return 'set' in is ? (sets.find(({ name }) => name === is.set)?.elements ?? []) : is
}

const lastPort = 65_535

function portClasses(protocol: PortClass['protocol'], tests: readonly (readonly string[])[]): PortClass[] {
  const ranges = tests.map(test => test.map(portsOf))
  const starts = new Set([1, ...ranges.flat().flatMap(([from, to]) => [from, to + 1])])
  const sorted = [...starts].filter(port => port >= 1 && port <= lastPort).sort((a, b) => a - b)
  const classes = new Map<string, [number, number][]>()
  for (const [i, from] of sorted.entries()) {
    const to = (sorted[i + 1] ?? lastPort + 1) - 1
    const signature = ranges.map(test => (test.some(([a, b]) => a <= from && from <= b) ? '1' : '0')).join('')
    classes.getOrInsertComputed(signature, () => []).push([from, to])
  }
  return [...classes.values()].map(list => ({ protocol, ranges: list, probe: list[0]![0] }))
}
