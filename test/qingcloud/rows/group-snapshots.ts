import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import type { Given, Row } from '../row.ts'
import { id, text, time } from '../shape.ts'
import type { Site } from '../site.ts'

/** A group whose one rule was kept, and then taken away. */
async function kept(site: Site): Promise<Given> {
  const group = await site.make('security-group', { name: 'front' })
  const rules = [{ protocol: 'tcp', priority: 1, val1: '80', val2: '80', val3: '192.0.2.7' }]
  const { security_group_rules: made } = await site.done('AddSecurityGroupRules', { security_group: group, rules })
  const given = { security_group: group, name: 'before' }
  const { security_group_snapshot_id: snapshot } = await site.done('CreateSecurityGroupSnapshot', given)
  await site.done('DeleteSecurityGroupRules', { security_group_rules: made as string[] })
  return { group, snapshot: String(snapshot) }
}

export const rows: readonly Row[] = [
  {
    action: 'DescribeSecurityGroupSnapshots',
    given: kept,
    parameters: ({ group = '', snapshot = '' }) => ({ security_group: group, security_group_snapshots: [snapshot] }),
    answer: ({ group = '', snapshot = '' }) => ({
      security_group_snapshot_set: [
        {
          security_group_snapshot_id: snapshot,
          security_group_snapshot_name: 'before',
          group_id: group,
          rules: [
            {
              security_group_rule_id: id('sgr'),
              security_group_rule_name: text,
              security_group_id: group,
              priority: 1,
              protocol: 'tcp',
              action: 'accept',
              direction: 0,
              val1: '80',
              val2: '80',
              val3: '192.0.2.7',
              disabled: 0,
            },
          ],
          create_time: time,
        },
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeSecurityGroupSnapshots',
    about: 'newest first, unless told otherwise',
    async given(site) {
      const { group = '', snapshot = '' } = await kept(site)
      const later = await site.done('CreateSecurityGroupSnapshot', { security_group: group })
      return { group, snapshot, later: String(later['security_group_snapshot_id']) }
    },
    parameters: ({ group = '' }) => ({ security_group: group, limit: 1 }),
    answer: ({ group = '', later = '' }) => ({
      security_group_snapshot_set: [
        {
          security_group_snapshot_id: later,
          security_group_snapshot_name: '',
          group_id: group,
          rules: [],
          create_time: time,
        },
      ],
      total_count: 2,
    }),
  },
  {
    action: 'CreateSecurityGroupSnapshot',
    given: async site => ({ group: await site.make('security-group', { rules: [{ ports: '80', protocol: 'tcp' }] }) }),
    parameters: ({ group = '' }) => ({ security_group: group, name: 'before' }),
    answer: ({ group = '' }) => ({ security_group_id: group, security_group_snapshot_id: id('sgs') }),
  },
  {
    action: 'DeleteSecurityGroupSnapshots',
    given: kept,
    parameters: ({ snapshot = '' }) => ({ security_group_snapshots: [snapshot] }),
    answer: ({ snapshot = '' }) => ({ security_group_snapshots: [snapshot] }),
    then: (site, { snapshot }) => assert.equal(find(site.cloud.model(), 'group-snapshot', snapshot), undefined),
  },
  {
    action: 'RollbackSecurityGroup',
    about: 'its rules are back, as they were written, and wait for an apply',
    given: kept,
    parameters: ({ group = '', snapshot = '' }) => ({ security_group: group, security_group_snapshot: snapshot }),
    answer: ({ group = '', snapshot = '' }) => ({ security_group_id: group, security_group_snapshot_id: snapshot }),
    async then(site, { group = '' }) {
      const { security_group_rule_set: rules } = await site.done('DescribeSecurityGroupRules', {
        security_group: group,
      })
      const [rule] = rules as Record<string, string>[]
      assert.deepEqual([rule?.['val1'], rule?.['val2'], rule?.['val3']], ['80', '80', '192.0.2.7'])
      assert.deepEqual(find(site.cloud.model(), 'security-group', group)?.live.rules, [])
    },
  },
]
