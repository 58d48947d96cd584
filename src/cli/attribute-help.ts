import { z } from 'zod'
import { type ChildList, childListsOf, segmentOf } from '../model/child-lists.ts'
import { resourceName } from '../model/define.ts'
import { kinds, type KindName } from '../model/kinds.ts'
import { conditionOf } from '../model/matters.ts'
import { meaningOf } from '../model/meanings.ts'
import { innerOf } from '../model/refs.ts'
import { formsOf } from './assignment.ts'
import { attributesOf, coreOf, isNullable, isStaged } from './attributes.ts'
import type { Entry } from './listing.ts'
import { choicesOf, valueText } from './value-text.ts'

type Schema = z.core.$ZodType
type Shape = Readonly<Record<string, Schema>>

/** What may be said of a new resource, or changed of one that is there: how it is written, what it is for, and when it matters. */
export function kindEntries(kind: KindName, isNew: boolean): readonly Entry[] {
  const { fixed, prefix } = kinds[kind]
  const id = isNew && prefix === null ? { id: resourceName.describe('The word that it goes by') } : {}
  const all = Object.entries({ ...id, ...attributesOf(kind) }).filter(([name]) => isNew || !fixed.includes(name))
  const some = (staged: boolean, part: string) => {
    const shape = Object.fromEntries(all.filter(([name]) => isStaged(kind, name) === staged))
    const without = childListsOf(kind).map(({ attribute }) => attribute)
    return entriesOf({ shape, where: kind, isNew, before: '', part, fixed, without })
  }
  return [...some(false, `Attributes of a ${kind}`), ...some(true, 'Attributes of which a change waits for an apply')]
}

/** The same of members of a list of children. */
export function memberEntries({ segment, attribute, member, lists }: ChildList, isNew: boolean): readonly Entry[] {
  const without = ['id', ...lists.map(each => each.attribute)]
  const part = `Attributes of ${segment}`
  return entriesOf({ shape: member.shape, where: attribute, isNew, before: '', part, fixed: [], without })
}

interface Look {
  readonly shape: Shape
  /** What the shape is that of, as conditions and meanings go by. */
  readonly where: string
  readonly isNew: boolean
  /** What names begin with, e.g. `check.`. */
  readonly before: string
  readonly part: string
  /** Attributes that stay as they were made. */
  readonly fixed: readonly string[]
  /** Attributes that are told elsewhere, or to nobody. */
  readonly without: readonly string[]
}

/** The attributes of a shape, then those inside of them, each in its part of the listing. */
function entriesOf(look: Look): readonly Entry[] {
  const attributes = Object.entries(look.shape).filter(([attribute]) => !look.without.includes(attribute))
  const own = attributes.filter(([, schema]) => !(coreOf(schema) instanceof z.ZodObject))
  return [
    ...own.map(([attribute, schema]) => entryOf(look, attribute, schema)),
    ...attributes.flatMap(([attribute, schema]) => insideOf(look, attribute, schema)),
  ]
}

function entryOf({ where, isNew, before, part, fixed }: Look, attribute: string, schema: Schema): Entry {
  const core = coreOf(schema)
  const only = onlyWith(where, attribute, before)
  const words = wordsOf(where, attribute, core)
  const form =
    words.length === 0 ? undefined : core instanceof z.ZodArray ? 'some of these, with commas' : 'one of these'
  const value = valueText(schema, isNew, form) + (fixed.includes(attribute) ? '; cannot be changed later' : '')
  const told = [value, aboutOf(schema)]
  return { part: only === undefined ? part : `Only with ${only}`, name: before + segmentOf(attribute), told, words }
}

/** What is inside of an attribute: the parts of an object, of each form of a union, or of each member of a list. */
function insideOf(look: Look, attribute: string, schema: Schema): readonly Entry[] {
  const name = look.before + segmentOf(attribute)
  const inside = { where: attribute, isNew: look.isNew, before: `${name}.`, fixed: [], without: [] }
  const core = coreOf(schema)
  if (core instanceof z.ZodObject) {
    const only = onlyWith(look.where, attribute, look.before)
    const notes = [only === undefined ? [] : `only with ${only}`, isNullable(schema) ? 'null for none' : []].flat()
    const head = notes.length > 0 ? `${name} (${notes.join('; ')})` : name
    const about = aboutOf(schema)
    return entriesOf({ ...inside, shape: core.shape, part: about === '' ? head : `${head}: ${about}` })
  }
  if (core instanceof z.ZodDiscriminatedUnion) {
    const by = core.def.discriminator
    return core.options.flatMap(option => {
      if (!(option instanceof z.ZodObject)) return []
      const chosen = choicesOf((option.shape as Shape)[by] ?? option).join(', ')
      const part = `Only with ${inside.before}${by}=${chosen}`
      return entriesOf({ ...inside, shape: option.shape, part, without: [by] })
    })
  }
  const member = core instanceof z.ZodArray ? coreOf(core.element) : undefined
  if (!(member instanceof z.ZodObject)) return []
  return entriesOf({ ...inside, shape: member.shape, before: '', part: `Each of ${name}`, without: ['id'] })
}

function onlyWith(where: string, attribute: string, before: string): string | undefined {
  const condition = conditionOf(where, attribute)
  return condition && `${before}${segmentOf(condition.while)}=${condition.is.join(', ')}`
}

/** The words that an attribute may hold with what they mean, where their names alone do not say it. */
function wordsOf(where: string, attribute: string, core: Schema): NonNullable<Entry['words']> {
  const isUnion = core instanceof z.ZodDiscriminatedUnion
  const place = isUnion ? ([attribute, core.def.discriminator] as const) : ([where, attribute] as const)
  return (isUnion ? formsOf(core) : choicesOf(core)).flatMap(form => {
    const meaning = meaningOf(...place, form.split(':')[0] ?? form)
    return meaning === undefined ? [] : [[form, meaning] as const]
  })
}

/** What a schema says of itself, within or without its defaults. */
function aboutOf(schema: Schema): string {
  const inner = innerOf(schema)
  return (schema as z.ZodType).description ?? (inner ? aboutOf(inner) : '')
}
