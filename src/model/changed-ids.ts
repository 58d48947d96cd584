import { kindNames } from './kinds.ts'
import { placedKinds, type Id, type Model } from './model.ts'

/**
 * The ids of what differs between two models of one store. From one revision to the next it costs what changed; over more than
 * that, as much as {@link differingIds}.
 */
export function changedIds(before: Model, after: Model): ReadonlySet<Id> {
  return after.revision === before.revision + 1 ? unlike(before, after, after.changed) : differingIds(before, after)
}

/** The ids of what differs between any two models, at the cost of a glance at each VPC and shared resource. */
export function differingIds(before: Model, after: Model): ReadonlySet<Id> {
  return unlike(before, after, suspects(before, after))
}

function unlike(before: Model, after: Model, ids: Iterable<Id>): ReadonlySet<Id> {
  const seen = new Set<Id>(ids)
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

/** Kinds whose resources could not lie in a VPC: all others are members of one, or of {@link nowhere}. */
const sharedKinds = kindNames.filter(kind => !placedKinds.includes(kind))
