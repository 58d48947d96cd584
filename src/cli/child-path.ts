import type { WireResource } from '../client/wire.ts'
import { type ChildList, childListsOf } from '../model/child-lists.ts'
import { nearest } from './attributes.ts'
import { Misuse } from './complaint.ts'
import { isRecord } from './leaves.ts'

type Child = Readonly<Record<string, unknown>>

/** What a path of a child, as people write it, leads to. */
interface Place {
  readonly list: ChildList
  /** Attribute names and ids in turn, as the API takes them. */
  readonly path: readonly string[]
  /** The child, where the path ends with one. */
  readonly child: Child | undefined
}

/**
 * Reads `listeners/web/backends/203.0.113.7`: lists and members in turn. A member goes by its id, its name, or any
 * attribute that only it has, such as an address; a port before all others.
 */
export function childAt(resource: WireResource, text: string, ends: 'list' | 'member'): Place {
  const parts = text.split('/').filter(Boolean)
  const place = walk(resource.kind, resource as unknown as Child, childListsOf(resource.kind), parts, [])
  const isMember = place.child !== undefined
  if (isMember === (ends === 'member')) return place
  const { list } = place
  if (ends === 'member')
    throw new Misuse([{ say: 'child-unnamed', values: { word: text, list: list.segment, example: `${text}/<name>` } }])
  throw new Misuse([
    {
      say: 'no-such-child',
      values: {
        word: text,
        kind: list.segment,
        near: '',
        all: list.lists.map(each => `${text}/${each.segment}`).join(', ') || '–',
      },
    },
  ])
}

function walk(
  kind: string,
  parent: Child,
  lists: readonly ChildList[],
  [word = '', member, ...rest]: readonly string[],
  before: readonly string[],
): Place {
  const list = lists.find(each => each.segment === word || each.attribute === word)
  if (!list) {
    const all = lists.map(each => each.segment)
    throw new Misuse([
      { say: 'no-such-child', values: { word, kind, near: nearest(word, all) ?? '', all: all.join(', ') || '–' } },
    ])
  }
  const path = [...before, list.attribute]
  if (member === undefined) return { list, path, child: undefined }
  const child = memberNamed(parent, list, member)
  const whole = [...path, String(child['id'])]
  return rest.length === 0 ? { list, path: whole, child } : walk(list.segment, child, list.lists, rest, whole)
}

function memberNamed(parent: Child, list: ChildList, word: string): Child {
  const value = parent[list.attribute]
  const children = Array.isArray(value) ? value.filter(isRecord) : []
  // A listener's other numbers, such as the port that a redirect leads to, are not what is meant where one has that port.
  const ways: ((child: Child) => boolean)[] = [
    child => child['id'] === word || child['name'] === word,
    child => isSaid(child['port'], word),
    child => Object.values(child).some(each => isSaid(each, word)),
  ]
  const alike = ways.map(way => children.filter(way)).find(found => found.length > 0) ?? []
  const [only, ...others] = alike
  if (only && others.length === 0) return only
  const known = (alike.length > 0 ? alike : children).map(called)
  const values = { word, list: list.segment, count: alike.length, all: known.join(', ') || '–' }
  throw new Misuse([{ say: alike.length > 0 ? 'child-ambiguous' : 'child-unknown', values }])
}

/** A child by its id, and what else people know it by. */
function called({ id, name, port, address }: Child): string {
  const other = [name, address, port].flatMap(each =>
    typeof each === 'string' || typeof each === 'number' ? each : [],
  )
  const [word] = other.filter(each => each !== '')
  return word === undefined ? String(id) : `${word} (${String(id)})`
}

/** Whether an attribute says what was typed; a prefix of one address goes by the address. */
function isSaid(value: unknown, word: string): boolean {
  return (
    (typeof value === 'string' || typeof value === 'number') &&
    (String(value) === word || String(value) === `${word}/32`)
  )
}
