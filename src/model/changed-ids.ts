import { kindNames } from './kinds.ts'
import type { Id, Model } from './model.ts'

/** The ids of what differs between two models. Costs what changed, and a glance at each VPC and shared resource. */
export function changedIds(before: Model, after: Model): ReadonlySet<Id> {
  const seen = new Set<Id>()
  for (const [model, other] of [
    [before, after],
    [after, before],
  ] as const) {
    for (const [vpc, members] of model.members) {
      if (other.members.get(vpc) !== members) for (const id of members.keys()) seen.add(id)
    }
    for (const kind of sharedKinds) for (const id of model.byKind.get(kind) ?? []) seen.add(id)
  }
  for (const id of seen) if (before.resources.get(id) === after.resources.get(id)) seen.delete(id)
  return seen
}

/** Kinds whose resources may lie in no VPC. */
const sharedKinds = kindNames.filter(kind => !['vpc', 'subnet', 'route-table', 'nat-gateway', 'server'].includes(kind))
