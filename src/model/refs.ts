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
function seek(schema: z.core.$ZodType, value: unknown, path: (string | number)[], see: (found: Sight) => void): void {
  if (value === null || value === undefined || !mayRefer(schema)) return
  const mark = markOf(schema)
  if (mark?.ref) {
    if (typeof value === 'string') see({ path, id: value, to: mark.ref as readonly KindName[] })
    return
  }
  if (schema instanceof z.ZodObject) {
    if (typeof value !== 'object') return
    for (const [key, inner] of referringKeys(schema)) {
      path.push(key)
      seek(inner, (value as Record<string, unknown>)[key], path, see)
      path.pop()
    }
  } else if (schema instanceof z.ZodArray) {
    if (!Array.isArray(value)) return
    for (let i = 0; i < value.length; i++) {
      path.push(i)
      seek(schema.element, value[i], path, see)
      path.pop()
    }
  } else if (schema instanceof z.ZodDiscriminatedUnion) {
    const chosen = schema.options.find(option => (option as z.ZodType).safeParse(value).success)
    if (chosen) seek(chosen, value, path, see)
  } else if (schema instanceof z.ZodUnion) {
    // A union of a literal form and a reference: ids have a prefix that no literal form can have.
    for (const option of schema.options) {
      const to = markOf(option)?.ref
      if (to && typeof value === 'string' && to.some(kind => value.startsWith(`${kinds[kind as KindName].prefix}-`))) {
        see({ path, id: value, to: to as readonly KindName[] })
      }
    }
  } else {
    const inner = innerOf(schema)
    if (inner) seek(inner, value, path, see)
  }
}

/** A path as it is written, e.g. `listeners[0].backends[2].server`. */
function placeText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  )
}

/** The keys of an object in which there may be references. */
function referringKeys(schema: z.ZodObject): readonly (readonly [string, z.core.$ZodType])[] {
  return keysOf.getOrInsertComputed(schema, () => Object.entries(schema.shape).filter(([, inner]) => mayRefer(inner)))
}

const keysOf = new WeakMap<z.ZodObject, readonly (readonly [string, z.core.$ZodType])[]>()

/** The schema inside a wrapper such as a default, an optional, or a nullable; undefined for a leaf. */
export function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.innerType
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) return schema.def.innerType
  return undefined
}

/** Whether a value of this schema can hold a reference at all; known once per schema. */
function mayRefer(schema: z.core.$ZodType): boolean {
  const known = referring.get(schema)
  if (known !== undefined) return known
  const inner = innerOf(schema)
  const may =
    markOf(schema)?.ref !== undefined ||
    (inner !== undefined && mayRefer(inner)) ||
    (schema instanceof z.ZodObject && Object.values(schema.shape).some(mayRefer)) ||
    (schema instanceof z.ZodArray && mayRefer(schema.element)) ||
    (schema instanceof z.ZodUnion && schema.options.some(mayRefer))
  referring.set(schema, may)
  return may
}

const referring = new WeakMap<z.core.$ZodType, boolean>()
