import type { Page } from '../client/wire.ts'
import { referenceAttributes } from '../model/child-lists.ts'
import { kinds, type KindName } from '../model/kinds.ts'
import { placedKinds, vpcOf, type Id, type Model, type Resource } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import { toldOf } from '../model/secrets.ts'

/** What a list is narrowed by. */
export interface Filter {
  readonly search?: string
  readonly tag?: string
  /** By attribute that names other resources; `vpc` works for everything that lies in one. */
  readonly references: Readonly<Record<string, Id>>
  /** Whatever cannot be told from the resource alone. */
  readonly also: (resource: Resource) => boolean
}

/** Which part of a list is asked for. */
export interface Window {
  readonly limit: number
  /** How many to pass over. */
  readonly offset: number
  /** The `next` of the page before. */
  readonly after?: string | undefined
  /** An attribute, with `-` before it for the other way round. */
  readonly sort: string
  readonly stateOf: (resource: Resource) => string
}

/** The attributes that a kind's list can be narrowed by. */
export function filterAttributes(kind: KindName): readonly string[] {
  const lies = placedKinds.includes(kind) && kind !== 'vpc' ? ['vpc'] : []
  return [...new Set([...referenceAttributes(kind), ...lies])]
}

/** What a kind's list can be sorted by, each also with `-` before it. */
export function sortWords(kind: KindName): readonly string[] {
  const words = new Set(['createdAt', 'name', 'id', 'state', ...kinds[kind].columns])
  return [...words].flatMap(word => [word, `-${word}`])
}

/** The resources of a kind that pass a filter, in order, one page of them. */
export function listPage(model: Model, kind: KindName, filter: Filter, window: Window): Page<Resource> {
  const { limit, offset, after, sort } = window
  const attribute = sort.replace(/^-/, '')
  const direction = sort.startsWith('-') ? -1 : 1
  const order = (a: Place, b: Place) => direction * compare(a, b)
  const found = candidates(model, kind, filter)
    .filter(resource => passes(model, resource, filter))
    .map(resource => ({ place: [keyOf(resource, attribute, window), resource.id] as const, resource }))
    .sort((a, b) => order(a.place, b.place))
  const cursor = after === undefined ? undefined : cursorOf(after)
  const passed = cursor ? found.findIndex(({ place }) => order(place, cursor) > 0) : 0
  const rest = passed < 0 ? [] : found.slice(passed + offset)
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map(({ resource }) => resource),
    next: last && rest.length > limit ? Buffer.from(JSON.stringify(last.place)).toString('base64url') : null,
    total: found.length,
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
  const scalars = Object.values(toldOf(resource)).filter(value => typeof value === 'string')
  // Whoever types a word does not look for it in the middle of a certificate.
  return [resource.id, resource.name, resource.description, ...scalars.filter(text => !text.includes('\n'))]
}

/** Where a resource stands in a list: what it is sorted by, and its id. */
type Place = readonly [key: string | number, id: Id]

function keyOf(resource: Resource, attribute: string, { stateOf }: Window): string | number {
  if (attribute === 'state') return stateOf(resource)
  const attributes: Readonly<Record<string, unknown>> = { ...resource.draft, ...toldOf(resource), ...resource }
  const value = attributes[attribute] ?? ''
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
}

/** Numbers in names and addresses count as such: `web-9` comes before `web-10`. */
const collator = new Intl.Collator('en', { numeric: true })

function compare([a, idA]: Place, [b, idB]: Place): number {
  const byKey = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))
  return byKey || (idA < idB ? -1 : idA > idB ? 1 : 0)
}

function cursorOf(after: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(after, 'base64url').toString())
    if (Array.isArray(place) && place.length === 2) {
      const [key, id] = place as unknown[]
      if ((typeof key === 'string' || typeof key === 'number') && typeof id === 'string') return [key, id]
    }
  } catch {
    // Told below, as anything else that is no place.
  }
  throw new Refused([{ code: 'bad-query', at: '', values: { name: 'after', expected: 'the `next` of a page' } }])
}
