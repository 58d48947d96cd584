import type { z } from 'zod'
import type { KindName } from '../model/kinds.ts'
import type { Document } from './attributes.ts'
import { isRecord, mapLeaves, refKinds } from './leaves.ts'

/** Names and ids of what exists, so that people may use either. */
export interface Directory {
  /** The ids of these kinds that a word names: one, none, or several. An id names itself. */
  find(kinds: readonly KindName[], word: string): readonly string[]
  /** What people call a resource: its name where no other of its kind has it, else its id. */
  nameOf(id: string): string
  /** The names and ids of these kinds. */
  namesOf(kinds: readonly KindName[]): readonly string[]
}

/** A directory of these resources. */
export function directoryOf(documents: Iterable<Pick<Document, 'kind' | 'id' | 'name'>>): Directory {
  const byId = new Map([...documents].map(each => [each.id, each]))
  const byName = Map.groupBy(byId.values(), each => `${each.kind} ${each.name}`)
  return {
    find(kinds, word) {
      const known = byId.get(word)
      if (known && kinds.includes(known.kind)) return [word]
      return kinds.flatMap(kind => (byName.get(`${kind} ${word}`) ?? []).map(({ id }) => id))
    },
    namesOf: kinds =>
      [...byId.values()]
        .filter(({ kind }) => kinds.includes(kind))
        .flatMap(({ id, name }) => (name ? [name, id] : [id])),
    nameOf(id) {
      const known = byId.get(id)
      if (!known?.name) return id
      return byName.get(`${known.kind} ${known.name}`)?.length === 1 && !byId.has(known.name) ? known.name : id
    },
  }
}

/** A value with the ids in it replaced by what people call them, where that is as clear. */
export function named(schema: z.core.$ZodType, value: unknown, directory: Directory): unknown {
  return mapLeaves(schema, value, (leaf, each) => {
    const to = typeof each === 'string' ? refKinds(leaf, each) : undefined
    if (!to || typeof each !== 'string') return each
    const name = directory.nameOf(each)
    return refKinds(leaf, name) && directory.find(to, name).length === 1 ? name : each
  })
}

/** What people call a resource or one of its children, by id. */
export function callerOf(documents: readonly Pick<Document, 'kind' | 'id' | 'name'>[]): (id: string) => string {
  const directory = directoryOf(documents)
  const children = new Map(documents.flatMap(each => [...childNames(each)]))
  return id => children.get(id) ?? directory.nameOf(id)
}

function* childNames(value: unknown): Iterable<readonly [string, string]> {
  if (Array.isArray(value)) for (const each of value) yield* childNames(each)
  if (!isRecord(value)) return
  const { id, name, kind } = value
  if (typeof id === 'string' && typeof name === 'string' && name !== '' && kind === undefined) yield [id, name]
  for (const each of Object.values(value)) yield* childNames(each)
}
