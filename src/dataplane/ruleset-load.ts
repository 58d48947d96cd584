import {
  countersOf,
  digestSet,
  elementChanges,
  elementChangesText,
  isFilled,
  rulesetDigest,
  rulesetStructure,
  rulesetText,
  tableName,
} from '../host/ruleset-text.ts'
import type { NamedSet, Ruleset } from '../host/ruleset.ts'
import { spreadMaps } from '../host/spread.ts'

/** The text that loads a table where there is none of ours. */
export function loadText(to: Ruleset): string {
  return rulesetText(to)
}

/** The text that puts a table in the place of one whose content is not known. Slow: it waits for the kernel to let go of the old one. */
export function replaceText(to: Ruleset): string {
  return removalText(to) + rulesetText(to)
}

/** The text that takes a table away, whether it is there or not. */
export function removalText({ family }: Ruleset): string {
  return `table ${family} ${tableName}\ndelete table ${family} ${tableName}\n`
}

/** The text that turns one table into another, keeping what can be kept; empty where nothing differs. Maps of spreads keep what is in them. */
export function changeText(from: Ruleset, to: Ruleset): string {
  if (rulesetStructure(from) === rulesetStructure(to)) return elementChangesText(to.family, elementChanges(from, to))
  const table = `${to.family} ${tableName}`
  const sets = new Map(to.sets.map(set => [set.name, set]))
  const chains = new Map(to.chains.map(chain => [chain.name, chain]))
  const staleChains = from.chains.filter(
    ({ name, hook }) => !chains.has(name) || JSON.stringify(chains.get(name)!.hook) !== JSON.stringify(hook),
  )
  const [staleSets, keptSets] = partition(from.sets, ({ name, type }) => sets.get(name)?.type !== type)
  const staleCounters = [...new Set(countersOf(from.chains)).difference(new Set(countersOf(to.chains)))]
  const lines = [
    ...from.chains.map(({ name }) => `flush chain ${table} ${name}`),
    ...staleChains.map(({ name }) => `delete chain ${table} ${name}`),
    ...staleSets.map(({ name, type }) => `delete ${wordFor(type)} ${table} ${name}`),
    ...staleMaps(from, to).map(name => `delete map ${table} ${name}`),
    ...staleTimes(from, to).map(name => `delete ct timeout ${table} ${name}`),
    ...staleCounters.map(name => `delete counter ${table} ${name}`),
    ...keptSets.flatMap(({ name, elements }) => {
      const gone = [...new Set(elements).difference(new Set(sets.get(name)!.elements))]
      return gone.length > 0 ? [`delete element ${table} ${name} { ${gone.join(', ')} }`] : []
    }),
    `delete element ${table} ${digestSet} { ${rulesetDigest(from)} }`,
  ]
  return `${lines.join('\n')}\n${rulesetText(to)}`
}

function wordFor(type: NamedSet['type']): 'map' | 'set' {
  return type === 'ports' ? 'map' : 'set'
}

/** The names of all maps that spreads fill. */
export function mapNames({ spreads = [] }: Ruleset): string[] {
  return spreads.flatMap(spread => spreadMaps(spread).map(({ name }) => name))
}

function staleMaps(from: Ruleset, to: Ruleset): string[] {
  const kept = new Set(mapNames(to))
  return mapNames(from).filter(name => !kept.has(name))
}

/** Objects that say how long flows may be silent cannot be changed, only made anew. */
function staleTimes({ spreads = [] }: Ruleset, to: Ruleset): string[] {
  const same = (id: string, idleS: number, protocol: string) =>
    to.spreads?.some(each => each.id === id && each.idleS === idleS && each.protocol === protocol)
  return spreads.filter(({ id, idleS, protocol }) => !same(id, idleS, protocol)).map(({ id }) => id)
}

/**
 * Whether what `nft list table` printed is this ruleset: by its digest, the number and owners of the rules of every
 * chain, and the elements of every set. Rules cannot be compared as text, because nft prints them in its own way. What is in the maps of spreads is another's matter.
 */
export function isListingOf(listing: string, ruleset: Ruleset): boolean {
  const { sets, chains } = parseListing(listing)
  const maps = mapNames(ruleset)
  if (!maps.every(name => sets.delete(name))) return false
  const wantedSets = new Map([
    ...ruleset.sets.map(set => [set.name, isFilled(set) ? (sets.get(set.name) ?? []) : set.elements] as const),
    [digestSet, [rulesetDigest(ruleset)]],
  ])
  const wantedChains = new Map(ruleset.chains.map(chain => [chain.name, chain.rules.map(rule => rule.for)] as const))
  return sameLists(sets, wantedSets, true) && sameLists(chains, wantedChains, false)
}

type Lists = ReadonlyMap<string, readonly string[]>

function sameLists(a: Lists, b: Lists, sorted: boolean): boolean {
  if (a.size !== b.size) return false
  const print = (list: readonly string[]) => (sorted ? list.toSorted() : list).join('\n')
  return [...a].every(([name, list]) => b.has(name) && print(b.get(name)!) === print(list))
}

/** The elements of sets and the comments of rules in what nft prints. */
function parseListing(listing: string): { sets: Map<string, string[]>; chains: Lists } {
  const sets = new Map<string, string[]>()
  const chains = new Map<string, string[]>()
  for (const [, kind, name, body] of listing.matchAll(/^\t(set|map|chain) (\S+) \{\n([^]*?)^\t\}$/gm)) {
    if (kind !== 'chain') {
      const elements = /elements = \{([^}]*)\}/.exec(body!)?.[1] ?? ''
      sets.set(
        name!,
        elements
          .split(',')
          .map(element => element.trim())
          .filter(Boolean),
      )
    } else {
      const rules = body!
        .split('\n')
        .map(line => line.trim())
        .filter(line => line !== '' && !line.startsWith('type '))
      chains.set(
        name!,
        rules.map(rule => /comment "([^"]*)"$/.exec(rule)?.[1] ?? ''),
      )
    }
  }
  return { sets, chains }
}

/** What the maps of spreads hold in what `nft list table` printed: by map and slot, where it leads. */
export function mapsIn(listing: string, ruleset: Ruleset): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const { sets } = parseListing(listing)
  return new Map(
    mapNames(ruleset).map(name => [
      name,
      new Map(
        (sets.get(name) ?? []).map(element => {
          const [slot = '', to = ''] = element.split(' : ')
          return [Number(slot), to]
        }),
      ),
    ]),
  )
}

function partition<T>(list: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [list.filter(test), list.filter(item => !test(item))]
}
