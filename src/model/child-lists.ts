import { z } from 'zod'
import { markOf } from './define.ts'
import { kinds, type KindName } from './kinds.ts'
import { innerOf } from './refs.ts'

/** A list of children inside an aggregate's document. */
export interface ChildList {
  /** Its attribute, e.g. `snatRules`. */
  readonly attribute: string
  /** Its part of a path, e.g. `snat-rules`. */
  readonly segment: string
  /** The prefix of its members' ids. */
  readonly prefix: string
  readonly about: string
  readonly member: z.ZodObject
  /** The lists inside each member. */
  readonly lists: readonly ChildList[]
}

/** The lists of children that an aggregate of this kind holds. */
export function childListsOf(kind: KindName): readonly ChildList[] {
  return listsIn(kinds[kind].spec)
}

/** `snatRules` as part of a path: `snat-rules`. */
export function segmentOf(attribute: string): string {
  return attribute.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

/** The attributes of a kind that name other resources: one id, or a list of ids. */
export function referenceAttributes(kind: KindName): readonly string[] {
  const { now, spec } = kinds[kind]
  return Object.entries({ ...now.shape, ...spec.shape })
    .filter(([, schema]) => {
      const inner = bare(schema)
      return markOf(inner instanceof z.ZodArray ? inner.element : inner)?.ref !== undefined
    })
    .map(([attribute]) => attribute)
}

function listsIn(document: z.ZodObject): ChildList[] {
  return Object.entries(document.shape).flatMap(([attribute, schema]) => {
    const list = bare(schema)
    if (!(list instanceof z.ZodArray) || !(list.element instanceof z.ZodObject)) return []
    const prefix = markOf(list.element)?.child
    if (prefix === undefined) return []
    const about = (schema as z.ZodType).description ?? ''
    return {
      attribute,
      segment: segmentOf(attribute),
      prefix,
      about,
      member: list.element,
      lists: listsIn(list.element),
    }
  })
}

/** A schema without defaults and the like around it. */
export function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = innerOf(schema)
  return inner ? bare(inner) : schema
}
