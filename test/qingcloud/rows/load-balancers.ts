import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { balanced, balancerIn, balancerShape, backendShape, listenerShape } from '../balanced.ts'
import type { Given, Row } from '../row.ts'
import { address, each, id } from '../shape.ts'
import type { Site } from '../site.ts'

const job = id('j')
const anyBackend = each(backendShape({ weight: 1 }))

const frontShape = ({ front = '', subnet = '', eip = '' }: Given, more = {}) =>
  balancerShape({
    loadbalancer_id: front,
    loadbalancer_name: 'front',
    vxnet_id: subnet,
    private_ips: [address],
    eips: [{ eip_id: eip, eip_name: '', eip_addr: address }],
    cluster: [],
    ...more,
  })
const plainShape = ({ plain = '', held = '' }: Given, more = {}) =>
  balancerShape({
    loadbalancer_id: plain,
    loadbalancer_name: 'plain',
    cluster: [{ eip_id: held, eip_name: '', eip_addr: address }],
    ...more,
  })

async function stopped(site: Site): Promise<Given> {
  const given = await balanced(site)
  await site.done('StopLoadBalancers', { loadbalancers: [given['front'] ?? ''] })
  return given
}

async function deleted(site: Site): Promise<Given> {
  const given = await balanced(site)
  await site.done('DeleteLoadBalancers', { loadbalancers: [given['plain'] ?? ''] })
  site.sync()
  return given
}

/** Another region, with a balancer of its own. */
async function elsewhere(site: Site): Promise<Given> {
  const pools = [{ name: 'far', addresses: ['198.18.7.0/24'], reserved: [] }]
  const zone = await site.make('zone', { id: 'south', pools })
  const eip = await site.make('eip', { zone })
  await site.make('load-balancer', { name: 'front', eips: [eip], listeners: [{ name: 'web', port: 80 }] })
  return balanced(site)
}

export const rows: readonly Row[] = [
  {
    action: 'DescribeLoadBalancers',
    about: 'those of the region',
    given: elsewhere,
    answer: given => ({ loadbalancer_set: [frontShape(given), plainShape(given)], total_count: 2 }),
  },
  {
    action: 'DescribeLoadBalancerListeners',
    about: 'those of the region',
    given: elsewhere,
    answer: ({ front = '' }) => ({
      loadbalancer_listener_set: [listenerShape({ loadbalancer_id: front })],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeLoadBalancers',
    given: balanced,
    answer: given => ({ loadbalancer_set: [frontShape(given), plainShape(given)], total_count: 2 }),
  },
  {
    action: 'DescribeLoadBalancers',
    about: 'with listeners from verbose 1',
    given: balanced,
    parameters: ({ front = '' }) => ({ loadbalancers: [front, 'lb-00000000'], verbose: 1 }),
    answer: given => ({
      loadbalancer_set: [
        frontShape(given, {
          listeners: [listenerShape({ loadbalancer_listener_name: 'web', loadbalancer_id: given['front'] ?? '' })],
        }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeLoadBalancers',
    about: 'by status and a word, as the Kubernetes controller looks for one; with backends from verbose 2',
    given: balanced,
    parameters: {
      status: ['pending', 'active', 'stopped'],
      search_word: 'front',
      owner: 'usr-causeway',
      verbose: 2,
      limit: 20,
      offset: 0,
    },
    answer: given => ({
      loadbalancer_set: [frontShape(given, { listeners: [listenerShape({ backends: anyBackend })] })],
      total_count: 1,
    }),
    clients: ['go'],
  },
  {
    action: 'DescribeLoadBalancers',
    about: 'by a status that none has, given without a number',
    given: balanced,
    parameters: { status: 'stopped' },
    answer: { loadbalancer_set: [], total_count: 0 },
  },
  {
    action: 'DescribeLoadBalancers',
    about: 'one that was deleted is there by its id, and its addresses are not',
    given: deleted,
    parameters: ({ plain = '' }) => ({ loadbalancers: [plain] }),
    answer: given => ({
      loadbalancer_set: [plainShape(given, { status: 'deleted', cluster: [] })],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeLoadBalancers',
    about: 'one that was deleted is in no list',
    given: deleted,
    answer: given => ({ loadbalancer_set: [frontShape(given)], total_count: 1 }),
  },
  {
    action: 'CreateLoadBalancer',
    about: 'a public one, with everything that clients send',
    given: balanced,
    parameters: ({ free = '' }) => ({
      eips: [free],
      vxnet: 'vxnet-0',
      loadbalancer_name: '前 端',
      loadbalancer_type: 3,
      http_header_size: 31,
      node_count: 2,
      mode: 1,
      cluster_mode: 0,
      place_group_id: 'plg-00000000',
    }),
    answer: { loadbalancer_id: id('lb'), job_id: job },
    async then(site, { free }, answer) {
      const { name, now, live } = balancerIn(site, String(answer['loadbalancer_id']))
      assert.deepEqual(
        [name, now.eips, now.subnet, now.maxConnections, live.headerSizeKb, live.nodeCount],
        ['前 端', [free], null, 100_000, 31, 2],
      )
      const asked = { loadbalancers: [String(answer['loadbalancer_id'])] }
      const [before] = (await site.done('DescribeLoadBalancers', asked))['loadbalancer_set'] as Given[]
      assert.deepEqual([before?.['status'], before?.['transition_status']], ['pending', 'creating'])
      site.sync()
      const [after] = (await site.done('DescribeLoadBalancers', asked))['loadbalancer_set'] as Given[]
      assert.deepEqual([after?.['status'], after?.['transition_status'], after?.['mode']], ['active', '', 1])
    },
  },
  {
    action: 'CreateLoadBalancer',
    about: 'a private one at an address of its own, as empty values ask for nothing',
    given: balanced,
    parameters: ({ subnet = '' }) => ({ vxnet: subnet, private_ip: '192.168.1.77', loadbalancer_name: '', eips: [] }),
    answer: { loadbalancer_id: id('lb'), job_id: job },
    then(site, { subnet }, answer) {
      const { now } = balancerIn(site, String(answer['loadbalancer_id']))
      assert.deepEqual([now.subnet, now.address, now.eips, now.maxConnections], [subnet, '192.168.1.77', [], 5000])
    },
  },
  {
    action: 'CreateLoadBalancer',
    about: 'with addresses and a network',
    given: balanced,
    parameters: ({ subnet = '', free = '' }) => ({ vxnet: subnet, private_ip: '', eips: [free] }),
    answer: { loadbalancer_id: id('lb'), job_id: job },
    then(site, { subnet, free }, answer) {
      const { now } = balancerIn(site, String(answer['loadbalancer_id']))
      assert.deepEqual([now.subnet, now.eips], [subnet, [free]])
    },
  },
  {
    action: 'DeleteLoadBalancers',
    given: balanced,
    parameters: ({ front = '', plain = '' }) => ({ loadbalancers: [front, plain] }),
    answer: ({ front = '', plain = '' }) => ({ loadbalancers: [front, plain], job_id: job }),
    async then(site, { front, eip }) {
      assert.equal(find(site.cloud.model(), 'load-balancer', front), undefined)
      const { eip_set: eips } = await site.done('DescribeEips', { eips: [eip ?? ''] })
      assert.equal((eips as Given[])[0]?.['status'], 'available')
    },
  },
  {
    action: 'ModifyLoadBalancerAttributes',
    about: 'names at once, the rest when it is applied',
    given: balanced,
    parameters: ({ plain = '' }) => ({
      loadbalancer: plain,
      loadbalancer_name: 'new',
      description: 'text',
      http_header_size: 10,
      node_count: 2,
    }),
    answer: {},
    then(site, { plain }) {
      const { name, description, draft, live } = balancerIn(site, plain)
      assert.deepEqual([name, description], ['new', 'text'])
      assert.deepEqual([draft.headerSizeKb, draft.nodeCount, live.headerSizeKb, live.nodeCount], [10, 2, 15, 1])
    },
  },
  {
    action: 'ModifyLoadBalancerAttributes',
    about: 'empty clears the name, and neither group nor address',
    given: balanced,
    parameters: ({ front = '' }) => ({
      loadbalancer: front,
      loadbalancer_name: '',
      security_group: '',
      private_ip: '',
    }),
    answer: {},
    then(site, { front }) {
      const { name, now, draft, live } = balancerIn(site, front)
      assert.deepEqual([name, draft], ['', live])
      assert.notEqual(now.address, null)
    },
  },
  {
    action: 'ModifyLoadBalancerAttributes',
    about: 'another address in the network',
    given: balanced,
    parameters: ({ front = '' }) => ({ loadbalancer: front, private_ip: '192.168.1.99' }),
    answer: {},
    then: (site, { front }) => assert.equal(balancerIn(site, front).now.address, '192.168.1.99'),
  },
  {
    action: 'StopLoadBalancers',
    given: balanced,
    parameters: ({ front = '' }) => ({ loadbalancers: [front] }),
    answer: ({ front = '' }) => ({ loadbalancers: [front], job_id: job }),
    async then(site, { front }) {
      assert.equal(balancerIn(site, front).now.power, 'off')
      const found = await site.done('DescribeLoadBalancers', { loadbalancers: [front ?? ''] })
      const [shown] = found['loadbalancer_set'] as Given[]
      assert.deepEqual([shown?.['status'], shown?.['transition_status']], ['stopped', 'stopping'])
    },
  },
  {
    action: 'StartLoadBalancers',
    given: stopped,
    parameters: ({ front = '' }) => ({ loadbalancers: [front] }),
    answer: ({ front = '' }) => ({ loadbalancers: [front], job_id: job }),
    then: (site, { front }) => assert.equal(balancerIn(site, front).now.power, 'on'),
  },
  {
    action: 'UpdateLoadBalancers',
    async given(site) {
      const given = await balanced(site)
      await site.done('ModifyLoadBalancerAttributes', { loadbalancer: given['plain'] ?? '', http_header_size: 9 })
      return given
    },
    parameters: ({ front = '', plain = '' }) => ({ loadbalancers: [front, plain] }),
    answer: ({ front = '', plain = '' }) => ({ loadbalancers: [front, plain], job_id: job }),
    async then(site, { plain = '' }) {
      assert.equal(balancerIn(site, plain).live.headerSizeKb, 9)
      const found = await site.done('DescribeLoadBalancers', { loadbalancers: [plain] })
      const [shown] = found['loadbalancer_set'] as Record<string, unknown>[]
      assert.deepEqual([shown?.['is_applied'], shown?.['transition_status']], [1, 'updating'])
    },
  },
  {
    action: 'ResizeLoadBalancers',
    about: 'while it runs',
    given: balanced,
    parameters: ({ plain = '' }) => ({ loadbalancers: [plain], loadbalancer_type: 1 }),
    answer: ({ plain = '' }) => ({ loadbalancers: [plain], job_id: job }),
    then: (site, { plain }) => assert.equal(balancerIn(site, plain).now.maxConnections, 20_000),
  },
  {
    action: 'AssociateEipsToLoadBalancer',
    given: balanced,
    parameters: ({ plain = '', free = '' }) => ({ loadbalancer: plain, eips: [free] }),
    answer: { job_id: job },
    then: (site, { plain, held, free }) => assert.deepEqual(balancerIn(site, plain).now.eips, [held, free]),
  },
  {
    action: 'DissociateEipsFromLoadBalancer',
    given: balanced,
    parameters: ({ front = '', eip = '' }) => ({ loadbalancer: front, eips: [eip] }),
    answer: { job_id: job },
    then: (site, { front }) => assert.deepEqual(balancerIn(site, front).now.eips, []),
  },
  {
    action: 'LoadBalancerJoinVxnet',
    given: balanced,
    parameters: ({ plain = '', other = '' }) => ({ loadbalancer: plain, vxnet: other, private_ip: '192.168.2.9' }),
    answer: { job_id: job },
    async then(site, { plain = '', other }) {
      const { now } = balancerIn(site, plain)
      assert.deepEqual([now.subnet, now.address], [other, '192.168.2.9'])
      const found = await site.done('DescribeLoadBalancers', { loadbalancers: [plain] })
      assert.equal((found['loadbalancer_set'] as Given[])[0]?.['vxnet_id'], other)
    },
  },
  {
    action: 'LoadBalancerJoinVxnet',
    about: 'that it was in only for the sake of a backend: from now on it is seen there, and stays',
    async given(site) {
      const given = await balanced(site)
      const [plain = '', server = ''] = [given['plain'], given['server']]
      const listeners = [{ listener_port: 80, listener_protocol: 'http' }]
      const made = await site.done('AddLoadBalancerListeners', { loadbalancer: plain, listeners })
      const [listener = ''] = made['loadbalancer_listeners'] as string[]
      const backends = [{ resource_id: server, port: 80 }]
      await site.done('AddLoadBalancerBackends', { loadbalancer_listener: listener, backends })
      return { ...given, listener }
    },
    parameters: ({ plain = '', subnet = '' }) => ({ loadbalancer: plain, vxnet: subnet }),
    answer: { job_id: job },
    async then(site, { plain = '', subnet, listener = '' }) {
      await site.done('DeleteLoadBalancerListeners', { loadbalancer_listeners: [listener] })
      await site.done('UpdateLoadBalancers', { loadbalancers: [plain] })
      const found = await site.done('DescribeLoadBalancers', { loadbalancers: [plain] })
      assert.equal((found['loadbalancer_set'] as Given[])[0]?.['vxnet_id'], subnet)
      assert.equal(balancerIn(site, plain).now.subnet, subnet)
    },
  },
  {
    action: 'LoadBalancerLeaveVxnet',
    async given(site) {
      const given = await balanced(site)
      await site.done('LoadBalancerJoinVxnet', { loadbalancer: given['plain'] ?? '', vxnet: given['other'] ?? '' })
      return given
    },
    parameters: ({ plain = '', other = '' }) => ({ loadbalancer: plain, vxnet: other }),
    answer: { job_id: job },
    then(site, { plain }) {
      const { now } = balancerIn(site, plain)
      assert.deepEqual([now.subnet, now.address], [null, null])
    },
  },
  {
    action: 'LoadBalancerLeaveVxnet',
    about: 'leaving what it is in by nature changes nothing',
    given: balanced,
    parameters: ({ plain = '' }) => ({ loadbalancer: plain, vxnet: 'vxnet-0' }),
    answer: { job_id: job },
  },
]
