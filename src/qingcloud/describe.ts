import { all, find, vpcOf, type Id, type Model, type Resource, type ResourceOf } from '../model/model.ts'
import type { KindName } from '../model/kinds.ts'
import type { Call, Listing } from './action.ts'
import type { Answer } from './envelope.ts'
import { fail } from './failure.ts'
import { tagsOf } from './labels.ts'

const usualLimit = 20
const mostAtOnce = 100

/** How to list resources of a kind. */
interface Description<K extends KindName> {
  /** The name of the list in the answer, e.g. `eip_set`. */
  readonly set: string
  /** Only these; an id that is unknown is passed over. */
  readonly ids: readonly Id[] | undefined
  /** Whatever else it is narrowed by. */
  readonly where?: ((resource: ResourceOf<K>) => boolean) | undefined
  /** A resource as clients see it. Of one that is deleted, what it refers to may be gone as well. */
  readonly view: (resource: ResourceOf<K>) => object
  /** The status of those that are deleted: they are shown for two hours where they are asked for by id. */
  readonly gone?: 'deleted' | 'terminated'
}

/** Lists resources: by ids, region, words, tags and status, oldest first, one page of them. */
export function describe<K extends KindName>(
  call: Call,
  kind: K,
  asked: Listing,
  { set, ids, where = everything, view, gone }: Description<K>,
): Answer {
  const model = call.model()
  const asks = asksFor(call, asked)
  const known = ids === undefined ? inOrder(model, kind) : byIds(model, kind, ids)
  // Most lists are not narrowed, and then nobody needs to look at all of them.
  const whole = asks === everything && where === everything
  const there = whole ? known : known.filter(resource => asks(resource as Resource) && where(resource))
  const shown = gone && ids ? [...there, ...buried(call, kind, ids)] : there
  const viewed = (resource: ResourceOf<K>) => {
    if (gone === undefined || model.resources.has(resource.id)) return view(resource)
    return { ...view(resource), status: gone, transition_status: '' }
  }
  const { status } = asked
  if (status === undefined) return page(asked, set, shown, viewed)
  return page(
    asked,
    set,
    shown.map(viewed).filter(each => 'status' in each && status.includes(String(each.status))),
  )
}

const everything = () => true

/** Whether resources are of the region, the words and the tags that a list is asked for by; a region that is none is refused. */
export function asksFor(
  { zone, model }: Call,
  { search_word: word, tags }: Pick<Listing, 'search_word' | 'tags'>,
): (resource: Resource) => boolean {
  const now = model()
  const several = (now.byKind.get('zone')?.size ?? 0) > 1
  if (!several && word === undefined && tags === undefined) return everything
  return resource =>
    (!several || (zoneOf(now, resource) ?? zone) === zone) && isCalled(resource, word) && isTagged(resource, now, tags)
}

/** One page of a list, and how long it is. */
export function page<T>(
  { offset, limit, reverse }: Pick<Listing, 'offset' | 'limit' | 'reverse'>,
  set: string,
  items: readonly T[],
  view: (item: T) => unknown = item => item,
): Answer {
  const ordered = reverse ? items.toReversed() : items
  const end = offset + Math.min(limit || usualLimit, mostAtOnce)
  return { [set]: ordered.slice(offset, end).map(view), total_count: items.length }
}

/** A resource that a request names; refused where there is none. */
export function named<K extends KindName>(call: Call, kind: K, id: Id): ResourceOf<K> {
  return find(call.model(), kind, id) ?? fail(2100, `resource [${id.slice(0, 64)}] does not exist`)
}

/** Whether a word is in a resource's id or name. */
export function isCalled({ id, name }: { readonly id: Id; readonly name: string }, word: string | undefined): boolean {
  if (word === undefined) return true
  const sought = word.toLowerCase()
  return id.includes(sought) || name.toLowerCase().includes(sought)
}

function isTagged(resource: Resource, model: Model, tags: readonly string[] | undefined): boolean {
  return tags === undefined || tagsOf(resource, model).some(({ tag_id: id }) => tags.includes(id))
}

function byIds<K extends KindName>(model: Model, kind: K, ids: readonly Id[]): ResourceOf<K>[] {
  return [...new Set(ids)].flatMap(id => find(model, kind, id) ?? [])
}

function buried<K extends KindName>({ cloud }: Call, kind: K, ids: readonly Id[]): ResourceOf<K>[] {
  return [...new Set(ids)].flatMap(id => {
    const resource = cloud.ledger.buried(id)?.resource
    return resource?.kind === kind ? (resource as unknown as ResourceOf<K>) : []
  })
}

/** The region that a resource lies in; undefined for what lies in none. */
export function zoneOf(model: Model, resource: Resource): Id | undefined {
  if (resource.kind === 'eip') return resource.now.zone
  if (resource.kind === 'load-balancer' && resource.now.subnet === null)
    return find(model, 'eip', resource.now.eips[0])?.now.zone
  return find(model, 'vpc', vpcOf(model, resource))?.now.zone
}

const orders = new WeakMap<Model, Map<KindName, readonly Resource[]>>()

/** All of a kind, oldest first; sorted once for every revision. */
export function inOrder<K extends KindName>(model: Model, kind: K): readonly ResourceOf<K>[] {
  const known = orders.get(model) ?? new Map<KindName, readonly Resource[]>()
  orders.set(model, known)
  const sorted = known.get(kind) ?? ([...all(model, kind)] as unknown as Resource[]).sort(byAge)
  known.set(kind, sorted)
  return sorted as unknown as readonly ResourceOf<K>[]
}

/** Oldest first. */
export function byAge(a: Resource, b: Resource): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  return a.id < b.id ? -1 : 1
}
