import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { bit, id, text, type Shape } from '../shape.ts'
import type { Answer, Site } from '../site.ts'

type Known = { readonly [field: string]: Shape }

const groupShape = (known: Known = {}): Shape => ({
  security_group_id: id('sg'),
  security_group_name: text,
  is_applied: bit,
  is_default: bit,
  ...labels,
  ...known,
})
const ruleShape = (known: Known = {}): Shape => ({
  security_group_rule_id: id('sgr'),
  security_group_rule_name: text,
  security_group_id: id('sg'),
  priority: 1,
  protocol: 'tcp',
  action: 'accept',
  direction: 0,
  val1: '80',
  val2: '',
  val3: '',
  disabled: 0,
  ...known,
})
const setShape = (known: Known = {}): Shape => ({
  security_group_ipset_id: id('sgi'),
  security_group_ipset_name: text,
  ipset_type: bit,
  val: text,
  is_applied: bit,
  ...labels,
  ...known,
})

/** A group with a rule, which guards a server. */
async function guarded(site: Site): Promise<Given> {
  const rules = [{ name: 'web', protocol: 'tcp', ports: '80' }]
  const group = await site.make('security-group', { name: 'front', rules })
  const vpc = await site.make('vpc', { cidr: '192.168.0.0/16' })
  const subnet = await site.make('subnet', { vpc, cidr: '192.168.1.0/24' })
  const server = await site.make('server', { subnet, name: 'web', securityGroup: group })
  const rule = groupIn(site, group)?.draft.rules[0]?.id ?? ''
  return { group, server, rule }
}

async function sets(site: Site): Promise<Given> {
  const ip = await site.make('ip-set', { type: 'ip', name: 'offices', members: ['10.0.0.0/8', '192.0.2.7'] })
  const port = await site.make('ip-set', { type: 'port', name: 'web', members: ['80', '8000-8010'] })
  return { ip, port }
}

const groupIn = (site: Site, group: string | undefined) => find(site.cloud.model(), 'security-group', group)
const setIn = (site: Site, set: string | undefined) => find(site.cloud.model(), 'ip-set', set)
const job = { job_id: id('j') }

/** What a rule is read back as, by values as they were written. */
const written: Row[] = (
  [
    ['tcp', '80', '', '', { ports: '80' }],
    ['tcp', '80', '80', '10.0.0.1', { ports: '80', peer: '10.0.0.1/32' }],
    ['udp', '1', '65535', '0.0.0.0/0', { ports: '1-65535', peer: '0.0.0.0/0' }],
    ['tcp', '0', '0', '', { ports: null }],
    ['gre', '0', '0', '', { ports: null }],
    ['icmp', '0', '0', '', { icmpType: 0, icmpCode: 0 }],
    ['icmp', '8', '', '', { icmpType: 8, icmpCode: null }],
  ] as const
).map(([protocol, val1, val2, val3, meaning]) => ({
  action: 'AddSecurityGroupRules',
  about: `${protocol} with ${val1}, ${val2 || 'nothing'} and ${val3 || 'nothing'} is read back as written`,
  given: guarded,
  parameters: ({ group = '' }) => ({
    security_group: group,
    rules: [{ protocol, priority: 1, val1, val2, val3, security_group_rule_name: 'r', security_group_rule_id: '' }],
  }),
  answer: { security_group_rules: [id('sgr')] },
  async then(site: Site, { group = '' }: Given, answer: Answer) {
    const ids = answer['security_group_rules'] as string[]
    const { security_group_rule_set: rules } = await site.done('DescribeSecurityGroupRules', {
      security_group_rules: ids,
    })
    const [{ val1: a, val2: b, val3: c } = { val1: '', val2: '', val3: '' }] = rules as Record<string, string>[]
    assert.deepEqual([a, b, c], [val1, val2, val3])
    const rule = groupIn(site, group)?.draft.rules.find(({ id: made }) => made === ids[0])
    for (const [name, value] of Object.entries(meaning)) assert.equal(rule?.[name as 'ports'], value)
  },
}))

export const rows: readonly Row[] = [
  {
    action: 'DescribeSecurityGroups',
    given: guarded,
    parameters: { verbose: 1 },
    answer: ({ group = '', server = '' }) => ({
      security_group_set: [
        groupShape({
          is_default: 1,
          is_applied: 1,
          resources: [{ resource_id: id('rtr'), resource_name: text, resource_type: 'router' }],
        }),
        groupShape({
          security_group_id: group,
          security_group_name: 'front',
          is_default: 0,
          resources: [{ resource_id: server, resource_name: 'web', resource_type: 'instance' }],
        }),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeSecurityGroups',
    about: 'by ids, words and names',
    given: guarded,
    parameters: ({ group = '' }) => ({ security_groups: [group], search_word: group, security_group_name: 'ront' }),
    answer: { security_group_set: [groupShape({ is_applied: 1 })], total_count: 1 },
  },
  {
    action: 'CreateSecurityGroup',
    parameters: { security_group_name: 'front' },
    answer: { security_group_id: id('sg') },
    then: (site, _, { security_group_id: group }) => assert.equal(groupIn(site, String(group))?.name, 'front'),
  },
  {
    action: 'ModifySecurityGroupAttributes',
    about: 'what is left out stays',
    given: guarded,
    parameters: ({ group = '' }) => ({ security_group: group, description: 'guards the front' }),
    answer: ({ group = '' }) => ({ security_group_id: group }),
    then(site, { group }) {
      const { name, description } = groupIn(site, group) ?? {}
      assert.deepEqual([name, description], ['front', 'guards the front'])
    },
  },
  {
    action: 'DeleteSecurityGroups',
    given: async site => ({ group: await site.make('security-group', {}) }),
    parameters: ({ group = '' }) => ({ security_groups: [group] }),
    answer: ({ group = '' }) => ({ security_groups: [group] }),
    then: (site, { group }) => assert.equal(groupIn(site, group), undefined),
  },
  {
    action: 'ApplySecurityGroup',
    async given(site) {
      const { group = '', rule = '', server = '' } = await guarded(site)
      await site.done('DeleteSecurityGroupRules', { security_group_rules: [rule] })
      await site.done('RemoveSecurityGroup', { instances: [server] })
      return { group, server }
    },
    parameters: ({ group = '', server = '' }) => ({ security_group: group, instances: [server] }),
    answer: job,
    then(site, { group, server }) {
      assert.deepEqual(groupIn(site, group)?.live.rules, [])
      assert.equal(find(site.cloud.model(), 'server', server)?.now.securityGroup, group)
    },
  },
  {
    action: 'RemoveSecurityGroup',
    given: guarded,
    parameters: ({ server = '' }) => ({ instances: [server] }),
    answer: job,
    then(site, { group, server }) {
      const now = find(site.cloud.model(), 'server', server)?.now.securityGroup
      assert.ok(now !== group && groupIn(site, now)?.now.isDefault)
    },
  },
  {
    action: 'DescribeSecurityGroupRules',
    given: guarded,
    parameters: ({ group = '' }) => ({ security_group: group, direction: 0 }),
    answer: ({ group = '', rule = '' }) => ({
      security_group_rule_set: [
        ruleShape({ security_group_rule_id: rule, security_group_rule_name: 'web', security_group_id: group }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeSecurityGroupRules',
    about: 'one that leaves, by its id, without a group and a direction',
    async given(site) {
      const { group = '' } = await guarded(site)
      const rules = [{ protocol: 'all', priority: 0, direction: 1, action: 'drop', val3: '10.0.0.0/8' }]
      const { security_group_rules: made } = await site.done('AddSecurityGroupRules', { security_group: group, rules })
      return { rule: String((made as string[])[0]) }
    },
    parameters: ({ rule = '' }) => ({ security_group_rules: [rule, 'sgr-00000000'] }),
    answer: {
      security_group_rule_set: [
        ruleShape({ direction: 1, protocol: 'all', action: 'drop', priority: 0, val1: '', val3: '10.0.0.0/8' }),
      ],
      total_count: 1,
    },
  },
  ...written,
  {
    action: 'AddSecurityGroupRules',
    about: 'several, with sets of addresses and ports, wait for an apply',
    given: async site => ({ ...(await guarded(site)), ...(await sets(site)) }),
    parameters: ({ group = '', ip = '', port = '' }) => ({
      security_group: group,
      rules: [
        { protocol: 'tcp', priority: 2, val1: port, val3: ip },
        { protocol: 'udp', priority: 3, direction: 1, action: 'drop' },
      ],
    }),
    answer: { security_group_rules: [id('sgr'), id('sgr')] },
    async then(site, { group = '', ip = '', port = '' }) {
      const described = await site.done('DescribeSecurityGroups', { security_groups: [group] })
      assert.equal((described['security_group_set'] as { is_applied: number }[])[0]?.is_applied, 0)
      const rule = groupIn(site, group)?.draft.rules[1]
      assert.deepEqual([rule?.ports, rule?.peer], [port, ip])
      assert.equal(groupIn(site, group)?.live.rules.length, 1)
    },
  },
  {
    action: 'ModifySecurityGroupRuleAttributes',
    given: guarded,
    parameters: ({ rule = '' }) => ({
      security_group_rule: rule,
      val2: '90',
      rule_action: 'drop',
      disabled: 1,
      priority: 7,
    }),
    answer: ({ rule = '' }) => ({ security_group_rule_id: rule }),
    then(site, { group }) {
      const { name, ports, action, enabled, priority } = groupIn(site, group)?.draft.rules[0] ?? {}
      assert.deepEqual([name, ports, action, enabled, priority], ['web', '80-90', 'drop', false, 7])
    },
  },
  {
    action: 'ModifySecurityGroupRuleAttributes',
    about: 'empty values clear',
    given: guarded,
    parameters: ({ rule = '' }) => ({ security_group_rule: rule, val1: '', val3: '', security_group_rule_name: '' }),
    answer: ({ rule = '' }) => ({ security_group_rule_id: rule }),
    then(site, { group }) {
      const { name, ports } = groupIn(site, group)?.draft.rules[0] ?? {}
      assert.deepEqual([name, ports], ['', null])
    },
    // A blank is what this provider's users clear with; it becomes nothing on the way.
    clients: ['python', 'cli', 'go'],
  },
  {
    action: 'DeleteSecurityGroupRules',
    given: guarded,
    parameters: ({ rule = '' }) => ({ security_group_rules: [rule] }),
    answer: ({ rule = '' }) => ({ security_group_rules: [rule] }),
    then: (site, { group }) => assert.deepEqual(groupIn(site, group)?.draft.rules, []),
  },
  {
    action: 'DescribeSecurityGroupIPSets',
    given: sets,
    answer: ({ ip = '', port = '' }) => ({
      security_group_ipset_set: [
        setShape({ security_group_ipset_id: ip, ipset_type: 0, val: '10.0.0.0/8,192.0.2.7/32' }),
        setShape({ security_group_ipset_id: port, ipset_type: 1, val: '80,8000-8010' }),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeSecurityGroupIPSets',
    about: 'by type and part of the name',
    given: sets,
    parameters: { ipset_type: 0, security_group_ipset_name: 'fic' },
    answer: { security_group_ipset_set: [setShape({ security_group_ipset_name: 'offices' })], total_count: 1 },
  },
  {
    action: 'CreateSecurityGroupIPSet',
    parameters: { ipset_type: 0, val: '10.0.0.0/8,192.0.2.0/24', security_group_ipset_name: 'offices' },
    answer: { security_group_ipset_id: id('sgi') },
    then: (site, _, { security_group_ipset_id: set }) =>
      assert.deepEqual(setIn(site, String(set))?.draft.members, ['10.0.0.0/8', '192.0.2.0/24']),
  },
  {
    action: 'ModifySecurityGroupIPSetAttributes',
    given: sets,
    parameters: ({ port = '' }) => ({ security_group_ipset: port, val: '443' }),
    answer: ({ port = '' }) => ({ security_group_ipset_id: port }),
    then(site, { port }) {
      const { name, draft, live } = setIn(site, port) ?? {}
      assert.deepEqual([name, draft?.members, live?.members], ['web', ['443'], ['80', '8000-8010']])
    },
  },
  {
    action: 'DeleteSecurityGroupIPSets',
    given: sets,
    parameters: ({ ip = '', port = '' }) => ({ security_group_ipsets: [ip, port] }),
    answer: ({ ip = '', port = '' }) => ({ security_group_ipsets: [ip, port] }),
    then: (site, { ip }) => assert.equal(setIn(site, ip), undefined),
  },
  {
    action: 'ApplySecurityGroupIPSets',
    async given(site) {
      const given = await sets(site)
      await site.done('ModifySecurityGroupIPSetAttributes', {
        security_group_ipset: given['ip'] ?? '',
        val: '192.0.2.8',
      })
      return given
    },
    parameters: ({ ip = '' }) => ({ security_group_ipsets: [ip] }),
    answer: job,
    then: (site, { ip }) => assert.deepEqual(setIn(site, ip)?.live.members, ['192.0.2.8/32']),
  },
  {
    action: 'CopySecurityGroupIPSets',
    given: sets,
    parameters: ({ ip = '' }) => ({ security_group_ipsets: [ip] }),
    answer: { security_group_ipsets: [id('sgi')] },
    then: (site, { ip }, { security_group_ipsets: copies }) =>
      assert.deepEqual(setIn(site, (copies as string[])[0])?.draft, setIn(site, ip)?.draft),
  },
]
