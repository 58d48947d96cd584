import { parse } from 'yaml'
import { z } from 'zod'
import { segmentOf } from '../model/child-lists.ts'
import { markOf } from '../model/define.ts'
import { coreOf, isNullable, nearest, optionOf } from './attributes.ts'
import type { Complaint } from './complaint.ts'
import { isRecord } from './leaves.ts'

type Attributes = Readonly<Record<string, z.core.$ZodType>>

/** What a file says; throws where it cannot be read. */
export type FileText = (path: string) => string

/** What a list of assignments says, and all that is wrong with their form. */
export interface Assigned {
  readonly body: Readonly<Record<string, unknown>>
  readonly complaints: readonly Complaint[]
}

/**
 * Reads `key=value` texts as a body. Keys may be written `security-group` or `securityGroup`, parts of an attribute as
 * `check.protocol`. Values are read by their schema: `eips=a,b` for lists, `next-hop=nat-gateway:out` for what has a
 * type, `eip=` or `eip=null` for none, JSON or YAML in `[…]` or `{…}` for anything nested, and `chain=@shop.pem` for what
 * a file says.
 */
export function parseAssignments(
  texts: readonly string[],
  attributes: Attributes,
  kind: string,
  fileText?: FileText,
): Assigned {
  const complaints: Complaint[] = []
  const body: Record<string, unknown> = {}
  for (const text of texts) {
    const cut = text.indexOf('=')
    if (cut < 1) {
      complaints.push({ say: 'not-an-assignment', values: { text } })
      continue
    }
    const path = text.slice(0, cut).split('.').map(camelCase)
    const target = schemaAt(attributes, path)
    if (!target.schema) {
      const all = target.known.join(', ')
      const near = nearest(target.word, target.known) ?? ''
      complaints.push({
        say: 'unknown-attribute',
        values: { at: text.slice(0, cut), kind, word: target.word, near, all },
      })
      continue
    }
    const [at, value] = [text.slice(0, cut), text.slice(cut + 1)]
    const isText = fileText && markOf(coreOf(target.schema))?.text
    const read =
      isText && value.startsWith('@')
        ? readFile(fileText, value.slice(1), at)
        : isText && isFile(fileText, value)
          ? { complaint: { say: 'meant-a-file', values: { at, text: value } } as const }
          : readValue(target.schema, value, at)
    if ('complaint' in read) complaints.push(read.complaint)
    else assign(body, path, read.value)
  }
  return { body, complaints }
}

function readFile(fileText: FileText, path: string, at: string): Read {
  try {
    return { value: fileText(path) }
  } catch (error) {
    return { complaint: { say: 'no-such-file', values: { at, why: (error as Error).message } } }
  }
}

/** Whether somebody wrote where a text is, and not the text itself. */
function isFile(fileText: FileText, text: string): boolean {
  return /^\S*[./]\S*$/.test(text) && 'value' in readFile(fileText, text, '')
}

function camelCase(word: string): string {
  return word.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

interface Target {
  readonly schema: z.core.$ZodType | undefined
  /** The part of the path that was looked up last, and what there is instead. */
  readonly word: string
  readonly known: readonly string[]
}

function schemaAt(attributes: Attributes, [head = '', ...rest]: readonly string[]): Target {
  const schema = Object.hasOwn(attributes, head) ? attributes[head] : undefined
  if (!schema || rest.length === 0) return { schema, word: head, known: Object.keys(attributes) }
  return schemaAt(partsOf(coreOf(schema)), rest)
}

/** What a part of an attribute may be; of one that takes several forms, a part of any of them. */
function partsOf(schema: z.core.$ZodType): Attributes {
  if (schema instanceof z.ZodObject) return schema.shape
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return {}
  return Object.assign({}, ...schema.options.map(option => partsOf(option))) as Attributes
}

function assign(body: Record<string, unknown>, [head = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    body[head] = value
    return
  }
  const inner: Record<string, unknown> = isRecord(body[head]) ? { ...body[head] } : {}
  assign(inner, rest, value)
  body[head] = inner
}

type Read = { readonly value: unknown } | { readonly complaint: Complaint }

function readValue(schema: z.core.$ZodType, text: string, at: string): Read {
  if (isNullable(schema) && (text === '' || text === 'null')) return { value: null }
  const core = coreOf(schema)
  // A pattern may begin like this, and a description; what names a resource may describe it in its place.
  const isPlain = core instanceof z.ZodString && markOf(core)?.ref === undefined
  if (/^[[{]/.test(text) && !isPlain) return readStructure(text, at, text)
  if (core instanceof z.ZodArray) return readList(core, text, at)
  if (core instanceof z.ZodDiscriminatedUnion) return readTagged(core, text, at)
  if (core instanceof z.ZodObject) return readStructure(text, at, '{"name": "value"}')
  if (core instanceof z.ZodNumber || (core instanceof z.ZodLiteral && typeof [...core.values][0] === 'number')) {
    return /^-?\d+(\.\d+)?$/.test(text)
      ? { value: Number(text) }
      : { complaint: { say: 'not-a-number', values: { at, text } } }
  }
  if (core instanceof z.ZodBoolean) {
    const value = switches[text.toLowerCase()]
    return value === undefined ? { complaint: { say: 'not-a-boolean', values: { at, text } } } : { value }
  }
  return { value: text }
}

const switches: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
}

function readStructure(text: string, at: string, example: string): Read {
  try {
    const value: unknown = parse(text)
    if (typeof value === 'object') return { value }
  } catch {
    // What is wrong with it is said below, with an example of what would be right.
  }
  return {
    complaint: { say: 'not-a-structure', values: { at, text, example: example === text ? '[{"port": 80}]' : example } },
  }
}

function readList(list: z.ZodArray, text: string, at: string): Read {
  if (text === '') return { value: [] }
  if (coreOf(list.element) instanceof z.ZodObject) return readStructure(text, at, '[{"port": 80}]')
  const read = text.split(',').map(each => readValue(list.element, each.trim(), at))
  const wrong = read.find(each => 'complaint' in each)
  return wrong ?? { value: read.map(each => ('value' in each ? each.value : undefined)) }
}

/** `nat-gateway:out` for what is told by its type and its first attribute; the type alone where that can be left out. */
function readTagged(union: z.ZodDiscriminatedUnion, text: string, at: string): Read {
  const tag = union.def.discriminator
  const [type = '', ...rest] = text.split(':')
  const option = optionOf(union, type)
  const [other, schema] = Object.entries(option?.shape ?? {}).find(([key]) => key !== tag) ?? []
  if (option && rest.length > 0 && other !== undefined && schema) {
    const read = readValue(schema, rest.join(':'), at)
    return 'complaint' in read ? read : { value: { [tag]: type, [other]: read.value } }
  }
  if (rest.length === 0 && option?.safeParse({ [tag]: type }).success) return { value: { [tag]: type } }
  return { complaint: { say: 'not-tagged', values: { at, text, all: formsOf(union).join(', ') } } }
}

/** How a value of a union is written in each of its forms: its type, and after a colon what comes first of the rest. */
export function formsOf(union: z.ZodDiscriminatedUnion): readonly string[] {
  return union.options
    .filter(option => option instanceof z.ZodObject)
    .map(({ shape }) => {
      const mark: unknown = shape[union.def.discriminator]
      const other = Object.keys(shape).find(key => key !== union.def.discriminator)
      return mark instanceof z.ZodLiteral ? `${String(mark.value)}${other ? `:<${segmentOf(other)}>` : ''}` : ''
    })
}
