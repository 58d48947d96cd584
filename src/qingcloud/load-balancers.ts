import type { Command } from '../model/command.ts'
import type { Id, LoadBalancer } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { describe, named } from './describe.ts'
import { mustBeFree } from './eip-view.ts'
import { fail } from './failure.ts'
import { isInBaseNetwork, loadBalancerView, maxConnections } from './load-balancer-view.ts'
import { coded, int, list, text } from './parameters.ts'
import { remove } from './remove.ts'
import { baseVxnet } from './vxnet-view.ts'

const kind = 'load-balancer'
const type = coded(maxConnections)
const names = {
  name: 'loadbalancer_name',
  subnet: 'vxnet',
  address: 'private_ip',
  maxConnections: 'loadbalancer_type',
  securityGroup: 'security_group',
  headerSizeKb: 'http_header_size',
  nodeCount: 'node_count',
}

/** Load balancers. */
export const loadBalancerActions = [
  reading('DescribeLoadBalancers', { ...listing, loadbalancers: list(text).optional() }, (asked, call) =>
    describe(call, kind, asked, {
      set: 'loadbalancer_set',
      ids: asked.loadbalancers,
      view: balancer => loadBalancerView(balancer, call, asked.verbose),
      gone: 'deleted',
    }),
  ),

  changing(
    'CreateLoadBalancer',
    {
      eips: list(text).default([]),
      vxnet: text.optional(),
      private_ip: text.optional(),
      loadbalancer_type: type.optional(),
      loadbalancer_name: text.default(''),
      security_group: text.optional(),
      http_header_size: int().optional(),
      node_count: int().optional(),
    },
    async ({ eips, vxnet, ...given }, call) => {
      call.heedEach(eips, eip => mustBeFree(call, eip))
      const body = {
        name: given.loadbalancer_name,
        eips,
        subnet: vxnet === baseVxnet ? undefined : vxnet,
        address: given.private_ip,
        maxConnections: given.loadbalancer_type,
        securityGroup: given.security_group,
        headerSizeKb: given.http_header_size,
        nodeCount: given.node_count,
      }
      const done = await call.run({ do: 'create', kind, body })
      const id = done.resource?.id ?? ''
      return { loadbalancer_id: id, job_id: call.job('creating', [id], done) }
    },
    {
      names,
      note: '`eips` and `vxnet` may go together. `mode` and `cluster_mode` are passed over: several nodes are a cluster, and `private_ips` has an address for each',
    },
  ),

  changing('DeleteLoadBalancers', { loadbalancers: list(text) }, async ({ loadbalancers: ids }, call) => ({
    loadbalancers: ids,
    job_id: await remove(call, kind, ids),
  })),

  changing(
    'ModifyLoadBalancerAttributes',
    {
      loadbalancer: text,
      loadbalancer_name: text.optional(),
      description: text.optional(),
      security_group: text.optional(),
      node_count: int().optional(),
      http_header_size: int().optional(),
      private_ip: text.optional(),
    },
    async ({ loadbalancer: id, loadbalancer_name: name, description, ...given }, call) => {
      const body = {
        name,
        description,
        // There is always one, and always an address in a network: an empty value clears neither.
        securityGroup: given.security_group || undefined,
        address: given.private_ip || undefined,
        nodeCount: given.node_count,
        headerSizeKb: given.http_header_size,
      }
      await call.run({ do: 'patch', kind, id, body })
      return {}
    },
    { names, note: '`private_ip` takes effect at once, the group, nodes and header size with UpdateLoadBalancers' },
  ),

  changing('StartLoadBalancers', { loadbalancers: list(text) }, ({ loadbalancers: ids }, call) =>
    turn(call, ids, 'on', 'starting'),
  ),

  changing('StopLoadBalancers', { loadbalancers: list(text) }, ({ loadbalancers: ids }, call) =>
    turn(call, ids, 'off', 'stopping'),
  ),

  changing('UpdateLoadBalancers', { loadbalancers: list(text) }, async ({ loadbalancers: ids }, call) => {
    const commands = call.heedEach([...new Set(ids)], (id): readonly Command[] => [
      { do: 'apply', kind, id },
      ...leaving(call, named(call, kind, id)),
    ])
    const done = await call.runAll(commands.flat())
    return { loadbalancers: ids, job_id: call.job('updating', ids, done) }
  }),

  changing(
    'ResizeLoadBalancers',
    { loadbalancers: list(text), loadbalancer_type: type },
    async ({ loadbalancers: ids, loadbalancer_type: most }, call) => {
      const body = { maxConnections: most }
      const done = await call.runAll([...new Set(ids)].map(id => ({ do: 'patch', kind, id, body })))
      return { loadbalancers: ids, job_id: call.job('updating', ids, done) }
    },
    { names, note: 'Also while it runs' },
  ),

  changing(
    'AssociateEipsToLoadBalancer',
    { loadbalancer: text, eips: list(text) },
    async ({ loadbalancer: id, eips }, call) => {
      const { now } = named(call, kind, id)
      const free = call.heedEach(eips, eip => mustBeFree(call, eip))
      const done = await call.run({ do: 'patch', kind, id, body: { eips: [...now.eips, ...free] } })
      return { job_id: call.job('updating', [id], done) }
    },
    { names },
  ),

  changing(
    'DissociateEipsFromLoadBalancer',
    { loadbalancer: text, eips: list(text) },
    async ({ loadbalancer: id, eips }, call) => {
      const { now } = named(call, kind, id)
      call.heedEach(eips, eip => {
        if (!now.eips.includes(eip)) fail(1400, `eip [${eip}] is not associated with loadbalancer [${id}]`)
      })
      const body = { eips: now.eips.filter(eip => !eips.includes(eip)) }
      const done = await call.run({ do: 'patch', kind, id, body })
      return { job_id: call.job('updating', [id], done) }
    },
    { names },
  ),

  changing(
    'LoadBalancerJoinVxnet',
    { loadbalancer: text, vxnet: text, private_ip: text.optional() },
    async ({ loadbalancer: id, vxnet, private_ip: address }, call) => {
      const balancer = named(call, kind, id)
      const { ledger } = call.cloud
      const isBase = isInBaseNetwork(balancer, ledger)
      if (!isBase) fail(1400, `loadbalancer [${id}] is in vxnet [${balancer.now.subnet}]; let it leave that first`)
      const body = vxnet === baseVxnet ? {} : { subnet: vxnet, address }
      const done = await call.run({ do: 'patch', kind, id, body })
      // From now on it is there for its own sake.
      if (vxnet !== baseVxnet && ledger.spelling(id) !== undefined) ledger.spell(id, '')
      return { job_id: call.job('updating', [id], done) }
    },
    { names, note: 'A balancer that has public addresses keeps them' },
  ),

  changing(
    'LoadBalancerLeaveVxnet',
    { loadbalancer: text, vxnet: text },
    async ({ loadbalancer: id, vxnet }, call) => {
      const balancer = named(call, kind, id)
      const isBase = isInBaseNetwork(balancer, call.cloud.ledger)
      if (vxnet !== (isBase ? baseVxnet : balancer.now.subnet)) {
        fail(1400, `loadbalancer [${id}] is not in vxnet [${vxnet}]`)
      }
      const done = await call.run({ do: 'patch', kind, id, body: isBase ? {} : { subnet: null } })
      return { job_id: call.job('updating', [id], done) }
    },
    { names, note: `Leaving ${baseVxnet} changes nothing` },
  ),
]

async function turn(call: Call, ids: readonly Id[], power: 'on' | 'off', transition: string) {
  call.heedEach(ids, id => {
    if (named(call, kind, id).now.power === power)
      fail(1400, `loadbalancer [${id}] is ${power === 'on' ? 'active' : 'stopped'} already`)
  })
  const done = await call.runAll([...new Set(ids)].map(id => ({ do: 'patch', kind, id, body: { power } })))
  return { loadbalancers: ids, job_id: call.job(transition, ids, done) }
}

/** What lets a balancer leave a network that it is in only for the sake of backends, once it has none there. */
function leaving(call: Call, balancer: LoadBalancer): readonly Command[] {
  const { id, now, draft } = balancer
  const isGuest = now.subnet !== null && now.eips.length > 0 && isInBaseNetwork(balancer, call.cloud.ledger)
  const isNeeded = draft.listeners.some(({ backends }) => backends.some(({ server }) => server !== null))
  return isGuest && !isNeeded ? [{ do: 'patch', kind, id, body: { subnet: null } }] : []
}
