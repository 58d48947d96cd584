import { z } from 'zod'
import { bare, childListsOf, type ChildList } from './child-lists.ts'
import { filledMember } from './define.ts'
import { kindNames } from './kinds.ts'
import { innerOf } from './refs.ts'
import { same } from './same.ts'

type Raw = Readonly<Record<string, unknown>>

/** What a schema fills in where nothing is said; undefined where it fills in nothing. */
export function defaultOf(schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.defaultValue
  const inner = innerOf(schema)
  return inner ? defaultOf(inner) : undefined
}

/** A value whose lists of objects leave out what their schema fills in anyway. */
export function slimmed(schema: z.core.$ZodType, value: unknown): unknown {
  const core = bare(schema)
  if (!(core instanceof z.ZodArray) || !Array.isArray(value)) return value
  return value.map((each: unknown) => (isRaw(each) ? slimObject(core.element, each) : each))
}

function slimObject(schema: z.core.$ZodType, value: Raw): Raw {
  const core = bare(schema)
  if (!(core instanceof z.ZodObject)) return value
  const kept = Object.entries(value).flatMap(([key, each]) => {
    const inner: z.core.$ZodType | undefined = core.shape[key]
    if (!inner) return [[key, each] as const]
    const slim = isRaw(each) ? slimObject(inner, each) : slimmed(inner, each)
    return same(slim, defaultOf(inner)) ? [] : [[key, slim] as const]
  })
  const said = Object.fromEntries(kept)
  // Where leaving an attribute out would mean something else, it is said.
  const meant = Object.keys(filledMember(core, said)).filter(key => filledMember(core, said)[key] !== said[key])
  return { ...said, ...Object.fromEntries(meant.map(key => [key, value[key]])) }
}

const members: ReadonlyMap<string, z.ZodObject> = new Map(kindNames.flatMap(kind => [...membersIn(childListsOf(kind))]))

function* membersIn(lists: readonly ChildList[]): Iterable<readonly [string, z.ZodObject]> {
  for (const { prefix, member, lists: inner } of lists) {
    yield [prefix, member]
    yield* membersIn(inner)
  }
}

/** What says of which sort a child is, whatever is usual. */
const sorts: ReadonlySet<string> = new Set(['id', 'protocol', 'direction', 'action', 'type'])

/** What tells one child from any other of its list: all that its schema would not fill in, and of which sort it is. */
export function telling(child: Raw): Raw {
  const member = memberOf(child)
  if (!member) return child
  const slim = slimObject(member, child)
  return Object.fromEntries(
    Object.entries(child).flatMap(([key, value]) =>
      Object.hasOwn(slim, key) ? [[key, slim[key]]] : sorts.has(key) ? [[key, value]] : [],
    ),
  )
}

/** Whether this is a child of some list, by its id. */
export function isChild(value: Raw): boolean {
  return memberOf(value) !== undefined
}

function memberOf({ id }: Raw): z.ZodObject | undefined {
  return typeof id === 'string' ? members.get(id.slice(0, id.indexOf('-'))) : undefined
}

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
