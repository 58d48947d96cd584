import type { KindName, SpecOf } from '../kinds.ts'
import type { Model, Resource, ResourceOf } from '../model.ts'
import type { Problem } from '../problem.ts'
import { quotas, type Quota } from '../quota.ts'

/**
 * What must hold of a kind beyond its schema and its references. `whole` reads what takes effect at once, and who uses
 * the resource; `spec` is asked of the draft and of what runs. A rule that concerns many members lives with what
 * contains them, and names the member in `resource`. Rules never throw, whatever a reference leads to.
 */
export interface Rules<K extends KindName> {
  whole?(model: Model, resource: ResourceOf<K>): Iterable<Problem>
  spec?(model: Model, resource: ResourceOf<K>, spec: SpecOf<K>): Iterable<Problem>
}

/** A problem if there are more of a thing than its quota allows. */
export function* overQuota(kind: Quota, count: number, at: string): Iterable<Problem> {
  if (count > quotas[kind]) yield { code: 'quota', at, values: { kind, count, limit: quotas[kind] } }
}

/** The members whose key an earlier one has, each with the earlier one's index. Those without a key are let be. */
export function* duplicates<T>(
  items: readonly T[],
  keyOf: (item: T) => string | null,
): Iterable<{ readonly index: number; readonly first: number }> {
  const seen = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const key = keyOf(item)
    if (key === null) continue
    const first = seen.get(key)
    if (first === undefined) seen.set(key, index)
    else yield { index, first }
  }
}

/** The resources that refer to this one. */
export function* usersOf(model: Model, id: string): Iterable<Resource> {
  for (const user of model.users.get(id) ?? []) {
    const resource = model.resources.get(user)
    if (resource) yield resource
  }
}
