import { z } from 'zod'
import { markOf } from './define.ts'
import { kinds, type KindName } from './kinds.ts'
import type { Id, Resource } from './model.ts'

/** A reference found in a document: where it stands, what it names, and which kinds it may name. */
export interface Reference {
  /** E.g. `listeners[0].backends[2].server`. */
  readonly at: string
  readonly id: Id
  readonly to: readonly KindName[]
}

/** Every id that a resource refers to, by what takes effect at once, its draft, or its live version. */
export function refsOf(resource: Resource): ReadonlySet<Id> {
  const known = refsByResource.get(resource)
  if (known) return known
  const { now, spec } = kinds[resource.kind]
  const ids = new Set<Id>()
  const see = ({ id }: Pick<Reference, 'id'>) => void ids.add(id)
  seek(now, resource.now, [], see)
  seek(spec, resource.draft, [], see)
  if (resource.live !== resource.draft) seek(spec, resource.live, [], see)
  refsByResource.set(resource, ids)
  return ids
}

const refsByResource = new WeakMap<Resource, ReadonlySet<Id>>()

/** The references in a value, found by its schema's marks. What does not fit the schema is passed over. */
export function references(schema: z.core.$ZodType, value: unknown): readonly Reference[] {
  const found: Reference[] = []
  seek(schema, value, [], ({ path, ...reference }) => found.push({ at: placeText(path), ...reference }))
  return found
}

type Path = readonly (string | number)[]

interface Sight extends Omit<Reference, 'at'> {
  /** Good for as long as it is looked at. */
  readonly path: Path
}

/** Shows every reference in a value. Of what may hold thousands of things, nothing is made but of references. */
type Seek = (value: unknown, path: (string | number)[], see: (found: Sight) => void) => void

function seek(schema: z.core.$ZodType, ...how: Parameters<Seek>): void {
  seekerOf(schema)?.(...how)
}

const seekers = new WeakMap<z.core.$ZodType, Seek | null>()

/** What finds the references in values of a schema; null where there can be none. Made once: to ask a schema what it is takes long. */
function seekerOf(schema: z.core.$ZodType): Seek | null {
  const known = seekers.get(schema)
  if (known !== undefined) return known
  const made = newSeeker(schema)
  const seeker: Seek | null = made && ((value, path, see) => value != null && made(value, path, see))
  seekers.set(schema, seeker)
  return seeker
}

function newSeeker(schema: z.core.$ZodType): Seek | null {
  const to = markOf(schema)?.ref as readonly KindName[] | undefined
  if (to) return (value, path, see) => typeof value === 'string' && see({ path, id: value, to })
  if (schema instanceof z.ZodObject) {
    const inside = Object.entries(schema.shape).flatMap(([key, inner]) => {
      const within = seekerOf(inner)
      return within ? [[key, within] as const] : []
    })
    return inside.length > 0 ? seekInObject(inside) : null
  }
  if (schema instanceof z.ZodArray) {
    const within = seekerOf(schema.element)
    return within && seekInArray(within)
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    if (schema.options.every(option => seekerOf(option) === null)) return null
    return (value, path, see) => {
      const chosen = schema.options.find(option => (option as z.ZodType).safeParse(value).success)
      if (chosen) seek(chosen, value, path, see)
    }
  }
  if (schema instanceof z.ZodUnion) return seekInUnion(schema)
  const inner = innerOf(schema)
  return inner ? seekerOf(inner) : null
}

function seekInObject(inside: readonly (readonly [string, Seek])[]): Seek {
  return (value, path, see) => {
    if (typeof value !== 'object') return
    for (const [key, within] of inside) {
      path.push(key)
      within((value as Record<string, unknown>)[key], path, see)
      path.pop()
    }
  }
}

function seekInArray(within: Seek): Seek {
  return (value, path, see) => {
    if (!Array.isArray(value)) return
    for (let i = 0; i < value.length; i++) {
      path.push(i)
      within(value[i], path, see)
      path.pop()
    }
  }
}

/** A union of a literal form and a reference: ids have a prefix that no literal form can have. */
function seekInUnion({ options }: z.ZodUnion): Seek | null {
  const ids = options.flatMap(option => {
    const to = markOf(option)?.ref as readonly KindName[] | undefined
    return to ? [{ to, prefixes: to.map(kind => `${kinds[kind].prefix}-`) }] : []
  })
  if (ids.length === 0) return null
  return (value, path, see) => {
    if (typeof value !== 'string') return
    for (const { to, prefixes } of ids)
      if (prefixes.some(prefix => value.startsWith(prefix))) see({ path, id: value, to })
  }
}

/** A path as it is written, e.g. `listeners[0].backends[2].server`. */
function placeText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  )
}

/** The schema inside a wrapper such as a default, an optional, or a nullable; undefined for a leaf. */
export function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.innerType
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) return schema.def.innerType
  return undefined
}
