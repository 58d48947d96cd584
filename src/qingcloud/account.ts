import { z } from 'zod'
import { kinds } from '../model/kinds.ts'
import { all, find, type Model } from '../model/model.ts'
import { parseCidr } from '../model/address.ts'
import { quotas } from '../model/quota.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { owner, type Signer } from './cloud.ts'
import { isCalled, page } from './describe.ts'
import { fail } from './failure.ts'
import { timeText } from './labels.ts'
import { list, text } from './parameters.ts'

/** Regions, access keys, and how much of everything there may be. */
export const accountActions = [
  reading('DescribeZones', { ...listing, zones: list(text).optional() }, (asked, call) => {
    const zones = [...all(call.model(), 'zone')].map(({ id }) => ({ zone_id: id, status: 'active' })).sort(byId)
    const wanted = zones.filter(
      ({ zone_id: id, status }) => (asked.zones?.includes(id) ?? true) && (asked.status?.includes(status) ?? true),
    )
    return page(asked, 'zone_set', wanted)
  }),

  reading(
    'DescribeAccessKeys',
    { ...listing, access_keys: list(text).optional() },
    (asked, call) => {
      const { caller, cloud } = call
      const known = cloud.signers.all().filter(({ id }) => caller.role === 'admin' || id === caller.author)
      const wanted = known.filter(
        ({ id, role }) =>
          (asked.access_keys?.includes(id) ?? true) &&
          (asked.status?.includes('active') ?? true) &&
          isCalled({ id, name: role }, asked.search_word),
      )
      return page(asked, 'access_key_set', wanted, accessKeyView)
    },
    { note: 'An administrator sees every key, others their own. Secrets are never told' },
  ),

  changing(
    'DeleteAccessKeys',
    { access_keys: list(text) },
    async ({ access_keys: keys }, { cloud, heedEach }) => {
      const there = heedEach(keys, id => cloud.signers.find(id) ?? fail(2100, `access key [${id}] does not exist`))
      if (there.length === keys.length) await cloud.signers.remove(keys)
      return { access_keys: keys }
    },
    { needs: 'admin', direct: true },
  ),

  reading('GetQuotaLeft', { resource_types: list(text).optional() }, ({ resource_types: types }, call) => {
    const left = quotaLeft(call)
    const wanted = types ?? [...left.keys()]
    return {
      quota_left_set: wanted.map(type => ({ resource_type: type, left: left.get(type) ?? unlimited })),
      total_count: wanted.length,
    }
  }),

  reading('GetResourceLimit', {}, () => ({
    resource_limits: limits,
    vxnet_subnets: [],
    vxnet_version: '1',
    min_size: 10,
    max_size: 5000,
    step: 10,
  })),
]

function byId(a: { readonly zone_id: string }, b: { readonly zone_id: string }): number {
  return a.zone_id < b.zone_id ? -1 : 1
}

function accessKeyView({ id, role, createdAt }: Signer): object {
  return {
    access_key_id: id,
    access_key_name: role,
    owner,
    root_user_id: owner,
    status: 'active',
    description: '',
    create_time: timeText(createdAt),
    status_time: timeText(createdAt),
    ip_white_list: '',
    console_id: 'causeway',
    controller: 'self',
  }
}

/** What stands for a number that nothing bounds. */
const unlimited = 1_000_000

/** How many more of each kind of resource there may be; only public addresses run out. */
function quotaLeft(call: Call): ReadonlyMap<string, number> {
  const countless = [
    'instance',
    'router',
    'vxnet',
    'loadbalancer',
    'nfv',
    'security_group',
    'keypair',
    'volume',
    'nic',
    'route_table',
    'server_certificate',
    'tag',
  ]
  return new Map([
    ['eip', freeAddresses(call.model(), call.zone)],
    ...countless.map(type => [type, unlimited] as const),
  ])
}

/** How many public addresses of a region can still be given out. */
function freeAddresses(model: Model, zone: string): number {
  const pools = find(model, 'zone', zone)?.now.pools ?? []
  const whole = pools.flatMap(({ addresses }) => addresses.map(usableIn)).reduce((sum, count) => sum + count, 0)
  const reserved = pools.reduce((sum, pool) => sum + pool.reserved.length, 0)
  const taken = [...all(model, 'eip')].filter(eip => eip.now.zone === zone).length
  return Math.max(0, whole - reserved - taken)
}

function usableIn(prefix: string): number {
  const { bits } = parseCidr(prefix)
  return 2 ** (32 - bits) - (bits >= 31 ? 0 : 2)
}

const limits = {
  max_loadbalancer_listeners: quotas.listeners,
  max_listener_backends: quotas.backends,
  max_loadbalancer_policy_rules: quotas.policyRules,
  max_loadbalancer_policy_rewrite_rules: quotas.rewrites,
  max_router_vxnets: quotas.subnetsPerVpc,
  max_router_statics: quotas.portForwards,
  max_router_entries: quotas.dhcpOptions,
  max_router_count: unlimited,
  max_vxnet_count: unlimited,
  max_eip_count: unlimited,
  max_eip_bandwidth: mostBandwidth(),
  max_nic_per_instance: quotas.nicsPerServer,
  max_security_group_rules: quotas.rules,
  max_security_group_rulesets: unlimited,
  max_security_group_snapshots: unlimited,
  valid_loadbalancer_types: [0, 1, 2, 3, 4, 5],
}

function mostBandwidth(): number {
  const { bandwidthMbps } = kinds.eip.now.shape
  return z.toJSONSchema(bandwidthMbps).maximum ?? unlimited
}
