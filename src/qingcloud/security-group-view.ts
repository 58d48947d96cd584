import type { Id, Model, ResourceOf, SecurityGroup } from '../model/model.ts'
import { isApplied } from '../model/model.ts'
import { usersOf } from '../model/rules/rule.ts'
import type { Call } from './action.ts'
import { bit, labelsOf, timeText } from './labels.ts'
import { codeOf } from './parameters.ts'
import { typeOf } from './resource-types.ts'
import { spelledAs } from './rule-values.ts'

/** What this API calls the directions of rules. */
export const directions = { 0: 'ingress', 1: 'egress' } as const
/** What this API calls the types of sets. */
export const ipSetTypes = { 0: 'ip', 1: 'port' } as const

export type Rule = SecurityGroup['draft']['rules'][number]

/** A security group as clients see it; with `verbose`, with those that it guards. */
export function securityGroupView(group: SecurityGroup, { model }: Call, verbose: number): object {
  return {
    security_group_id: group.id,
    security_group_name: group.name,
    is_applied: bit(isApplied(group)),
    is_default: bit(group.now.isDefault),
    ...(verbose > 0 ? { resources: resourcesOf(model(), group.id) } : {}),
    ...labelsOf(group, model()),
  }
}

function resourcesOf(model: Model, group: Id): readonly object[] {
  return [...usersOf(model, group)]
    .filter(({ now, draft, live }) =>
      [now, draft, live].some(of => 'securityGroup' in of && of.securityGroup === group),
    )
    .map(({ id, name, kind }) => ({ resource_id: id, resource_name: name, resource_type: typeOf(kind) }))
}

/** A rule of a group as clients see it. */
export function ruleView(rule: Rule, group: Id, call: Call): object {
  return {
    security_group_rule_id: rule.id,
    security_group_rule_name: rule.name,
    security_group_id: group,
    priority: rule.priority,
    protocol: rule.protocol,
    action: rule.action,
    direction: codeOf(directions, rule.direction),
    ...spelledAs(rule, call.cloud.ledger),
    disabled: bit(!rule.enabled),
  }
}

/** A set of addresses or ports as clients see it. */
export function ipSetView(set: ResourceOf<'ip-set'>, { model }: Call): object {
  return {
    security_group_ipset_id: set.id,
    security_group_ipset_name: set.name,
    ipset_type: codeOf(ipSetTypes, set.now.type),
    val: set.draft.members.join(','),
    is_applied: bit(isApplied(set)),
    ...labelsOf(set, model()),
  }
}

/** A snapshot of a group as clients see it. */
export function snapshotView(snapshot: ResourceOf<'group-snapshot'>, call: Call): object {
  const { id, name, createdAt, now } = snapshot
  return {
    security_group_snapshot_id: id,
    security_group_snapshot_name: name,
    group_id: now.group,
    rules: now.rules.map(rule => ruleView(rule, now.group, call)),
    create_time: timeText(createdAt),
  }
}
