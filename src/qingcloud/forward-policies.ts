import type { Id, Model, ResourceOf } from '../model/model.ts'
import { find, isApplied } from '../model/model.ts'
import { usersOf } from '../model/rules/rule.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { namedParent, parentOf } from './child-index.ts'
import { describe, inOrder, isCalled, page } from './describe.ts'
import { bit, labelsOf } from './labels.ts'
import { list, objects, text } from './parameters.ts'

type Policy = ResourceOf<'forward-policy'>
type Rule = Policy['draft']['rules'][number]

const kind = 'forward-policy'
const names = { name: 'loadbalancer_policy_name', balance: 'balance_mode' }
const ruleNames = { name: 'loadbalancer_policy_rule_name', type: 'rule_type', pattern: 'val' }

/** Forwarding policies and their rules. */
export const forwardPolicyActions = [
  reading('DescribeLoadBalancerPolicies', { ...listing, loadbalancer_policies: list(text).optional() }, (asked, call) =>
    describe(call, kind, asked, {
      set: 'loadbalancer_policy_set',
      ids: asked.loadbalancer_policies,
      view: policy => policyView(policy, call, asked.verbose),
    }),
  ),

  changing(
    'CreateLoadBalancerPolicy',
    {
      loadbalancer_policy_name: text.default(''),
      operator: text.optional(),
      balance_mode: text.optional(),
    },
    async ({ loadbalancer_policy_name: name, operator, balance_mode: balance }, call) => {
      const { resource } = await call.run({ do: 'create', kind, body: { name, operator, balance } })
      return { loadbalancer_policy_id: resource?.id }
    },
    { names },
  ),

  changing(
    'ModifyLoadBalancerPolicyAttributes',
    {
      loadbalancer_policy: text,
      loadbalancer_policy_name: text.optional(),
      operator: text.optional(),
      balance_mode: text.optional(),
    },
    async ({ loadbalancer_policy: id, loadbalancer_policy_name: name, operator, balance_mode: balance }, call) => {
      const body = { name, operator: operator || undefined, balance: balance === '' ? null : balance }
      await call.run({ do: 'patch', kind, id, body })
      return { loadbalancer_policy_id: id }
    },
    { names },
  ),

  changing('ApplyLoadBalancerPolicy', { loadbalancer_policy: text }, async ({ loadbalancer_policy: id }, call) => {
    const done = await call.run({ do: 'apply', kind, id })
    // Machines report about the balancers that obey it.
    return { job_id: call.job('updating', [id, ...balancersWith(call.model(), id)], done) }
  }),

  changing(
    'DeleteLoadBalancerPolicies',
    { loadbalancer_policies: list(text) },
    async ({ loadbalancer_policies: ids }, call) => {
      await call.runAll([...new Set(ids)].map(id => ({ do: 'delete', kind, id })))
      return { loadbalancer_policies: ids }
    },
    { note: 'Refused while a backend bears it, also where that waits for UpdateLoadBalancers' },
  ),

  reading(
    'DescribeLoadBalancerPolicyRules',
    {
      ...listing,
      loadbalancer_policy_rules: list(text).optional(),
      loadbalancer_policy: text.optional(),
    },
    (asked, call) => {
      const { loadbalancer_policy_rules: ids, loadbalancer_policy: policy } = asked
      const found = policiesOf(call, policy, ids)
        .flatMap(({ id: of, draft }) => draft.rules.map(rule => ({ of, rule })))
        .filter(({ rule }) => (ids?.includes(rule.id) ?? true) && isCalled(rule, asked.search_word))
      return page(asked, 'loadbalancer_policy_rule_set', found, ({ of, rule }) => ruleView(rule, of))
    },
  ),

  changing(
    'AddLoadBalancerPolicyRules',
    {
      loadbalancer_policy: text,
      rules: objects({ rule_type: text, val: text, loadbalancer_policy_rule_name: text.optional() }),
    },
    async ({ loadbalancer_policy: id, rules }, call) => {
      const bodies = rules.map(({ rule_type: type, val: pattern, loadbalancer_policy_rule_name: name }) => ({
        type,
        pattern,
        name,
      }))
      const done = await call.runAll(
        bodies.map(body => ({ do: 'add-child', kind, id, path: ['rules'], body })),
        bodies.map((_, i) => `rules[${i}]`),
      )
      return { loadbalancer_policy_rules: done.flatMap(({ child }) => child ?? []) }
    },
    { names: ruleNames, note: '`source` is a type of rule too: prefixes with blanks between' },
  ),

  changing(
    'ModifyLoadBalancerPolicyRuleAttributes',
    {
      loadbalancer_policy_rule: text,
      loadbalancer_policy_rule_name: text.optional(),
      val: text.optional(),
    },
    async ({ loadbalancer_policy_rule: id, loadbalancer_policy_rule_name: name, val: pattern }, call) => {
      const policy = namedParent(call, kind, id)
      await call.run({ do: 'patch-child', kind, id: policy.id, path: ['rules', id], body: { name, pattern } })
      return { loadbalancer_policy_rule_id: id }
    },
    { names: ruleNames },
  ),

  changing(
    'DeleteLoadBalancerPolicyRules',
    { loadbalancer_policy_rules: list(text) },
    async ({ loadbalancer_policy_rules: ids }, call) => {
      const places = call.heedEach([...new Set(ids)], id => ({
        id: namedParent(call, kind, id).id,
        path: ['rules', id],
      }))
      await call.runAll(places.map(place => ({ do: 'delete-child', kind, ...place })))
      return { loadbalancer_policy_rules: ids }
    },
  ),
]

/** A policy as clients see it; with `verbose`, with the balancers that have backends with it. */
function policyView(policy: Policy, call: Call, verbose: number): object {
  const model = call.model()
  return {
    loadbalancer_policy_id: policy.id,
    loadbalancer_policy_name: policy.name,
    operator: policy.draft.operator,
    balance_mode: policy.draft.balance ?? '',
    is_applied: bit(isApplied(policy)),
    ...(verbose > 0 ? { loadbalancer_ids: balancersWith(model, policy.id) } : {}),
    ...labelsOf(policy, model),
  }
}

function ruleView(rule: Rule, policy: Id): object {
  return {
    loadbalancer_policy_rule_id: rule.id,
    loadbalancer_policy_rule_name: rule.name,
    loadbalancer_policy_id: policy,
    rule_type: rule.type,
    val: rule.pattern,
  }
}

function balancersWith(model: Model, policy: Id): readonly Id[] {
  return [...usersOf(model, policy)].map(({ id }) => id).sort()
}

function policiesOf(call: Call, policy: Id | undefined, rules: readonly Id[] | undefined): readonly Policy[] {
  if (policy !== undefined) return [find(call.model(), kind, policy) ?? []].flat()
  if (rules) return [...new Set(rules.flatMap(id => parentOf(call, kind, id) ?? []))]
  return inOrder(call.model(), kind)
}
