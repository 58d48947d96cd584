import assert from 'node:assert/strict'
import type { BackendStatus } from '../../../src/client/wire.ts'
import { balanced, balancerIn, backendShape } from '../balanced.ts'
import type { Given, Row } from '../row.ts'
import { id } from '../shape.ts'
import type { Site } from '../site.ts'

const nearShape = ({ near = '', listener = '', front = '', server = '' }: Given, more = {}) =>
  backendShape({
    loadbalancer_backend_id: near,
    loadbalancer_backend_name: 'near',
    loadbalancer_listener_id: listener,
    loadbalancer_id: front,
    resource_id: server,
    port: 8080,
    ...more,
  })
const farShape = ({ far = '' }: Given, more = {}) =>
  backendShape({ loadbalancer_backend_id: far, resource_id: '198.51.100.7', port: 80, ...more })

const state = (word: BackendStatus['state']): BackendStatus => ({
  state: word,
  reason: '',
  since: '2026-01-01T00:00:00.000Z',
  seenAs: [],
  sessions: 0,
  queued: 0,
  requests: 0,
})

/** With the states that machines report. */
const seen =
  (near: BackendStatus['state'], far: BackendStatus['state']) =>
  async (site: Site): Promise<Given> => {
    const given = await balanced(site)
    site.sync({}, { [given['near'] ?? '']: state(near), [given['far'] ?? '']: state(far) })
    return given
  }

const backendsIn = (site: Site, balancer: string | undefined) =>
  balancerIn(site, balancer).draft.listeners.flatMap(({ backends }) => backends)

async function withPolicy(site: Site): Promise<Given> {
  const policy = await site.make('forward-policy', { name: 'images', rules: [{ type: 'url', pattern: '^/img' }] })
  return { ...(await balanced(site)), policy }
}

/** The router has an address, and the balancer that is public a listener. */
async function routed(site: Site): Promise<Given> {
  const given = await balanced(site)
  const [vpc = '', free = '', plain = ''] = [given['vpc'], given['free'], given['plain']]
  await site.core.commands.run({ do: 'patch', kind: 'vpc', id: vpc, body: { type: 'small', eip: free } }, 'test')
  const listener = { listener_port: 80, listener_protocol: 'http' }
  const made = await site.done('AddLoadBalancerListeners', { loadbalancer: plain, listeners: [listener] })
  return { ...given, open: (made['loadbalancer_listeners'] as string[])[0] ?? '' }
}

export const rows: readonly Row[] = [
  {
    action: 'DescribeLoadBalancerBackends',
    given: seen('active', 'abnormal'),
    parameters: ({ listener = '' }) => ({ loadbalancer_listener: listener }),
    answer: given => ({
      loadbalancer_backend_set: [nearShape(given, { status: 'up' }), farShape(given, { status: 'abnormal' })],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeLoadBalancerBackends',
    about: 'by balancer; one that is unavailable or switched off is down',
    given: seen('unavailable', 'disabled'),
    parameters: ({ front = '' }) => ({ loadbalancer: front }),
    answer: given => ({ loadbalancer_backend_set: [nearShape(given), farShape(given)], total_count: 2 }),
  },
  {
    action: 'DescribeLoadBalancerBackends',
    about: 'by ids alone, as the Terraform provider finds the balancer of one',
    given: balanced,
    parameters: ({ near = '' }) => ({ loadbalancer_backends: [near, 'lbb-00000000'], verbose: 1 }),
    answer: given => ({ loadbalancer_backend_set: [nearShape(given)], total_count: 1 }),
  },
  {
    action: 'DescribeLoadBalancerBackends',
    about: 'of a listener that is no more',
    parameters: { loadbalancer_backends: ['lbb-00000000'], loadbalancer_listener: 'lbl-00000000' },
    answer: { loadbalancer_backend_set: [], total_count: 0 },
  },
  {
    action: 'AddLoadBalancerBackends',
    about: 'as the Terraform provider does, with the listener once more inside',
    given: balanced,
    parameters: ({ listener = '', second = '' }) => ({
      loadbalancer_listener: listener,
      backends: [{ resource_id: second, port: 81, weight: 2, loadbalancer_listener_id: listener }],
    }),
    answer: { loadbalancer_backends: [id('lbb')] },
    then(site, { front, second }) {
      const { server, port, weight, policy } = backendsIn(site, front)[2] ?? {}
      assert.deepEqual([server, port, weight, policy], [second, 81, 2, null])
      assert.equal(balancerIn(site, front).live.listeners[0]?.backends.length, 2, 'it waits for UpdateLoadBalancers')
    },
  },
  {
    action: 'AddLoadBalancerBackends',
    about: 'several, without weights; addresses, public and private, and one server at two ports',
    given: balanced,
    parameters: ({ listener = '', second = '' }) => ({
      loadbalancer_listener: listener,
      backends: [
        { resource_id: '203.0.113.200', port: '443', loadbalancer_backend_name: second },
        { resource_id: '10.1.2.3', port: 80 },
        { resource_id: second, port: 80 },
        { resource_id: second, port: 81, disabled: 1 },
      ],
    }),
    answer: { loadbalancer_backends: [id('lbb'), id('lbb'), id('lbb'), id('lbb')] },
    async then(site, { listener = '', second = '' }) {
      const answer = await site.done('DescribeLoadBalancerBackends', { loadbalancer_listener: listener })
      const set = answer['loadbalancer_backend_set'] as Record<string, unknown>[]
      assert.deepEqual(
        set.slice(2).map(each => [each['resource_id'], each['port'], each['weight'], each['disabled']]),
        [
          ['203.0.113.200', 443, 1, 0],
          ['10.1.2.3', 80, 1, 0],
          [second, 80, 1, 0],
          [second, 81, 1, 1],
        ],
      )
      assert.equal(set[2]?.['loadbalancer_backend_name'], second)
    },
  },
  {
    action: 'AddLoadBalancerBackends',
    about: 'a router is its public address, as long as it has it',
    given: routed,
    parameters: ({ open = '', vpc = '' }) => ({
      loadbalancer_listener: open,
      backends: [{ resource_id: vpc, port: 80, weight: 5 }],
    }),
    answer: { loadbalancer_backends: [id('lbb')] },
    async then(site, { open = '', vpc = '', free = '' }) {
      const asked = { loadbalancer_listener: open }
      const target = async () => {
        const answer = await site.done('DescribeLoadBalancerBackends', asked)
        return (answer['loadbalancer_backend_set'] as Given[])[0]?.['resource_id']
      }
      assert.equal(await target(), vpc)
      const { eip_set: eips } = await site.done('DescribeEips', { eips: [free] })
      await site.core.commands.run({ do: 'patch', kind: 'vpc', id: vpc, body: { eip: null } }, 'test')
      assert.equal(await target(), (eips as Given[])[0]?.['eip_addr'])
    },
  },
  {
    action: 'AddLoadBalancerBackends',
    about: 'a public balancer reaches a server through its network, and is shown as before',
    given: routed,
    parameters: ({ open = '', server = '', second = '' }) => ({
      loadbalancer_listener: open,
      backends: [
        { resource_id: server, port: 30_080 },
        { resource_id: second, port: 30_080 },
      ],
    }),
    answer: { loadbalancer_backends: [id('lbb'), id('lbb')] },
    async then(site, { plain = '', held, subnet, open = '' }) {
      assert.equal(balancerIn(site, plain).now.subnet, subnet)
      const shown = async () => {
        const answer = await site.done('DescribeLoadBalancers', { loadbalancers: [plain] })
        const [one] = answer['loadbalancer_set'] as { vxnet_id: string; cluster: Given[]; private_ips: string[] }[]
        return [one?.vxnet_id, one?.cluster.map(each => each['eip_id']), one?.private_ips]
      }
      assert.deepEqual(await shown(), ['vxnet-0', [held], []])
      const found = await site.done('DescribeLoadBalancerBackends', { loadbalancer_listener: open })
      const backends = (found['loadbalancer_backend_set'] as Given[]).map(each => each['loadbalancer_backend_id'] ?? '')
      await site.done('UpdateLoadBalancers', { loadbalancers: [plain] })
      await site.done('DeleteLoadBalancerBackends', { loadbalancer_backends: backends })
      assert.equal(balancerIn(site, plain).now.subnet, subnet, 'what runs still has them')
      await site.done('UpdateLoadBalancers', { loadbalancers: [plain] })
      assert.deepEqual([balancerIn(site, plain).now.subnet, await shown()], [null, ['vxnet-0', [held], []]])
    },
  },
  {
    action: 'AddLoadBalancerBackends',
    about: 'with a policy',
    given: withPolicy,
    parameters: ({ listener = '', policy = '' }) => ({
      loadbalancer_listener: listener,
      backends: [{ resource_id: '198.51.100.8', port: 80, weight: 100, loadbalancer_policy_id: policy }],
    }),
    answer: { loadbalancer_backends: [id('lbb')] },
    then: (site, { front, policy }) => assert.equal(backendsIn(site, front)[2]?.policy, policy),
  },
  {
    action: 'ModifyLoadBalancerBackendAttributes',
    given: withPolicy,
    parameters: ({ near = '', policy = '' }) => ({
      loadbalancer_backend: near,
      loadbalancer_backend_name: 'new',
      port: 81,
      weight: 7,
      disabled: 1,
      loadbalancer_policy_id: policy,
    }),
    answer: {},
    then(site, { front, policy, server }) {
      const [near] = backendsIn(site, front)
      assert.deepEqual(
        [near?.name, near?.port, near?.weight, near?.enabled, near?.policy, near?.server],
        ['new', 81, 7, false, policy, server],
      )
    },
  },
  {
    action: 'ModifyLoadBalancerBackendAttributes',
    about: 'empty is no name and no policy; what is left out stays',
    async given(site) {
      const given = await withPolicy(site)
      const [near = '', policy = ''] = [given['near'], given['policy']]
      const modified = { loadbalancer_backend: near, loadbalancer_policy_id: policy, disabled: 1 }
      await site.done('ModifyLoadBalancerBackendAttributes', modified)
      return given
    },
    parameters: ({ near = '' }) => ({
      loadbalancer_backend: near,
      loadbalancer_backend_name: ' ',
      loadbalancer_policy_id: ' ',
    }),
    answer: {},
    then(site, { front }) {
      const [near] = backendsIn(site, front)
      assert.deepEqual([near?.name, near?.policy, near?.enabled, near?.port], ['', null, false, 8080])
    },
    clients: ['go'],
  },
  {
    action: 'DeleteLoadBalancerBackends',
    given: balanced,
    parameters: ({ near = '', far = '' }) => ({ loadbalancer_backends: [near, far] }),
    answer: ({ near = '', far = '' }) => ({ loadbalancer_backends: [near, far] }),
    then(site, { front }) {
      assert.equal(backendsIn(site, front).length, 0)
      assert.equal(balancerIn(site, front).live.listeners[0]?.backends.length, 2)
    },
  },
]
