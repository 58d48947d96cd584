import { z } from 'zod'
import { childListsOf } from '../../model/child-lists.ts'
import { markOf, mustBeGiven } from '../../model/define.ts'
import { kinds, type KindName } from '../../model/kinds.ts'
import { innerOf } from '../../model/refs.ts'
import { isSecret } from '../../model/secrets.ts'

type Schema = z.core.$ZodType

/** What a person fills an attribute in with. */
export type Control =
  | { readonly type: 'text' }
  | { readonly type: 'number'; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly type: 'switch' }
  | { readonly type: 'choice'; readonly values: readonly (string | number)[] }
  | { readonly type: 'choices'; readonly values: readonly (string | number)[] }
  | { readonly type: 'long-text' }
  | { readonly type: 'reference'; readonly to: readonly KindName[]; readonly many: boolean }
  /** Text, or the name of a resource in its place. */
  | { readonly type: 'text-or-reference'; readonly to: KindName }
  | { readonly type: 'texts' }
  | { readonly type: 'group'; readonly fields: readonly Field[] }
  | { readonly type: 'variants'; readonly by: string; readonly variants: readonly Variant[] }
  | { readonly type: 'records'; readonly fields: readonly Field[] }

interface Variant {
  readonly value: string
  readonly fields: readonly Field[]
}

/** One attribute in a form. */
export interface Field {
  readonly name: string
  readonly control: Control
  readonly schema: Schema
  /** What stands in it before anybody types. */
  readonly initial: unknown
  /** Whether leaving it empty means null. */
  readonly nullable: boolean
  /** Whether it must be filled in: nobody else does. */
  readonly required: boolean
}

/** The fields of a document, in its own order, without lists of children and without those named. */
export function fieldsOf(document: z.ZodObject, without: readonly string[] = []): readonly Field[] {
  return Object.entries(document.shape).flatMap(([name, schema]) => {
    if (without.includes(name)) return []
    const control = controlOf(schema)
    if (!control) return []
    const nullable = z.safeParse(schema, null).success
    return [{ name, control, schema, initial: initialOf(schema), nullable, required: !nullable && mustBeGiven(schema) }]
  })
}

/** The fields of a new resource of a kind, or of an existing one, whose fixed attributes stay. */
export function kindFields(kind: KindName, existing: boolean): readonly Field[] {
  const { now, spec, fixed } = kinds[kind]
  const lists = childListsOf(kind).map(list => list.attribute)
  // What is never told is not there to be edited: left empty, it stays.
  const own = fieldsOf(now, existing ? fixed : ['isDefault']).map(field =>
    existing && isSecret(kind, field.name) ? { ...field, required: false } : field,
  )
  return [...own, ...fieldsOf(spec, lists)]
}

/** A field that takes several values of its kind at once. */
export function manyOf(field: Field): Field {
  const { control, schema } = field
  const many = control.type === 'reference' ? { ...control, many: true } : ({ type: 'texts' } as const)
  return { ...field, control: many, schema: z.array(schema as z.ZodType).min(1), initial: undefined }
}

/** What a schema fills in where nothing is said; undefined where it fills in nothing. */
function initialOf(schema: Schema): unknown {
  const read = z.safeParse(schema, undefined)
  return read.success ? read.data : undefined
}

function controlOf(schema: Schema): Control | undefined {
  const { ref, text } = markOf(schema) ?? {}
  if (ref) return { type: 'reference', to: ref as readonly KindName[], many: false }
  if (text) return { type: 'long-text' }
  if (schema instanceof z.ZodDiscriminatedUnion) return variantsOf(schema)
  if (schema instanceof z.ZodUnion) return unionControl(schema)
  if (schema instanceof z.ZodObject) return { type: 'group', fields: fieldsOf(schema) }
  if (schema instanceof z.ZodArray) return listControl(schema.element)
  if (schema instanceof z.ZodBoolean) return { type: 'switch' }
  if (schema instanceof z.ZodEnum) return { type: 'choice', values: schema.options }
  if (schema instanceof z.ZodLiteral) return { type: 'choice', values: [...schema.values] as (string | number)[] }
  if (schema instanceof z.ZodNumber)
    return { type: 'number', min: schema.minValue ?? undefined, max: schema.maxValue ?? undefined }
  const inner = innerOf(schema)
  return inner ? controlOf(inner) : { type: 'text' }
}

function listControl(element: Schema): Control | undefined {
  const mark = markOf(element)
  if (mark?.child !== undefined) return undefined
  if (mark?.ref) return { type: 'reference', to: mark.ref as readonly KindName[], many: true }
  if (element instanceof z.ZodEnum) return { type: 'choices', values: element.options }
  return element instanceof z.ZodObject ? { type: 'records', fields: fieldsOf(element) } : { type: 'texts' }
}

function unionControl(schema: z.ZodUnion): Control {
  const to = schema.options.map(option => markOf(option)?.ref?.[0]).find(kind => kind !== undefined)
  return to === undefined ? { type: 'text' } : { type: 'text-or-reference', to: to as KindName }
}

function variantsOf(schema: z.ZodDiscriminatedUnion): Control {
  const by = schema.def.discriminator
  return {
    type: 'variants',
    by,
    variants: schema.options.flatMap(option => {
      if (!(option instanceof z.ZodObject)) return []
      const literal: unknown = option.shape[by]
      const [value] = literal instanceof z.ZodLiteral ? literal.values : []
      return [{ value: String(value), fields: fieldsOf(option, [by]) }]
    }),
  }
}
