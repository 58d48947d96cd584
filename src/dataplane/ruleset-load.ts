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
import type { Ruleset } from '../host/ruleset.ts'

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

/** The text that turns one table into another, keeping what can be kept; empty where nothing differs. */
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
    ...staleSets.map(({ name }) => `delete set ${table} ${name}`),
    ...staleCounters.map(name => `delete counter ${table} ${name}`),
    ...keptSets.flatMap(({ name, elements }) => {
      const gone = [...new Set(elements).difference(new Set(sets.get(name)!.elements))]
      return gone.length > 0 ? [`delete element ${table} ${name} { ${gone.join(', ')} }`] : []
    }),
    `delete element ${table} ${digestSet} { ${rulesetDigest(from)} }`,
  ]
  return `${lines.join('\n')}\n${rulesetText(to)}`
}

/**
 * Whether what `nft list table` printed is this ruleset: by its digest, the number and owners of the rules of every
 * chain, and the elements of every set. Rules cannot be compared as text, because nft prints them in its own way.
 */
export function isListingOf(listing: string, ruleset: Ruleset): boolean {
  const { sets, chains } = parseListing(listing)
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
function parseListing(listing: string): { sets: Lists; chains: Lists } {
  const sets = new Map<string, string[]>()
  const chains = new Map<string, string[]>()
  for (const [, kind, name, body] of listing.matchAll(/^\t(set|chain) (\S+) \{\n([^]*?)^\t\}$/gm)) {
    if (kind === 'set') {
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

function partition<T>(list: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [list.filter(test), list.filter(item => !test(item))]
}
