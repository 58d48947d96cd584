import { z } from 'zod'
import { filledMember, markOf } from '../define.ts'
import { joinPath, problemsOf } from '../issue.ts'
import { kinds, type KindName } from '../kinds.ts'
import type { Id } from '../model.ts'
import type { Problem } from '../problem.ts'
import { quotas } from '../quota.ts'
import { innerOf } from '../refs.ts'

/** A body as it came from outside: attributes of unknown type by name. */
export type Raw = Readonly<Record<string, unknown>>

const noControls = /^\P{Cc}*$/u

/** What every resource has beside the attributes of its kind. */
export const labels = z.strictObject({
  name: z.string().max(128).regex(noControls).default(''),
  description: z
    .string()
    .max(1024)
    .regex(/^(\P{Cc}|\n)*$/u)
    .default(''),
  tags: z.array(z.string().min(1).max(64).regex(noControls)).max(20).default([]),
})

/** A whole body, read: everything that a resource takes from it. */
export interface Parsed {
  readonly labels: z.output<typeof labels>
  readonly now: Raw
  readonly spec: Raw
}

/** Whether a value is an object with attributes. */
export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The schema of an attribute of a kind; undefined where there is none of this name. */
export function attributeOf(kind: KindName, name: string): z.core.$ZodType | undefined {
  const shape: Readonly<Record<string, z.core.$ZodType>> = {
    ...labels.shape,
    ...kinds[kind].now.shape,
    ...kinds[kind].spec.shape,
  }
  return Object.hasOwn(shape, name) ? shape[name] : undefined
}

/** Reads a whole flat body, reporting all that is wrong with it. Undefined where anything is. */
export function parseBody(kind: KindName, body: Raw, problems: Problem[], at = ''): Parsed | undefined {
  const { now, spec } = kinds[kind]
  const known = [labels, now, spec].map(schema => picked(schema, body))
  const named = new Set(known.flatMap(part => Object.keys(part)))
  const unknown = Object.keys(body)
    .filter(key => !named.has(key))
    .map(key => key.slice(0, 64))
  problems.push(
    ...unknown
      .slice(0, 20)
      .map(field => ({ code: 'unknown-field', at: joinPath(at, field), values: { field } }) as const),
  )
  const parts = ([labels, now, spec] as const).map((schema, i) => schema.safeParse(known[i]))
  for (const [i, part] of parts.entries())
    if (!part.success) problems.push(...problemsOf(part.error, known[i], at).slice(0, 100))
  const [l, n, s] = parts
  if (unknown.length > 0 || !l?.success || !n?.success || !s?.success) return undefined
  return { labels: l.data as Parsed['labels'], now: n.data, spec: s.data }
}

function picked(schema: z.ZodObject, body: Raw): Raw {
  return Object.fromEntries(
    Object.keys(schema.shape).flatMap(key =>
      Object.hasOwn(body, key) && body[key] !== undefined ? [[key, body[key]]] : [],
    ),
  )
}

/** What a list of children is made of; undefined for any other attribute. */
export function childOf(
  schema: z.core.$ZodType | undefined,
): { readonly prefix: string; readonly shape: z.ZodObject } | undefined {
  const list = schema && bare(schema)
  const prefix = list instanceof z.ZodArray ? markOf(list.element)?.child : undefined
  return prefix && list instanceof z.ZodArray && list.element instanceof z.ZodObject
    ? { prefix, shape: list.element }
    : undefined
}

/** Every child's id in a document. */
export function* childIds(value: unknown): Iterable<Id> {
  if (!isRaw(value)) return
  for (const list of Object.values(value)) {
    if (!Array.isArray(list)) continue
    for (const child of list) {
      if (!isRaw(child) || typeof child['id'] !== 'string') continue
      yield child['id']
      yield* childIds(child)
    }
  }
}

/**
 * The value with an id for every child that has none. Ids given must be among `known` and not twice in it. Lists over
 * their quota are refused here, before anybody looks at their members.
 */
export function withChildIds(
  schema: z.core.$ZodType,
  value: unknown,
  known: ReadonlySet<Id>,
  newId: (prefix: string) => Id,
  problems: Problem[],
  at = '',
  seen = new Set<Id>(),
): unknown {
  const plain = bare(schema)
  if (!(plain instanceof z.ZodObject) || !isRaw(value)) return value
  const filled = Object.entries(value).map(([key, list]) => {
    const child = Object.hasOwn(plain.shape, key) ? childOf(plain.shape[key]) : undefined
    if (!child || !Array.isArray(list)) return [key, list]
    const path = joinPath(at, key)
    const limit = quotaOf(key, child.prefix)
    if (limit !== undefined && list.length > limit) {
      problems.push({ code: 'quota', at: path, values: { kind: key, count: list.length, limit } })
      return [key, []]
    }
    return [
      key,
      list.map((sent, i) => {
        if (!isRaw(sent)) return sent
        const each = filledMember(child.shape, sent)
        const given = each['id']
        const place = `${path}[${i}]`
        if (typeof given === 'string' && (!known.has(given) || seen.has(given))) {
          problems.push({ code: 'unknown-child-id', at: `${place}.id`, values: { id: given.slice(0, 64) } })
        }
        const id = given ?? newId(child.prefix)
        if (typeof id === 'string') seen.add(id)
        return withChildIds(child.shape, { ...each, id }, known, newId, problems, place, seen)
      }),
    ]
  })
  return Object.fromEntries(filled)
}

function quotaOf(list: string, prefix: string): number | undefined {
  // Security groups have rules too, and other bounds.
  if (prefix === 'lbpr') return quotas.policyRules
  return Object.hasOwn(quotas, list) ? quotas[list as keyof typeof quotas] : undefined
}

/** A body laid over what is there: objects attribute by attribute, everything else (lists and choices too) replaced. */
export function merged(schema: z.core.$ZodType | undefined, old: unknown, given: unknown): unknown {
  const plain = schema && bare(schema)
  if (!(plain instanceof z.ZodObject) || !isRaw(old) || !isRaw(given)) return given
  const entries = Object.entries(given).map(([key, value]) => [
    key,
    merged(Object.hasOwn(plain.shape, key) ? plain.shape[key] : undefined, old[key], value),
  ])
  return { ...old, ...(Object.fromEntries(entries) as Raw) }
}

function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = innerOf(schema)
  return inner ? bare(inner) : schema
}
