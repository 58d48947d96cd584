import { z } from 'zod'
import { type Difference, differences } from '../model/changes.ts'
import { kindNames, kinds, type KindName } from '../model/kinds.ts'
import { same } from '../model/same.ts'
import { isSecret } from '../model/secrets.ts'
import { attributesOf, type Document, isStaged, valueOf } from './attributes.ts'
import type { Complaint } from './complaint.ts'
import { directoryOf } from './directory.ts'
import { type Entry, resolve, type Scope, told } from './entry.ts'
import { misfits } from './misfits.ts'
import { withKnownIds, withoutIds } from './pairing.ts'

type Body = Readonly<Record<string, unknown>>

interface About {
  readonly kind: KindName
  readonly name: string
}

/** What must happen to one resource. A body that is null waits for something that does not exist yet. */
export type Step = About &
  (
    | { readonly do: 'create'; readonly entry: Entry; readonly body: Body | null }
    | {
        readonly do: 'change'
        readonly id: string
        readonly body: Body | null
        readonly changes: readonly Difference[]
      }
    | { readonly do: 'publish' | 'keep' | 'delete'; readonly id: string }
  )

/** All that it takes to make a server match a file, and all that is wrong with the file. */
export interface TopologyPlan {
  readonly steps: readonly Step[]
  readonly complaints: readonly Complaint[]
}

/**
 * What must happen so that the server holds what the file says. Attributes that the file leaves out stay as they are;
 * a list that it names becomes exactly that list. With `prune`, resources of the kinds that the file names, and that
 * it does not contain, go; defaults and regions never do.
 *
 * Made to be asked again: what waits now has a body in the plan that is made after the other steps were done.
 */
export function planTopology(entries: readonly Entry[], server: readonly Document[], prune = false): TopologyPlan {
  const scope = { entries, directory: directoryOf(server) }
  const complaints: Complaint[] = []
  const kept = new Set<string>()
  const wanted = inOrder(entries).map((entry): Step => {
    const [document, ...others] = candidates(entry, server, scope)
    if (others.length > 0) {
      const all = [document, ...others].map(each => each?.id).join(', ')
      complaints.push({ say: 'ambiguous-name', values: { at: entry.at, word: entry.name, all } })
    }
    if (document) kept.add(document.id)
    complaints.push(...complaintsOf(entry, document, scope).map(each => told(entry, each)))
    return document ? changeStep(entry, document, scope) : createStep(entry, scope)
  })
  const named = new Set(entries.map(({ kind }) => kind))
  const surplus = prune ? server.filter(each => named.has(each.kind) && !kept.has(each.id) && mayGo(each)) : []
  const deletions = inOrder(surplus)
    .toReversed()
    .map(({ kind, id }): Step => ({ do: 'delete', kind, id, name: scope.directory.nameOf(id) }))
  return { steps: [...wanted, ...deletions], complaints }
}

/** Whether a plan leaves nothing to do. */
export function isDone(plan: TopologyPlan): boolean {
  return plan.steps.every(step => step.do === 'keep')
}

function mayGo(document: Document): boolean {
  return document.kind !== 'zone' && valueOf(document, 'isDefault') !== true
}

function inOrder<T extends { readonly kind: KindName }>(list: readonly T[]): T[] {
  return kindNames.flatMap(kind => list.filter(each => each.kind === kind))
}

/** The resources that an entry may mean: by id, as the default of its VPC, or by name. */
function candidates(entry: Entry, server: readonly Document[], scope: Scope): readonly Document[] {
  const ofKind = server.filter(each => each.kind === entry.kind)
  const id = entry.attributes['id']
  if (typeof id === 'string') return ofKind.filter(each => each.id === id)
  const vpc = resolve(entry, 'vpc', scope).value
  const within = (place: unknown) => ofKind.filter(each => valueOf(each, 'vpc') === place)
  const mine = vpc === undefined ? ofKind : within(vpc)
  if (isDefault(entry)) return mine.filter(each => valueOf(each, 'isDefault') === true)
  const named = (list: readonly Document[]) => list.filter(each => each.name === entry.name)
  // What is in no VPC yet may be what is to join one.
  return named(mine).length > 0 ? named(mine) : named(within(null))
}

function isDefault(entry: Entry): boolean {
  return entry.attributes['isDefault'] === true
}

function complaintsOf(entry: Entry, document: Document | undefined, scope: Scope): readonly Complaint[] {
  const { kind, at, attributes } = entry
  const list = Object.entries(attributes).flatMap(([key, value]): readonly Complaint[] => {
    const schema = attributesOf(kind)[key]
    const wrong = schema ? misfits(schema, value, `${at}.${key}`) : []
    return [...wrong, ...resolve(entry, key, scope).complaints]
  })
  if (typeof attributes['id'] === 'string' && !document && kinds[kind].prefix !== null) {
    list.push({ say: 'no-such-id', values: { at, kind, word: attributes['id'] } })
  }
  if (!document) return list
  const { fixed, once = [] } = kinds[kind]
  for (const key of [...fixed, ...once].filter(each => Object.hasOwn(attributes, each))) {
    const from = valueOf(document, key)
    const to = asRead(attributesOf(kind)[key], resolve(entry, key, scope).value, from)
    if (same(from, to) || (once.includes(key) && (from === null || to === null))) continue
    const values = { at: `${at}.${key}`, kind, from: JSON.stringify(from), to: JSON.stringify(to) }
    list.push({ say: 'fixed-attribute', values })
  }
  return list
}

/** A value as the server would show it, with what its schema fills in and the ids that its children have. */
function asRead(schema: z.core.$ZodType | undefined, value: unknown, existing: unknown): unknown {
  if (!schema) return value
  const read = z.safeParse(schema, withKnownIds(schema, value, existing))
  return read.success ? read.data : value
}

/** What it takes to create what an entry says, as far as everything that it names exists. */
export function createStep(entry: Entry, scope: Scope): Step {
  const { kind, name, attributes } = entry
  // A default is made by what it is the default of.
  if (isDefault(entry)) return { do: 'create', kind, name, entry, body: null }
  const parts = Object.keys(attributes).map(key => ({ key, ...resolve(entry, key, scope) }))
  // Only what is staged may come later; what takes effect at once is part of being created.
  const waits = parts.some(part => !part.ready && !isStaged(kind, part.key))
  const now = parts.filter(part => part.ready).map(part => [part.key, withoutIds(part.value)] as const)
  return { do: 'create', kind, name, entry, body: waits ? null : Object.fromEntries(now) }
}

function changeStep(entry: Entry, document: Document, scope: Scope): Step {
  const { kind, id } = document
  const about = { kind, id, name: scope.directory.nameOf(id) }
  const parts = Object.entries(attributesOf(kind))
    .filter(([key]) => Object.hasOwn(entry.attributes, key) && !kinds[kind].fixed.includes(key))
    .map(([key, schema]) => {
      const { value, ready } = resolve(entry, key, scope)
      const from = valueOf(document, key)
      return { key, ready, from, to: withKnownIds(schema, value, from) }
    })
    .filter(({ from, to }) => !same(from, to))
  const visible = parts.filter(({ key }) => !isSecret(kind, key))
  // What the server never tells is sent along with what it belongs to, and shown to nobody.
  if (visible.length === 0) return { ...about, do: document.applied ? 'keep' : 'publish' }
  const ready = parts.filter(part => part.ready)
  return {
    ...about,
    do: 'change',
    changes: visible.flatMap(({ key, from, to }) => [...differences(from, to, key)]),
    body: ready.length > 0 ? Object.fromEntries(ready.map(({ key, to }) => [key, to])) : null,
  }
}
