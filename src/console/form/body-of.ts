import { z } from 'zod'
import type { Words } from '../../model/define.ts'
import { problemsOf } from '../../model/issue.ts'
import { conditionOf, isMet } from '../../model/matters.ts'
import { problemText } from '../../model/problem.ts'
import { same } from '../../model/same.ts'
import type { Field } from './field-of.ts'

export type Document = Readonly<Record<string, unknown>>

/** What a form begins with: what is there, else the defaults. */
export function initialValues(fields: readonly Field[], existing?: Document): Document {
  return Object.fromEntries(
    fields.flatMap(({ name, initial }) => {
      const value = existing ? existing[name] : initial
      return value === undefined || value === null ? [] : [[name, value]]
    }),
  )
}

/** What a form says, as the body of a creation: what was left empty is left out. */
export function createBody(fields: readonly Field[], values: Document): Document {
  return Object.fromEntries(
    fields.flatMap(({ name }) => {
      const value = withoutBlanks(values[name])
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** What a form says, as the body of a change: only what differs from what was there. `where` is whose fields they are. */
export function changeBody(fields: readonly Field[], values: Document, existing: Document, where = ''): Document {
  return Object.fromEntries(
    fields.flatMap(field => {
      const { name, control } = field
      if (isLeftBehind(field, values, existing, where)) return [[name, field.initial ?? emptied(field)]]
      if (control.type === 'group' && !field.nullable) return groupChange(field.name, control.fields, values, existing)
      const given = withoutBlanks(values[name])
      const value = given === undefined ? emptied(field) : given
      return value === undefined || same(value, existing[name]) ? [] : [[name, value]]
    }),
  )
}

/** Whether an attribute mattered by what was there, and no longer does by what the form says: nobody can see it to change it back. */
function isLeftBehind({ name, initial }: Field, values: Document, existing: Document, where: string): boolean {
  const condition = conditionOf(where, name)
  if (!condition || !isMet(condition, existing) || isMet(condition, values)) return false
  return !same(existing[name], initial ?? null)
}

/** What differs inside an object; the rest of it stays. */
function groupChange(name: string, fields: readonly Field[], values: Document, existing: Document): Entry[] {
  const inside = (document: Document) => (document[name] ?? {}) as Document
  const change = changeBody(fields, inside(values), inside(existing))
  return Object.keys(change).length === 0 ? [] : [[name, change]]
}

type Entry = readonly [string, unknown]

/** What is wrong with a value that stands in a field, in the reader's language; undefined where nothing is. */
export function complaintOf({ schema, required }: Field, value: unknown, language: keyof Words): string | undefined {
  const given = withoutBlanks(value)
  const isEmpty = given === undefined || (Array.isArray(given) && given.length === 0)
  if (isEmpty && required) return problemText({ code: 'missing', at: '' }, language)
  if (given === undefined) return undefined
  const read = z.safeParse(schema, given)
  if (read.success) return undefined
  const [first] = problemsOf(read.error, given)
  return first && problemText(first, language)
}

/** Where a problem stands, as the name of a form's field: `check.path` is `['check', 'path']`. */
export function fieldPath(at: string): (string | number)[] {
  return [...at.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** What emptying a field asks for; undefined where the attribute cannot be empty, so that the old value stays. */
function emptied({ nullable, control, schema }: Field): unknown {
  if (nullable) return null
  const isList =
    (control.type === 'reference' && control.many) || control.type === 'texts' || control.type === 'choices'
  if (isList) return z.safeParse(schema, []).success ? [] : undefined
  return control.type === 'text' && z.safeParse(schema, '').success ? '' : undefined
}

/** Blank text and cleared numbers are nothing said; so are objects that hold nothing else. */
function withoutBlanks(value: unknown): unknown {
  if (value === '' || value === null || value === undefined) return undefined
  if (Array.isArray(value)) return value.map(withoutBlanks).filter(each => each !== undefined)
  if (typeof value !== 'object') return typeof value === 'string' ? value.trim() : value
  const kept = Object.entries(value).flatMap(([key, each]) => {
    const inner = withoutBlanks(each)
    return inner === undefined ? [] : [[key, inner]]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}
