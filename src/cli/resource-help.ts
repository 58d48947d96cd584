import { type ChildList, childListsOf } from '../model/child-lists.ts'
import { kindNames, kinds, type KindName } from '../model/kinds.ts'
import { kindEntries, memberEntries } from './attribute-help.ts'
import { kindOf } from './attributes.ts'
import { type Entry, listingText } from './listing.ts'
import type { Telling } from './register.ts'
import { resourceExamples } from './resource-examples.ts'

type Verb = keyof typeof resourceExamples

/** What a command line speaks of: a kind, and where it goes on, the members of one of its lists. */
interface Place {
  readonly kind: KindName
  readonly list?: Listed
}

/** A list of children, with the path that leads to it, without names: `listeners/backends`. */
interface Listed extends ChildList {
  readonly path: string
}

/** The examples of a command, and what its help says of what was typed before it was asked for: attributes, or where to find them. */
export function resourceHelp(verb: Verb): Pick<Telling, 'examples' | 'more'> {
  const { usual, more } = resourceExamples[verb]
  return {
    examples: usual,
    more(words, width) {
      const place = placeOf(words)
      if (!place) return { text: listingText(overview(verb), width), examples: usual }
      return { text: listingText(entriesAt(place, verb), width), examples: examplesAt(place, [...usual, ...more]) }
    },
  }
}

function entriesAt({ kind, list }: Place, verb: Verb): readonly Entry[] {
  if (list && verb !== 'create') return memberEntries(list, verb === 'add')
  const own = verb === 'add' ? [] : kindEntries(kind, verb === 'create')
  return [...own, ...listEntries(kind, verb)]
}

/** Of examples those about the same as what was typed. */
function examplesAt({ kind, list }: Place, examples: readonly string[]): readonly string[] {
  return examples.filter(each => {
    const place = placeOf(each.split(' ').slice(1))
    return place?.kind === kind && (list === undefined || place.list?.path === list.path)
  })
}

function placeOf([word = '', ...rest]: readonly string[]): Place | undefined {
  const kind = kindOf(word)
  if (!kind) return undefined
  const [list] = rest.filter(each => !/[=\s]/.test(each)).flatMap(each => listNamed(kind, each) ?? [])
  return list ? { kind, list } : { kind }
}

/** The list that a path leads to, whether or not members are named in it, and whether or not it ends with one. */
function listNamed(kind: KindName, path: string): Listed | undefined {
  let found: Listed | undefined
  for (const word of path.split('/')) {
    const next = listsOf(kind).find(each => each.path === [found?.path, word].filter(Boolean).join('/'))
    if (!next && !found) return undefined
    found = next ?? found
  }
  return found
}

function listsOf(kind: KindName): readonly Listed[] {
  const within = (lists: readonly ChildList[], before: string): readonly Listed[] =>
    lists.flatMap(list => {
      const path = before + list.segment
      return [{ ...list, path }, ...within(list.lists, `${path}/`)]
    })
  return within(childListsOf(kind), '')
}

function listEntries(kind: KindName, verb: Verb): readonly Entry[] {
  const part = verb === 'add' ? `Lists of a ${kind}` : 'Lists, whose members have attributes of their own'
  return listsOf(kind).map(({ path, about }) => ({
    part,
    name: path,
    told: [about, `causeway ${verb === 'create' ? 'add' : verb} ${kind} ${path} --help`],
  }))
}

function overview(verb: Verb): readonly Entry[] {
  if (verb === 'add') return kindNames.flatMap(kind => listEntries(kind, verb))
  const part = `Kinds; for the attributes of one, causeway ${verb} <kind> --help`
  return kindNames.map(kind => ({ part, name: kind, told: [kinds[kind].about.en] }))
}
