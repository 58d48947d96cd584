import { kindNames } from './kinds.ts'
import type { Id, Model } from './model.ts'

/**
 * The ids of what differs between two models. From one revision to the next it costs what changed; over more than that, a glance
 * at each VPC and shared resource as well.
 */
export function changedIds(before: Model, after: Model): ReadonlySet<Id> {
  const seen = new Set<Id>(after.revision === before.revision + 1 ? after.changed : suspects(before, after))
  for (const id of seen) if (before.resources.get(id) === after.resources.get(id)) seen.delete(id)
  return seen
}

/** Everything that may differ. */
function* suspects(before: Model, after: Model): Iterable<Id> {
  for (const [model, other] of [
    [before, after],
    [after, before],
  ] as const) {
    for (const [vpc, members] of model.members) if (other.members.get(vpc) !== members) yield* members.keys()
    for (const kind of sharedKinds) yield* model.byKind.get(kind) ?? []
  }
}

/** Kinds whose resources may lie in no VPC. */
const sharedKinds = kindNames.filter(kind => !['vpc', 'subnet', 'route-table', 'nat-gateway', 'server'].includes(kind))
