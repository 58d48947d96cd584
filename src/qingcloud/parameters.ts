import { z } from 'zod'
import { formed } from '../model/define.ts'
import { problemsOf } from '../model/issue.ts'
import { Refused } from '../model/problem.ts'
import { innerOf } from '../model/refs.ts'
import { fail } from './failure.ts'

/** What a request carries: names such as `listeners.1.listener_port`, each with one value. */
export type Wire = ReadonlyMap<string, string>

const mostParameters = 5_000
const mostEntries = 1_000

/** Reads a query or a form. Throws where it is none, or where a name comes twice: what was signed must not be ambiguous. */
export function parseWire(text: string): Wire {
  const wire = new Map<string, string>()
  const parts = text.split('&', mostParameters + 1)
  if (parts.length > mostParameters) fail(1100, `there are more than ${mostParameters} parameters`)
  for (const part of parts) {
    if (part === '') continue
    const at = part.indexOf('=')
    const name = decoded(at < 0 ? part : part.slice(0, at))
    if (wire.has(name)) fail(1100, `parameter [${name.slice(0, 64)}] is given twice`)
    wire.set(name, at < 0 ? '' : decoded(part.slice(at + 1)))
  }
  return wire
}

function decoded(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return fail(1100, `[${text.slice(0, 64)}] is not percent-encoded UTF-8`)
  }
}

/** Any text. */
export const text = z.string().max(1024)
/** Text that may be long, such as a certificate. */
export const longText = z.string().max(1024 * 1024)
/** A switch. */
export const flag = z.enum(['0', '1', 'true', 'false', 'True', 'False']).transform(word => /^(?:1|[tT]rue)$/.test(word))

/** A switch that says whether something is off; read as whether it is on. */
export const offSwitch = flag.transform(isOff => !isOff)

/** A whole number. Bounds that the model knows are left to the model. */
export function int(least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER) {
  return z
    .string()
    .regex(formed('number', /^-?\d{1,15}$/))
    .transform(Number)
    .pipe(z.int().min(least).max(most))
}

/** One of a few whole numbers, as the words or amounts that they stand for. */
export function coded<const Words extends Readonly<Record<number, string | number>>>(words: Words) {
  return z.enum(Object.keys(words)).transform(code => words[Number(code)] as Words[keyof Words & number])
}

/** The number that stands for a word or an amount: {@link coded}, the other way round. */
export function codeOf<Word extends string | number>(words: Readonly<Record<number, Word>>, word: Word): number {
  return Number(Object.keys(words).find(code => words[Number(code)] === word))
}

/** A list `x.1`, `x.2`, …; also `x=a`, `x=a,b` and `x=["a","b"]`, as some clients send lists. */
export function list<Element extends z.ZodType>(element: Element) {
  return z.array(element).max(mostEntries)
}

/** A list of objects `x.1.name`, `x.1.port`, `x.2.name`, …. */
export function objects<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.array(z.object(shape)).max(mostEntries)
}

/** Text that may be empty, and then says so, in actions too that otherwise take an empty value for none. */
export const textOrEmpty = z.string().max(1024)

/** What an action was given, as far as it can be read, and what is wrong with the rest. */
interface Read<Schema extends z.ZodObject> {
  /** Where something is wrong it is as if left out. What is required is empty then, and undefined where it is neither text nor a list. */
  readonly given: z.output<Schema>
  readonly refused: Refused | undefined
}

/**
 * Reads what an action takes; what it does not know is passed over, as clients send it. An empty value is none, unless
 * `emptyCounts`: then it clears.
 */
export function readParameters<Schema extends z.ZodObject>(
  schema: Schema,
  wire: Wire,
  emptyCounts: boolean,
): Read<Schema> {
  const raw = rawObject(schema, treeOf(wire), emptyCounts)
  const read = schema.safeParse(raw)
  if (read.success) return { given: read.data, refused: undefined }
  const refused = new Refused(problemsOf(read.error, raw).slice(0, 20))
  return { given: readable(schema, raw) as z.output<Schema>, refused }
}

/** What can be read of a value. An entry of a list stays whatever is wrong with it, so that those after it keep their numbers. */
function readable(schema: z.core.$ZodType, raw: unknown): unknown {
  const read = z.safeParse(schema, raw)
  if (read.success) return read.data
  if (schema instanceof z.ZodObject) {
    const given = Object(raw) as Readonly<Record<string, unknown>>
    return Object.fromEntries(Object.entries(schema.shape).map(([name, inner]) => [name, readable(inner, given[name])]))
  }
  if (schema instanceof z.ZodArray)
    return Array.isArray(raw) ? raw.slice(0, mostEntries).map(entry => readable(schema.element, entry)) : []
  const inner = innerOf(schema)
  if (inner) return Array.isArray(raw) ? readable(inner, raw) : z.safeParse(schema, undefined).data
  return schema instanceof z.ZodString ? '' : undefined
}

/** The parameters below a name: `x` itself, and `x.…`. */
interface Node {
  value?: string
  readonly below: Map<string, Node>
}

function treeOf(wire: Wire): Node {
  const root: Node = { below: new Map() }
  for (const [name, value] of wire) {
    let node = root
    for (const part of name.split('.', 4)) {
      const next = node.below.get(part) ?? { below: new Map() }
      node.below.set(part, next)
      node = next
    }
    node.value = value
  }
  return root
}

function rawObject(schema: z.ZodObject, node: Node, emptyCounts: boolean): Record<string, unknown> {
  const raw: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(schema.shape)) {
    const below = node.below.get(name)
    const value = below && rawValue(inner, below, emptyCounts)
    if (value !== undefined) raw[name] = value
  }
  return raw
}

function rawValue(schema: z.core.$ZodType, node: Node, emptyCounts: boolean): unknown {
  const keeps = emptyCounts || schema === textOrEmpty
  const inner = innerOf(schema)
  if (inner) return rawValue(inner, node, keeps)
  if (schema instanceof z.ZodArray) return rawList(schema.element, node, keeps)
  const value = node.value ?? node.below.get('1')?.value
  return value === '' && !keeps ? undefined : value
}

function rawList(element: z.core.$ZodType, node: Node, emptyCounts: boolean): unknown[] | undefined {
  const members = [...node.below]
    .filter(([index]) => /^\d{1,9}$/.test(index))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, member]) => member)
  if (element instanceof z.ZodObject) {
    return members.length > 0 ? members.map(member => rawObject(element, member, emptyCounts)) : undefined
  }
  const values = members.length > 0 ? members.map(({ value }) => value ?? '') : splitList(node.value)
  const given = values?.filter(value => value !== '')
  return given === undefined || (given.length === 0 && !emptyCounts) ? undefined : given
}

function splitList(value: string | undefined): readonly string[] | undefined {
  if (value === undefined || !value.startsWith('[')) return value?.split(',')
  try {
    const entries: unknown = JSON.parse(value)
    if (Array.isArray(entries)) return entries.map(String)
  } catch {
    // Told below, by whoever looks at the one entry that it then is.
  }
  return [value]
}
