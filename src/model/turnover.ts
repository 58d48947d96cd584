import { differingIds } from './changed-ids.ts'
import { differences, type Difference } from './changes.ts'
import { kindNames, type KindName } from './kinds.ts'
import type { Id, Model, Resource } from './model.ts'
import { same } from './same.ts'
import { toldOf } from './secrets.ts'

/** What became of a resource between two moments, as far as machines or people saw it: drafts are nobody's but their author's. */
export interface Turnover {
  readonly kind: KindName
  readonly id: Id
  readonly name: string
  readonly what: 'created' | 'changed' | 'deleted'
  /** Attributes of both sides side by side; empty where there is one side only. */
  readonly changes: readonly Difference[]
}

/** Everything that differs between two moments of one store, kind by kind. What is secret is never told: that it changed is. */
export function turnovers(before: Model, after: Model): readonly Turnover[] {
  const rank = new Map(kindNames.map((kind, i) => [kind, i]))
  return [...differingIds(before, after)]
    .flatMap(id => turnoverOf(before.resources.get(id), after.resources.get(id)) ?? [])
    .sort((a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0) || (a.id < b.id ? -1 : 1))
}

function turnoverOf(was: Resource | undefined, is: Resource | undefined): Turnover | null {
  const either = is ?? was
  if (!either) return null
  const { kind, id, name } = either
  if (!was || !is) return { kind, id, name, what: was ? 'deleted' : 'created', changes: [] }
  const changes = [...differences(shown(was), shown(is))]
  if (changes.length > 0) return { kind, id, name, what: 'changed', changes }
  return same(was.now, is.now) ? null : { kind, id, name, what: 'changed', changes: [{ at: 'key' }] }
}

/** What runs, and what takes effect at once. */
function shown(resource: Resource): Readonly<Record<string, unknown>> {
  const { name, description, tags, live } = resource
  return { name, description, tags, ...toldOf(resource), ...live }
}
