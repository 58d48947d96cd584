import { childIds } from '../model/edit/body.ts'
import type { KindName } from '../model/kinds.ts'
import { all, find, type Id, type Model, type Resource, type ResourceOf } from '../model/model.ts'
import type { Call } from './action.ts'
import type { Cloud } from './cloud.ts'
import { fail } from './failure.ts'

/** Where the children of a kind live, as of a model. */
interface Index {
  model: Model
  readonly parents: Map<Id, Id>
  readonly known: Map<Id, Resource>
}

const indexes = new WeakMap<Cloud, Map<KindName, Index>>()

/** The resource whose draft a child lives in; undefined where no draft of the kind has it. */
export function parentOf<K extends KindName>({ cloud }: Call, kind: K, child: Id): ResourceOf<K> | undefined {
  const index = indexOf(cloud, kind)
  return find(index.model, kind, index.parents.get(child))
}

/** The same for a child that a request names; refused where there is none. */
export function namedParent<K extends KindName>(call: Call, kind: K, child: Id): ResourceOf<K> {
  return parentOf(call, kind, child) ?? fail(2100, `resource [${child.slice(0, 64)}] does not exist`)
}

/** The index of a kind, brought up to date by what changed: requests name children without saying where they are. */
function indexOf(cloud: Cloud, kind: KindName): Index {
  const model = cloud.model()
  const ofCloud = indexes.get(cloud) ?? new Map<KindName, Index>()
  indexes.set(cloud, ofCloud)
  const index = ofCloud.get(kind) ?? { model, parents: new Map<Id, Id>(), known: new Map<Id, Resource>() }
  if (index.model === model && ofCloud.has(kind)) return index
  const step = ofCloud.has(kind) && model.revision === index.model.revision + 1
  ofCloud.set(kind, index)
  const concerned = step ? model.changed : new Set([...index.known.keys(), ...idsOf(model, kind)])
  for (const id of concerned) renew(index, id, find(model, kind, id) as Resource | undefined)
  index.model = model
  return index
}

function* idsOf(model: Model, kind: KindName): Iterable<Id> {
  for (const { id } of all(model, kind)) yield id
}

function renew({ parents, known }: Index, id: Id, resource: Resource | undefined): void {
  const before = known.get(id)
  if (before === resource) return
  for (const child of childIds(before?.draft)) if (parents.get(child) === id) parents.delete(child)
  known.delete(id)
  if (!resource) return
  known.set(id, resource)
  for (const child of childIds(resource.draft)) parents.set(child, id)
}
