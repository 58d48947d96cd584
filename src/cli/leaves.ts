import { z } from 'zod'
import { filledMember, markOf } from '../model/define.ts'
import type { KindName } from '../model/kinds.ts'
import { innerOf } from '../model/refs.ts'
import { defaultOf } from '../model/telling.ts'
import { optionOf } from './attributes.ts'

/** Makes something of one leaf of a document: `at` says where it stands, e.g. `listeners[0].port`. */
type OfLeaf = (schema: z.core.$ZodType, value: unknown, at: string) => unknown

/**
 * The document with every leaf replaced, and with the defaults of its schema filled in. What does not fit the schema
 * stays as it is: the server says what is wrong with it.
 */
export function mapLeaves(schema: z.core.$ZodType, value: unknown, ofLeaf: OfLeaf, at = ''): unknown {
  if (value === undefined) {
    const fallback = defaultOf(schema)
    return fallback === undefined ? undefined : mapLeaves(schema, fallback, ofLeaf, at)
  }
  if (value === null) return null
  if (schema instanceof z.ZodObject)
    return isRecord(value) ? mapObject(schema, filledMember(schema, value), ofLeaf, at) : value
  if (schema instanceof z.ZodArray) {
    return Array.isArray(value)
      ? value.map((each: unknown, i) => mapLeaves(schema.element, each, ofLeaf, `${at}[${i}]`))
      : value
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const option = isRecord(value) ? optionOf(schema, value[schema.def.discriminator]) : undefined
    return option ? mapLeaves(option, value, ofLeaf, at) : value
  }
  const inner = innerOf(schema)
  return inner ? mapLeaves(inner, value, ofLeaf, at) : ofLeaf(schema, value, at)
}

function mapObject(schema: z.ZodObject, value: Readonly<Record<string, unknown>>, ofLeaf: OfLeaf, at: string) {
  const known = Object.entries(schema.shape).map(([key, inner]) => {
    return [key, mapLeaves(inner, value[key], ofLeaf, at ? `${at}.${key}` : key)] as const
  })
  const unknown = Object.entries(value).filter(([key]) => !Object.hasOwn(schema.shape, key))
  return Object.fromEntries([...known.filter(([, each]) => each !== undefined), ...unknown])
}

/** A leaf in the form that the server keeps, e.g. `192.0.2.7/32` for `192.0.2.7`; what is wrong stays as it is. */
export function normalLeaf(schema: z.core.$ZodType, value: unknown): unknown {
  const read = z.safeParse(schema, value)
  return read.success ? read.data : value
}

/** The kinds that a leaf names by id; undefined where it is something else. */
export function refKinds(schema: z.core.$ZodType, value: unknown): readonly KindName[] | undefined {
  const own = markOf(schema)?.ref
  if (own) return own as readonly KindName[]
  if (!(schema instanceof z.ZodUnion)) return undefined
  const to = schema.options.map(option => markOf(option)?.ref).find(kinds => kinds !== undefined)
  const isLiteral = schema.options.some(option => !markOf(option)?.ref && z.safeParse(option, value).success)
  return isLiteral ? undefined : (to as readonly KindName[] | undefined)
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
