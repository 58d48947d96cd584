import { z } from 'zod'
import { markOf } from '../model/define.ts'
import { same } from '../model/same.ts'
import { coreOf } from './attributes.ts'
import { isRecord } from './leaves.ts'

type Child = Readonly<Record<string, unknown>>

/**
 * The wanted value with the ids of the children that it means, so that what is kept keeps its id (and a backend its
 * connections). A child is known by its id, else by its name, else as the one that says the same, else as the one that
 * has most in common; one that resembles none is new.
 */
export function withKnownIds(schema: z.core.$ZodType, wanted: unknown, existing: unknown): unknown {
  const core = coreOf(schema)
  if (core instanceof z.ZodArray && markOf(core.element)?.child && Array.isArray(wanted)) {
    const shape = core.element
    const olds = Array.isArray(existing) ? existing.filter(isRecord) : []
    const pairs = pair(wanted.filter(isRecord), olds)
    return wanted.map((child: unknown) => {
      const old = isRecord(child) ? pairs.get(child) : undefined
      return old
        ? withInnerIds(shape, { id: old['id'], ...(child as Child) }, old)
        : withInnerIds(shape, child, undefined)
    })
  }
  return withInnerIds(core, wanted, existing)
}

function withInnerIds(schema: z.core.$ZodType, wanted: unknown, existing: unknown): unknown {
  if (!(schema instanceof z.ZodObject) || !isRecord(wanted)) return wanted
  const olds = isRecord(existing) ? existing : {}
  return Object.fromEntries(
    Object.entries(wanted).map(([key, value]) => {
      const inner = schema.shape[key]
      return [key, inner ? withKnownIds(inner, value, olds[key]) : value]
    }),
  )
}

function pair(wanted: readonly Child[], olds: readonly Child[]): ReadonlyMap<Child, Child> {
  const pairs = new Map<Child, Child>()
  const free = new Set(olds)
  const take = (alike: (child: Child, old: Child) => boolean) => {
    for (const child of wanted) {
      const old = pairs.has(child) ? undefined : [...free].find(each => alike(child, each))
      if (!old) continue
      pairs.set(child, old)
      free.delete(old)
    }
  }
  take((child, old) => child['id'] === old['id'])
  const unnamed = (child: Child) => child['id'] === undefined && !child['name']
  take((child, old) => child['id'] === undefined && Boolean(child['name']) && child['name'] === old['name'])
  take((child, old) => unnamed(child) && same(withoutIds(child), withoutIds(old)))
  for (const child of wanted.filter(each => unnamed(each) && !pairs.has(each))) {
    const [best] = [...free].sort((a, b) => inCommon(child, b) - inCommon(child, a))
    if (!best || inCommon(child, best) === 0) continue
    pairs.set(child, best)
    free.delete(best)
  }
  return pairs
}

/** How many attributes two children share that tell something apart: switches and empty values do not count. */
function inCommon(a: Child, b: Child): number {
  return Object.keys(a).filter(key => telling(a[key]) && same(withoutIds(a[key]), withoutIds(b[key]))).length
}

function telling(value: unknown): boolean {
  return value !== null && value !== '' && typeof value !== 'boolean'
}

/** A value with the ids of its children left out. */
export function withoutIds(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(each =>
      isRecord(each) && typeof each['id'] === 'string' ? withoutIds(omitId(each)) : withoutIds(each),
    )
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutIds(each)]))
}

function omitId(child: Child): Child {
  return Object.fromEntries(Object.entries(child).filter(([key]) => key !== 'id'))
}
