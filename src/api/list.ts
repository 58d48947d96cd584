import type { Page } from '../client/wire.ts'
import { referenceAttributes } from '../model/child-lists.ts'
import type { KindName } from '../model/kinds.ts'
import { vpcOf, type Id, type Model, type Resource } from '../model/model.ts'
import { Refused } from '../model/problem.ts'

/** What a list is narrowed by. */
export interface Filter {
  readonly search?: string
  readonly tag?: string
  /** By attribute that names other resources; `vpc` works for everything that lies in one. */
  readonly references: Readonly<Record<string, Id>>
  /** Whatever cannot be told from the resource alone. */
  readonly also: (resource: Resource) => boolean
}

/** The attributes that a kind's list can be narrowed by. */
export function filterAttributes(kind: KindName): readonly string[] {
  const lies = kind === 'server' || kind === 'load-balancer' ? ['vpc'] : []
  return [...new Set([...referenceAttributes(kind), ...lies])]
}

/** The resources of a kind that pass a filter, oldest first, one page from after a cursor on. */
export function listPage(model: Model, kind: KindName, filter: Filter, limit: number, after?: string): Page<Resource> {
  const cursor = after === undefined ? '' : cursorOf(after)
  const found = candidates(model, kind, filter)
    .map(resource => ({ place: placeOf(resource), resource }))
    .filter(({ place, resource }) => place > cursor && passes(model, resource, filter))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map(({ resource }) => resource),
    next: last && found.length > limit ? Buffer.from(last.place).toString('base64url') : null,
  }
}

/** What could be in the list at all: by the narrowest index that there is. */
function candidates(model: Model, kind: KindName, { references }: Filter): Resource[] {
  const { vpc, ...others } = references
  const sets = Object.values(others).map(id => model.users.get(id)?.keys() ?? [])
  if (vpc !== undefined) sets.push(model.members.get(vpc)?.keys() ?? [])
  const ids = sets[0] ?? model.byKind.get(kind) ?? []
  return [...ids].flatMap(id => {
    const resource = model.resources.get(id)
    return resource?.kind === kind ? resource : []
  })
}

function passes(model: Model, resource: Resource, { search, tag, references, also }: Filter): boolean {
  if (tag !== undefined && !resource.tags.includes(tag)) return false
  if (search !== undefined && !texts(resource).some(text => text.toLowerCase().includes(search.toLowerCase())))
    return false
  const attributes: Readonly<Record<string, unknown>> = { ...resource.now, ...resource.draft }
  for (const [attribute, id] of Object.entries(references)) {
    const value = attribute === 'vpc' ? vpcOf(model, resource) : attributes[attribute]
    if (value !== id && !(Array.isArray(value) && value.includes(id))) return false
  }
  return also(resource)
}

/** What a search looks at. */
function texts(resource: Resource): string[] {
  const scalars = Object.values(resource.now).filter(value => typeof value === 'string')
  return [resource.id, resource.name, resource.description, ...scalars]
}

/** Where a resource stands in its list; never changes. */
function placeOf({ createdAt, id }: Resource): string {
  return `${createdAt} ${id}`
}

function cursorOf(after: string): string {
  const place = Buffer.from(after, 'base64url').toString()
  if (/^\S+ \S+$/.test(place)) return place
  throw new Refused([{ code: 'bad-query', at: '', values: { name: 'after', expected: 'the `next` of a page' } }])
}
