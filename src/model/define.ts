import { z } from 'zod'

/** Labels and sentences that a person reads, in both languages of the product. */
export interface Words {
  readonly en: string
  readonly zh: string
}

/**
 * One kind of resource. Everything else (REST, OpenAPI, CLI, storage, forms) is derived from this object.
 *
 * `now` holds what takes effect at once; `spec` holds what is staged in a draft until an apply publishes it.
 */
export interface Kind<Now extends z.ZodObject = z.ZodObject, Spec extends z.ZodObject = z.ZodObject> {
  /** The start of its ids; null where the id is a word that the operator chose. */
  readonly prefix: string | null
  readonly plural: string
  readonly label: Words
  readonly about: Words
  readonly now: Now
  readonly spec: Spec
  /** Names of attributes of `now` that cannot change after creation. */
  readonly fixed: readonly string[]
  /** Names of attributes of `now` that can be set and cleared, but not changed from one value to another. */
  readonly once?: readonly string[]
  /** Columns of its list, as attribute names, after id, name and state. */
  readonly columns: readonly string[]
}

/** Declares a kind; only fixes its types. */
export function defineKind<Now extends z.ZodObject, Spec extends z.ZodObject>(kind: Kind<Now, Spec>): Kind<Now, Spec> {
  return kind
}

/** Marks of a schema that code walks for: references to other resources, and children with ids of their own. */
interface Mark {
  /** The kinds that the id may name. */
  readonly ref?: readonly string[]
  /** The id prefix of a list's members. */
  readonly child?: string
  /** Adds to a member what it leaves out and its other attributes answer. */
  readonly fill?: Fill
  /** Text of many lines, which no list shows and no search looks at; secret where it is taken and never told. */
  readonly text?: 'long' | 'secret'
}

type Raw = Readonly<Record<string, unknown>>
/** Returns the same object where there is nothing to add. */
type Fill = (member: Raw) => Raw

const marks = z.registry<Mark>()

/** The id of a resource of one of these kinds. */
export function ref(...to: string[]) {
  const schema = z.string().max(64)
  marks.add(schema, { ref: to })
  return schema
}

/** The id of a resource whose prefix tells it from the other forms that the same attribute may take. */
export function prefixedRef(prefix: string, to: string) {
  const schema = z.string().max(64).startsWith(`${prefix}-`)
  marks.add(schema, { ref: [to] })
  return schema
}

/**
 * A list of children that live inside their aggregate's document, each with an id of its own. `fill` adds what a member leaves
 * out where that depends on the rest of it; it gets whatever was sent.
 */
export function children<Shape extends z.ZodRawShape>(prefix: string, shape: Shape, fill?: Fill) {
  const schema = z.strictObject({ id: z.string(), name: childName, ...shape })
  marks.add(schema, { child: prefix, ...(fill ? { fill } : {}) })
  return z.array(schema).default([])
}

/** Text of many lines, such as a certificate. */
export function longText(most: number) {
  const schema = z.string().max(most)
  marks.add(schema, { text: 'long' })
  return schema
}

/** Text of many lines that is taken and never told again, such as a private key. */
export function secretText(most: number) {
  const schema = z.string().max(most)
  marks.add(schema, { text: 'secret' })
  return schema
}

/** The same, where there need not be any. */
export function optionalSecret(most: number) {
  const schema = z.string().max(most).nullable().default(null)
  marks.add(schema, { text: 'secret' })
  return schema
}

/** Some of these words, each once, in their own order. */
export function someOf<const Word extends string>(...words: readonly [Word, ...Word[]]) {
  return z.array(z.enum(words)).overwrite(given => words.filter(word => given.includes(word)))
}

/** Reads the marks that {@link ref}, {@link children} and the like left on a schema. */
export function markOf(schema: z.core.$ZodType): Mark | undefined {
  return marks.get(schema)
}

/** Whether an attribute must be given: nothing fills it in, and its own words say of nothing that is chosen when it is left out. */
export function mustBeGiven(schema: z.core.$ZodType): boolean {
  return !z.safeParse(schema, undefined).success && !(schema as z.ZodType).description?.includes('when left out')
}

/** What a pattern is called where something is not of its form. */
export type FormName = 'number' | 'path' | 'host' | 'statuses' | 'word' | 'name' | 'email' | 'https'
const forms = new Map<string, FormName>()

/** A pattern whose form has a sentence of its own among the problems. */
export function formed(name: FormName, pattern: RegExp): RegExp {
  forms.set(String(pattern), name)
  return pattern
}

/** What the form of a pattern is called, as the schema tells the pattern. */
export function formOf(pattern: string): FormName | undefined {
  return forms.get(pattern)
}

/** A member of a list of children with what it leaves out and the rest of it answers. */
export function filledMember(schema: z.core.$ZodType, member: Raw): Raw {
  return markOf(schema)?.fill?.(member) ?? member
}

/** A resource's name: 0–128 characters, as programs make them up of many parts; no control characters. */
export const resourceName = z
  .string()
  .max(128)
  .regex(/^\P{Cc}*$/u)
/** A child's name: may be empty. */
const childName = z
  .string()
  .max(128)
  .regex(/^\P{Cc}*$/u)
  .default('')

/** A TCP or UDP port. */
export const port = z.int().min(1).max(65535)

/** One port, `80`, or a range, `8000-8010`. A number is read as one port. */
export const portRange = z
  .union([port.transform(String), z.string()])
  .pipe(z.string().regex(/^\d{1,5}(-\d{1,5})?$/))
  .refine(
    text => {
      const [from, to] = portsOf(text)
      return from >= 1 && to <= 65535 && from <= to
    },
    { params: { code: 'not-ports' } },
  )

/** The first and the last port of a {@link portRange}. */
export function portsOf(text: string): readonly [number, number] {
  const [from = '', to = from] = text.split('-')
  return [Number(from), Number(to)]
}

export const enabled = z.boolean().default(true).describe('Whether it counts; false keeps it for later')
export const power = z.enum(['on', 'off']).default('on').describe('Whether it runs')
