import { defaultGroup } from '../model/allocate.ts'
import type { Command } from '../model/command.ts'
import type { Id, Model } from '../model/model.ts'
import { usersOf } from '../model/rules/rule.ts'
import { same } from '../model/same.ts'
import { changing, listing, reading } from './action.ts'
import { parentOf, namedParent } from './child-index.ts'
import { describe, isCalled, named, page } from './describe.ts'
import { fail } from './failure.ts'
import { coded, int, list, objects, offSwitch, text } from './parameters.ts'
import { meaningOf, spell, spelledAs } from './rule-values.ts'
import { directions, ruleView, securityGroupView } from './security-group-view.ts'

const direction = coded(directions)
const names = {
  name: 'security_group_name',
  ports: 'val1',
  icmpType: 'val1',
  icmpCode: 'val2',
  peer: 'val3',
  isDefault: 'is_default',
}

/** Security groups and their rules. */
export const securityGroupActions = [
  reading(
    'DescribeSecurityGroups',
    { ...listing, security_groups: list(text).optional(), security_group_name: text.optional() },
    (asked, call) =>
      describe(call, 'security-group', asked, {
        set: 'security_group_set',
        ids: asked.security_groups,
        where: ({ name }) => asked.security_group_name === undefined || name.includes(asked.security_group_name),
        view: group => securityGroupView(group, call, asked.verbose),
      }),
  ),

  changing(
    'CreateSecurityGroup',
    { security_group_name: text.default('') },
    async ({ security_group_name: name }, call) => {
      const { resource } = await call.run({ do: 'create', kind: 'security-group', body: { name } })
      return { security_group_id: resource?.id }
    },
    { names },
  ),

  changing(
    'ModifySecurityGroupAttributes',
    { security_group: text, security_group_name: text.optional(), description: text.optional() },
    async ({ security_group: id, security_group_name: name, description }, call) => {
      await call.run({ do: 'patch', kind: 'security-group', id, body: { name, description } })
      return { security_group_id: id }
    },
    { names },
  ),

  changing('DeleteSecurityGroups', { security_groups: list(text) }, async ({ security_groups: ids }, call) => {
    await call.runAll(ids.map(id => ({ do: 'delete', kind: 'security-group', id })))
    return { security_groups: ids }
  }),

  changing(
    'ApplySecurityGroup',
    { security_group: text, instances: list(text).optional() },
    async ({ security_group: id, instances = [] }, call) => {
      const done = await call.runAll([
        { do: 'apply', kind: 'security-group', id },
        ...takersOf(call.model(), id),
        ...instances.map(each => ({ do: 'patch', kind: 'server', id: each, body: { securityGroup: id } }) as const),
      ])
      return { job_id: call.job('updating', [id, ...instances], done) }
    },
  ),

  changing(
    'RemoveSecurityGroup',
    { instances: list(text) },
    async ({ instances }, call) => {
      const body = { securityGroup: defaultGroup(call.model()) }
      const done = await call.runAll(instances.map(id => ({ do: 'patch', kind: 'server', id, body })))
      return { job_id: call.job('updating', instances, done) }
    },
    { note: 'The instances are guarded by the default group from then on' },
  ),

  reading(
    'DescribeSecurityGroupRules',
    {
      ...listing,
      security_group: text.optional(),
      security_group_rules: list(text).optional(),
      direction: direction.optional(),
    },
    (asked, call) => {
      const { security_group: group, security_group_rules: ids } = asked
      if (group === undefined && ids === undefined)
        fail(1100, 'parameter [security_group] or [security_group_rules] is required')
      const groups =
        group === undefined
          ? [...new Set((ids ?? []).flatMap(id => parentOf(call, 'security-group', id) ?? []))]
          : [named(call, 'security-group', group)]
      const rules = groups.flatMap(({ id: of, draft }) => draft.rules.map(rule => ({ of, rule })))
      const wanted = rules.filter(
        ({ rule }) =>
          (ids?.includes(rule.id) ?? true) &&
          (asked.direction === undefined || rule.direction === asked.direction) &&
          isCalled(rule, asked.search_word),
      )
      return page(asked, 'security_group_rule_set', wanted, ({ of, rule }) => ruleView(rule, of, call))
    },
  ),

  changing(
    'AddSecurityGroupRules',
    {
      security_group: text,
      rules: objects({
        protocol: text,
        priority: int(),
        security_group_rule_name: text.default(''),
        action: text.default('accept'),
        direction: direction.default('ingress'),
        val1: text.default(''),
        val2: text.default(''),
        val3: text.default(''),
      }),
    },
    async ({ security_group: id, rules }, call) => {
      const bodies = rules.map(({ security_group_rule_name: name, val1, val2, val3, ...rule }, i) => ({
        ...rule,
        name,
        ...call.heed(() => meaningOf(rule.protocol, { val1, val2, val3 }, `rules.${i + 1}.`)),
      }))
      const done = await call.runAll(
        bodies.map(body => ({ do: 'add-child', kind: 'security-group', id, path: ['rules'], body })),
        bodies.map((_, i) => `rules[${i}]`),
      )
      const made = done.flatMap(({ child }) => child ?? [])
      for (const [i, { val1, val2, val3 }] of rules.entries())
        spell(made[i] ?? '', { val1, val2, val3 }, call.cloud.ledger)
      return { security_group_rules: made }
    },
    { names: { ...names, name: 'security_group_rule_name' } },
  ),

  changing(
    'ModifySecurityGroupRuleAttributes',
    {
      security_group_rule: text,
      security_group: text.optional(),
      security_group_rule_name: text.optional(),
      priority: int().optional(),
      rule_action: text.optional(),
      direction: direction.optional(),
      protocol: text.optional(),
      val1: text.optional(),
      val2: text.optional(),
      val3: text.optional(),
      disabled: offSwitch.optional(),
    },
    async ({ security_group_rule: id, rule_action: action, disabled: enabled, ...given }, call) => {
      const group = namedParent(call, 'security-group', id)
      const rule = group.draft.rules.find(each => each.id === id)
      if (!rule) return fail(2100, `security group rule [${id}] does not exist`)
      const { ledger } = call.cloud
      const protocol = given.protocol ?? rule.protocol
      const before = spelledAs(rule, ledger)
      const values = {
        val1: given.val1 ?? before.val1,
        val2: given.val2 ?? before.val2,
        val3: given.val3 ?? before.val3,
      }
      const body = {
        name: given.security_group_rule_name,
        priority: given.priority,
        direction: given.direction,
        action,
        protocol,
        enabled,
        ...call.heed(() => meaningOf(protocol, values)),
      }
      await call.run({ do: 'patch-child', kind: 'security-group', id: group.id, path: ['rules', id], body })
      spell(id, values, ledger)
      return { security_group_rule_id: id }
    },
    { names: { ...names, name: 'security_group_rule_name', action: 'rule_action', enabled: 'disabled' } },
  ),

  changing(
    'DeleteSecurityGroupRules',
    { security_group_rules: list(text) },
    async ({ security_group_rules: ids }, call) => {
      const commands = call.heedEach(ids, (id): Command => ({
        do: 'delete-child',
        kind: 'security-group',
        id: namedParent(call, 'security-group', id).id,
        path: ['rules', id],
      }))
      await call.runAll(commands)
      return { security_group_rules: ids }
    },
  ),
]

/** What brings a group into force where a router or NAT gateway was given it and nothing else of theirs waits. */
function takersOf(model: Model, group: Id): readonly Command[] {
  return [...usersOf(model, group)].flatMap(({ id, kind, draft, live }) => {
    if (kind !== 'vpc' && kind !== 'nat-gateway') return []
    const waits = same(draft, { ...live, securityGroup: group }) && draft !== live
    return waits ? { do: 'apply', kind, id } : []
  })
}
