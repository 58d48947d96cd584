import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { id, text, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'

type Known = { readonly [field: string]: Shape }

const policyShape = ({ policy = '' }: Given, known: Known = {}): Shape => ({
  loadbalancer_policy_id: policy,
  loadbalancer_policy_name: 'images',
  operator: 'or',
  balance_mode: '',
  is_applied: 1,
  ...labels,
  ...known,
})
const ruleShape = (known: Known = {}): Shape => ({
  loadbalancer_policy_rule_id: id('lbpr'),
  loadbalancer_policy_rule_name: text,
  loadbalancer_policy_id: id('lbp'),
  rule_type: 'url',
  val: '^/img',
  ...known,
})

/** A policy with two rules that a backend bears, and one that nobody does. */
async function borne(site: Site): Promise<Given> {
  const rules = [
    { name: 'img', type: 'url', pattern: '^/img' },
    { type: 'domain', pattern: '^images\\.example$' },
  ]
  const policy = await site.make('forward-policy', { name: 'images', rules })
  const spare = await site.make('forward-policy', { name: 'spare', operator: 'and', balance: 'source' })
  const eip = await site.make('eip', {})
  const backends = [{ address: '198.51.100.7', port: 80, policy }]
  const balancer = await site.make('load-balancer', { eips: [eip], listeners: [{ port: 80, backends }] })
  const [rule, other] = policyIn(site, policy)?.draft.rules ?? []
  site.sync()
  return { policy, spare, balancer, rule: rule?.id ?? '', other: other?.id ?? '' }
}

const policyIn = (site: Site, policy: string | undefined) => find(site.cloud.model(), 'forward-policy', policy)

export const rows: readonly Row[] = [
  {
    action: 'DescribeLoadBalancerPolicies',
    given: borne,
    answer: given => ({
      loadbalancer_policy_set: [
        policyShape(given),
        policyShape(
          { policy: given['spare'] ?? '' },
          { loadbalancer_policy_name: 'spare', operator: 'and', balance_mode: 'source' },
        ),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeLoadBalancerPolicies',
    about: 'with the balancers that obey it',
    given: borne,
    parameters: ({ policy = '' }) => ({ loadbalancer_policies: [policy], verbose: 1 }),
    answer: given => ({
      loadbalancer_policy_set: [policyShape(given, { loadbalancer_ids: [given['balancer'] ?? ''] })],
      total_count: 1,
    }),
  },
  {
    action: 'CreateLoadBalancerPolicy',
    parameters: { loadbalancer_policy_name: '策 略', operator: 'and', balance_mode: 'leastconn' },
    answer: { loadbalancer_policy_id: id('lbp') },
    then(site, _given, answer) {
      const found = policyIn(site, String(answer['loadbalancer_policy_id']))
      assert.deepEqual([found?.name, found?.live.operator, found?.live.balance], ['策 略', 'and', 'leastconn'])
    },
  },
  {
    action: 'CreateLoadBalancerPolicy',
    about: 'with nothing but a name',
    parameters: { loadbalancer_policy_name: 'images', operator: '', balance_mode: '' },
    answer: { loadbalancer_policy_id: id('lbp') },
    then(site, _given, answer) {
      const found = policyIn(site, String(answer['loadbalancer_policy_id']))
      assert.deepEqual([found?.live.operator, found?.live.balance], ['or', null])
    },
  },
  {
    action: 'ModifyLoadBalancerPolicyAttributes',
    given: borne,
    parameters: ({ spare = '' }) => ({
      loadbalancer_policy: spare,
      loadbalancer_policy_name: 'new',
      operator: 'or',
      balance_mode: '',
    }),
    answer: ({ spare = '' }) => ({ loadbalancer_policy_id: spare }),
    then(site, { spare }) {
      const found = policyIn(site, spare)
      assert.deepEqual([found?.name, found?.draft.operator, found?.draft.balance], ['new', 'or', null])
      assert.equal(found?.live.operator, 'and', 'it waits for ApplyLoadBalancerPolicy')
    },
  },
  {
    action: 'ApplyLoadBalancerPolicy',
    async given(site) {
      const given = await borne(site)
      await site.done('ModifyLoadBalancerPolicyAttributes', {
        loadbalancer_policy: given['policy'] ?? '',
        operator: 'and',
      })
      return given
    },
    parameters: ({ policy = '' }) => ({ loadbalancer_policy: policy }),
    answer: { job_id: id('j') },
    async then(site, { policy = '', balancer = '' }, answer) {
      assert.equal(policyIn(site, policy)?.live.operator, 'and')
      const jobs = [String(answer['job_id'])]
      const [job] = (await site.done('DescribeJobs', { jobs }))['job_set'] as Given[]
      assert.deepEqual([job?.['status'], job?.['resource_ids']], ['working', `${policy} ${balancer}`])
      site.sync({ [balancer]: 'the proxy would not start' })
      const [end] = (await site.done('DescribeJobs', { jobs }))['job_set'] as Given[]
      assert.deepEqual([end?.['status'], end?.['error_codes']], ['failed', 'the proxy would not start'])
    },
  },
  {
    action: 'DeleteLoadBalancerPolicies',
    given: borne,
    parameters: ({ spare = '' }) => ({ loadbalancer_policies: [spare] }),
    answer: ({ spare = '' }) => ({ loadbalancer_policies: [spare] }),
    then: (site, { spare }) => assert.equal(policyIn(site, spare), undefined),
  },
  {
    action: 'DescribeLoadBalancerPolicyRules',
    given: borne,
    parameters: ({ policy = '' }) => ({ loadbalancer_policy: policy }),
    answer: ({ policy = '' }) => ({
      loadbalancer_policy_rule_set: [
        ruleShape({ loadbalancer_policy_rule_name: 'img', loadbalancer_policy_id: policy }),
        ruleShape({ rule_type: 'domain', val: '^images\\.example$' }),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeLoadBalancerPolicyRules',
    about: 'by ids alone',
    given: borne,
    parameters: ({ other = '' }) => ({ loadbalancer_policy_rules: [other, 'lbpr-00000000'] }),
    answer: ({ other = '', policy = '' }) => ({
      loadbalancer_policy_rule_set: [
        ruleShape({
          loadbalancer_policy_rule_id: other,
          loadbalancer_policy_id: policy,
          rule_type: 'domain',
          val: '^images\\.example$',
        }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'AddLoadBalancerPolicyRules',
    given: borne,
    parameters: ({ spare = '' }) => ({
      loadbalancer_policy: spare,
      rules: [
        { rule_type: 'domain', val: 'www.example', loadbalancer_policy_rule_name: 'www' },
        { rule_type: 'url', val: '/scripts' },
        { rule_type: 'source', val: '10.0.0.0/8 192.0.2.7/32' },
      ],
    }),
    answer: { loadbalancer_policy_rules: [id('lbpr'), id('lbpr'), id('lbpr')] },
    then(site, { spare }) {
      const found = policyIn(site, spare)
      assert.deepEqual(
        found?.draft.rules.map(({ name, type, pattern }) => [name, type, pattern]),
        [
          ['www', 'domain', 'www.example'],
          ['', 'url', '/scripts'],
          ['', 'source', '10.0.0.0/8 192.0.2.7/32'],
        ],
      )
      assert.equal(found?.live.rules.length, 0)
    },
  },
  {
    action: 'ModifyLoadBalancerPolicyRuleAttributes',
    given: borne,
    parameters: ({ rule = '' }) => ({
      loadbalancer_policy_rule: rule,
      loadbalancer_policy_rule_name: '',
      val: '^/(img|css)',
    }),
    answer: ({ rule = '' }) => ({ loadbalancer_policy_rule_id: rule }),
    then(site, { policy }) {
      const [rule] = policyIn(site, policy)?.draft.rules ?? []
      assert.deepEqual([rule?.name, rule?.pattern, rule?.type], ['', '^/(img|css)', 'url'])
    },
  },
  {
    action: 'DeleteLoadBalancerPolicyRules',
    given: borne,
    parameters: ({ rule = '' }) => ({ loadbalancer_policy_rules: [rule] }),
    answer: ({ rule = '' }) => ({ loadbalancer_policy_rules: [rule] }),
    then: (site, { policy, other }) =>
      assert.deepEqual(
        policyIn(site, policy)?.draft.rules.map(each => each.id),
        [other],
      ),
  },
]
