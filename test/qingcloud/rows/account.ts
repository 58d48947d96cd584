import assert from 'node:assert/strict'
import type { Row } from '../row.ts'
import { each, text, time, whole, type Shape } from '../shape.ts'
import { keys, type Site } from '../site.ts'

const keyShape = (known: { readonly [field: string]: Shape }): Shape => ({
  access_key_id: text,
  access_key_name: text,
  owner: 'usr-causeway',
  root_user_id: 'usr-causeway',
  status: 'active',
  description: text,
  create_time: time,
  status_time: time,
  ip_white_list: text,
  console_id: text,
  controller: 'self',
  ...known,
})

export const rows: readonly Row[] = [
  {
    action: 'DescribeZones',
    async given(site) {
      await site.make('zone', { id: 'pek3a', pools: [] })
      return {}
    },
    answer: {
      zone_set: [
        { zone_id: 'local', status: 'active' },
        { zone_id: 'pek3a', status: 'active' },
      ],
      total_count: 2,
    },
  },
  {
    action: 'DescribeZones',
    about: 'by ids',
    parameters: { zones: ['local', 'moon1'], status: ['active'] },
    answer: { zone_set: [{ zone_id: 'local', status: 'active' }], total_count: 1 },
  },
  {
    action: 'DescribeAccessKeys',
    about: 'an operator sees their own, without its secret',
    parameters: { access_keys: Object.values(keys).map(({ id }) => id) },
    answer: {
      access_key_set: [keyShape({ access_key_id: keys.operator.id, access_key_name: 'operator' })],
      total_count: 1,
    },
    async then(site) {
      const all = await site.ask('go', 'DescribeAccessKeys', { verbose: 1 }, 'admin')
      assert.equal(all['total_count'], 3)
      assert.ok(!JSON.stringify(all).includes(keys.operator.secret))
    },
  },
  {
    action: 'DeleteAccessKeys',
    role: 'admin',
    parameters: { access_keys: [keys.operator.id] },
    answer: { access_keys: [keys.operator.id] },
    then: async site => assert.equal((await site.ask('go', 'DescribeZones')).ret_code, 1200),
  },
  {
    action: 'GetQuotaLeft',
    given: async (site: Site) => ({ eip: await site.make('eip', {}) }),
    parameters: { resource_types: ['eip', 'loadbalancer'] },
    answer: {
      quota_left_set: [
        { resource_type: 'eip', left: 253 },
        { resource_type: 'loadbalancer', left: 1_000_000 },
      ],
      total_count: 2,
    },
  },
  {
    action: 'GetResourceLimit',
    parameters: { volume_type: 0 },
    answer: {
      resource_limits: {
        max_loadbalancer_listeners: 50,
        max_listener_backends: 1000,
        max_loadbalancer_policy_rules: 120,
        max_loadbalancer_policy_rewrite_rules: 31,
        max_router_vxnets: 252,
        max_router_statics: whole,
        max_router_entries: whole,
        max_router_count: whole,
        max_vxnet_count: whole,
        max_eip_count: whole,
        max_eip_bandwidth: 1000,
        max_nic_per_instance: whole,
        max_security_group_rules: 100,
        max_security_group_rulesets: whole,
        max_security_group_snapshots: whole,
        valid_loadbalancer_types: each(whole),
      },
      vxnet_subnets: [],
      vxnet_version: text,
      min_size: whole,
      max_size: whole,
      step: whole,
    },
  },
]
