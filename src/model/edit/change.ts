import type { ChildPath } from '../command.ts'
import { kinds, type KindName } from '../kinds.ts'
import { get, type Id, type Resource } from '../model.ts'
import type { Problem } from '../problem.ts'
import { same } from '../same.ts'
import { attributeOf, childIds, childOf, isRaw, merged, parseBody, withChildIds, type Raw } from './body.ts'
import { withBoughtEips } from './create.ts'
import { tellDangling } from './dangling.ts'
import { unbind } from './delete.ts'
import { withDrawn } from './fill.ts'
import { follow, withMove } from './move.ts'
import { settleNodes } from './nodes.ts'
import { change, refuse, unusedId, type Work } from './work.ts'

/** What a read shows beside the attributes; a body that is put back may carry it unchanged or not, it is no wish. */
const readOnly = new Set(['createdAt', 'generation', 'revision', 'liveRevision', 'applied', 'status'])

/** Lays a body over a resource. Unchanged attributes stay the same objects. */
export function patch(work: Work, resource: Resource, body: unknown, known = knownIds(resource)): void {
  if (!isRaw(body)) refuse({ code: 'wrong-type', at: '', resource: resource.id, values: { expected: 'object' } })
  const { kind } = resource
  const given = Object.fromEntries(Object.entries(body).filter(([name]) => !readOnly.has(name)))
  for (const name of ['id', 'kind'] as const) {
    if (given[name] !== undefined && given[name] !== resource[name]) work.problems.push({ code: 'read-only', at: name })
    delete given[name]
  }
  const old = withForcedUnbinding(work, resource, given)
  const present = flat(old)
  const overlaid = {
    ...present,
    ...mapped(given, (name, value) => merged(attributeOf(kind, name), present[name], value)),
  }
  const bought = withBoughtEips(work, kind, kind === 'certificate' ? withDrawn(work, overlaid) : overlaid, '')
  const whole = withMove(work, old, given, bought)
  const numbered = withChildIds(kinds[kind].spec, whole, known, prefix => unusedId(work, prefix), work.problems)
  const parsed = parseBody(kind, numbered as Raw, work.problems)
  if (!parsed || work.problems.length > 0) {
    tellDangling(work, kind, given)
    refuse(...work.problems.map(p => seenFrom(work.place, { ...p, resource: old.id })))
  }
  const fixed: readonly string[] = kinds[kind].fixed
  const was: Raw = old.now
  const moved = fixed.filter(name => !same(parsed.now[name], was[name]))
  if (moved.length > 0) refuse(...moved.map(name => ({ code: 'fixed', at: name, resource: old.id }) as const))
  const once = (kinds[kind].once ?? []).filter(
    name => was[name] !== null && parsed.now[name] !== null && !same(parsed.now[name], was[name]),
  )
  if (once.length > 0) refuse(...once.map(name => ({ code: 'once', at: name, resource: old.id }) as const))
  const changes = { ...parsed.labels, now: parsed.now, draft: parsed.spec } as unknown as Parameters<typeof change>[2]
  const made = change(work, old, changes)
  settleNodes(work, made, given['nodeAddresses'] !== undefined)
  follow(work, old, made)
}

/** `force` lets a NAT gateway give up EIPs that its rules use: those rules lose them, running ones too. */
function withForcedUnbinding(work: Work, old: Resource, given: Record<string, unknown>): Resource {
  if (old.kind !== 'nat-gateway' || typeof given['force'] !== 'boolean') return old
  const { force, eips } = given
  delete given['force']
  if (!force || !Array.isArray(eips)) return old
  unbind(
    work,
    old,
    old.now.eips.filter(id => !eips.includes(id)),
  )
  return get(work.model, old.kind, old.id)
}

/** A resource as the flat body that would make it. */
function flat({ name, description, tags, now, draft }: Resource): Raw {
  return { name, description, tags, ...now, ...draft }
}

function mapped(body: Raw, f: (name: string, value: unknown) => unknown): Raw {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, f(name, value)]))
}

/** The ids that an aggregate's children have, in its draft or running. */
function knownIds({ draft, live }: Resource): Set<Id> {
  return new Set([...childIds(draft), ...childIds(live)])
}

/** Adds a child to a list of an aggregate's draft; returns its id. */
export function addChild(work: Work, old: Resource, path: ChildPath, body: unknown): Id {
  if (!isRaw(body)) refuse({ code: 'wrong-type', at: '', resource: old.id, values: { expected: 'object' } })
  if (body['id'] !== undefined) refuse({ code: 'read-only', at: 'id', resource: old.id })
  const prefix = listOf(old, path).prefix
  const id = unusedId(work, prefix)
  let index = 0
  const lists = withList(old, path, list => {
    index = list.length
    return [...list, { ...body, id }]
  })
  patchAt(work, old, lists, `${placeOf(old, path)}[${index}]`, new Set([...knownIds(old), id]))
  return id
}

/** Changes or, with no body, removes the child that a path ends with. */
export function changeChild(work: Work, old: Resource, path: ChildPath, body?: unknown): Id {
  const [list, id] = [path.slice(0, -1), path.at(-1) ?? '']
  const { shape } = listOf(old, list)
  if (body !== undefined && !isRaw(body))
    refuse({ code: 'wrong-type', at: '', resource: old.id, values: { expected: 'object' } })
  let index = -1
  const lists = withList(old, list, members => {
    index = indexOf(old, members, id)
    if (body === undefined) return members.filter((_, i) => i !== index)
    if (body['id'] !== undefined && body['id'] !== id) refuse({ code: 'read-only', at: 'id', resource: old.id })
    return members.map((each, i) => (i === index ? (merged(shape, each, body) as Raw) : each))
  })
  patchAt(work, old, lists, `${placeOf(old, list)}[${index}]`, knownIds(old))
  return id
}

/** Patches the draft and tells problems of one child as that child's caller sees them. */
function patchAt(work: Work, old: Resource, body: Raw, place: string, known: ReadonlySet<Id>): void {
  work.place = place
  patch(work, old, body, new Set(known))
}

/** A problem's place as seen from a child: without the path to it. What is the same as the child is what the child is the same as. */
export function seenFrom(place: string, problem: Problem): Problem {
  if (place === '') return problem
  if (problem.code === 'duplicate' && problem.values?.['other'] === place) {
    const [, other = '', rest = ''] = /^(.*\])(.*)$/.exec(problem.at) ?? []
    return { ...problem, at: rest.replace(/^\./, ''), values: { other } }
  }
  if (!problem.at.startsWith(place)) return problem
  const rest = problem.at.slice(place.length)
  return /^(\.|\[|$)/.test(rest) ? { ...problem, at: rest.replace(/^\./, '') } : problem
}

type Members = readonly Raw[]

/** The draft's top-level list that a path leads into, with the list at its end changed. */
function withList({ id: resource, draft }: Resource, path: ChildPath, f: (list: Members) => Members): Raw {
  const within = (document: Raw, [name = '', child, ...rest]: ChildPath): Raw => {
    const list = (document[name] ?? []) as Members
    if (child === undefined) return { [name]: f(list) }
    const index = list.findIndex(each => each['id'] === child)
    if (index < 0) refuse({ code: 'no-child', at: '', resource, values: { id: child.slice(0, 64) } })
    return { [name]: list.map((each, i) => (i === index ? { ...each, ...within(each, rest) } : each)) }
  }
  return within(draft, path)
}

function indexOf({ id: resource }: Resource, members: Members, id: string): number {
  const index = members.findIndex(each => each['id'] === id)
  if (index < 0) refuse({ code: 'no-child', at: '', resource, values: { id: id.slice(0, 64) } })
  return index
}

/** What the list at a path holds; refuses a path that leads to no list. */
function listOf({ kind, id: resource }: { readonly kind: KindName; readonly id: Id }, path: ChildPath) {
  let shape = kinds[kind].spec as { readonly shape: Readonly<Record<string, unknown>> }
  let found: ReturnType<typeof childOf>
  for (const name of path.filter((_, i) => i % 2 === 0)) {
    const attribute = Object.hasOwn(shape.shape, name) ? shape.shape[name] : undefined
    found = childOf(attribute as Parameters<typeof childOf>[0])
    if (!found) refuse({ code: 'no-list', at: '', resource, values: { list: name.slice(0, 64) } })
    shape = found.shape
  }
  if (!found || path.length % 2 === 0)
    refuse({ code: 'no-list', at: '', resource, values: { list: path.join('/').slice(0, 64) } })
  return found
}

/** A list's place in the draft, e.g. `listeners[0].backends`. */
function placeOf({ draft }: Resource, path: ChildPath): string {
  let document: Raw = draft
  let place = ''
  for (let i = 0; i < path.length; i += 2) {
    const name = path[i] ?? ''
    place = place === '' ? name : `${place}.${name}`
    const child = path[i + 1]
    if (child === undefined) return place
    const list = (document[name] ?? []) as Members
    const index = list.findIndex(each => each['id'] === child)
    place += `[${index}]`
    document = list[index] ?? {}
  }
  return place
}
