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
  for (const r of references(now, resource.now)) ids.add(r.id)
  for (const r of references(spec, resource.draft)) ids.add(r.id)
  if (resource.live !== resource.draft) for (const r of references(spec, resource.live)) ids.add(r.id)
  refsByResource.set(resource, ids)
  return ids
}

const refsByResource = new WeakMap<Resource, ReadonlySet<Id>>()

/** The references in a value, found by its schema's marks. What does not fit the schema is passed over. */
export function* references(schema: z.core.$ZodType, value: unknown, at = ''): Iterable<Reference> {
  if (value === null || value === undefined || !mayRefer(schema)) return
  const mark = markOf(schema)
  if (mark?.ref) {
    if (typeof value === 'string') yield { at, id: value, to: mark.ref as readonly KindName[] }
    return
  }
  if (schema instanceof z.ZodObject) {
    if (typeof value !== 'object') return
    for (const [key, inner] of Object.entries(schema.shape)) {
      yield* references(inner, (value as Record<string, unknown>)[key], at ? `${at}.${key}` : key)
    }
  } else if (schema instanceof z.ZodArray) {
    if (!Array.isArray(value)) return
    for (const [i, each] of (value as readonly unknown[]).entries())
      yield* references(schema.element, each, `${at}[${i}]`)
  } else if (schema instanceof z.ZodDiscriminatedUnion) {
    const chosen = schema.options.find(option => (option as z.ZodType).safeParse(value).success)
    if (chosen) yield* references(chosen, value, at)
  } else if (schema instanceof z.ZodUnion) {
    // A union of a literal form and a reference: ids have a prefix that no literal form can have.
    for (const option of schema.options) {
      const to = markOf(option)?.ref
      if (to && typeof value === 'string' && to.some(kind => value.startsWith(`${kinds[kind as KindName].prefix}-`))) {
        yield { at, id: value, to: to as readonly KindName[] }
      }
    }
  } else {
    const inner = innerOf(schema)
    if (inner) yield* references(inner, value, at)
  }
}

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
