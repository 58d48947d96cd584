import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { BackendStatus } from '../../src/client/wire.ts'
import { graphOf, type Graph } from '../../src/console/topology/graph.ts'
import { readNetwork } from '../../src/console/topology/network.ts'
import { apiHands } from '../../src/demo/api-hands.ts'
import type { Site } from '../../src/demo/script.ts'
import { perform } from '../../src/demo/steps.ts'
import type { Id } from '../../src/model/model.ts'
import { serving, type Serving } from '../client/serving.ts'

/** A server that holds a topology of the demo, all backends in this state. */
async function built(t: TestContext, topology: Site['topology'], state: BackendStatus['state'], skip: string[] = []) {
  const serves = await serving(t)
  const site: Site = { topology, skip: new Set(skip), backends: [] }
  await perform(site, apiHands(serves.client), async (_, take) => void (await take?.()))
  await report(serves, Object.fromEntries(site.backends.map(id => [id, state])))
  return { ...serves, site }
}

async function report({ agent, store }: Serving, states: Readonly<Record<Id, BackendStatus['state']>>): Promise<void> {
  const since = '2026-01-01T00:00:00Z'
  const status = (state: BackendStatus['state']) => ({
    state,
    reason: '',
    since,
    seenAs: [],
    sessions: 0,
    requests: 0,
    queued: 0,
  })
  await agent.agent.report({
    host: 'test',
    synced: store.snapshot().revision,
    failures: {},
    backends: Object.fromEntries(Object.entries(states).map(([id, state]) => [id, status(state)])),
    events: [],
    counters: {},
  })
}

/** The nodes that edges with serving traffic lead through, from the clients to the end, in one of the possible orders. */
function served(graph: Graph): string[] {
  const way = ['clients']
  for (;;) {
    const next = graph.edges.find(
      ({ from, to, traffic }) => from === way.at(-1) && traffic === 'serving' && !way.includes(to),
    )
    if (!next) return way
    way.push(next.to)
  }
}

const stateOf = (graph: Graph, id: string | undefined) => graph.nodes.find(node => node.id === id)?.state

void test('traffic of topology A is drawn through the NAT gateway and its address', async t => {
  const { client, site } = await built(t, 'a', 'active')
  const graph = graphOf(await readNetwork(client, site.vpc ?? ''))
  const { balancerEip, balancer, subnet, vpc, natGateway, natEip, backends } = site
  assert.deepEqual(served(graph), [
    'clients',
    balancerEip,
    balancer,
    subnet,
    vpc,
    natGateway,
    natEip,
    'far',
    backends[0],
  ])
  assert.equal(stateOf(graph, backends[0]), 'active')
  assert.equal(stateOf(graph, natEip), 'associated')
  assert.equal(graph.nodes.length, 12)
})

void test('traffic of topology B is drawn through the router and its address', async t => {
  const { client, site } = await built(t, 'b', 'active')
  const graph = graphOf(await readNetwork(client, null))
  const { balancerEip, balancer, subnet, vpc, vpcEip, backends } = site
  assert.deepEqual(served(graph), ['clients', balancerEip, balancer, subnet, vpc, vpcEip, 'far', backends[0]])
})

void test('without the route the traffic ends at the private network, and the backend is drawn as cut off', async t => {
  const { client, site } = await built(t, 'b', 'unavailable', ['route'])
  const graph = graphOf(await readNetwork(client, null))
  const broken = graph.edges.filter(({ traffic }) => traffic === 'broken').map(({ from, to }) => [from, to])
  assert.ok(broken.some(([from, to]) => from === site.balancer && to === site.subnet))
  assert.ok(!broken.some(([from]) => from === site.subnet))
  assert.ok(broken.some(([from, to]) => from === 'far' && to === site.backends[0]))
  assert.equal(stateOf(graph, site.backends[0]), 'unavailable')
})

void test('one serving backend is enough for a common way to serve', async t => {
  const { site, ...serves } = await built(t, 'a', 'unavailable')
  await report(serves, { [site.backends[1] ?? '']: 'active' })
  const { edges } = graphOf(await readNetwork(serves.client, null))
  const traffic = (to: string | undefined) => edges.find(each => each.to === to)?.traffic
  assert.equal(traffic(site.natGateway), 'serving')
  assert.equal(traffic(site.backends[0]), 'broken')
  assert.equal(traffic(site.backends[1]), 'serving')
})

void test('a draft is drawn as such, and what it adds is known to nobody yet', async t => {
  const { client, site } = await built(t, 'a', 'active')
  const [id, listener] = [site.balancer ?? '', site.listener ?? '']
  const body = { address: '198.51.100.200', port: 80 }
  const child = await client.children.add('load-balancer', id, ['listeners', listener, 'backends'], body)
  const graph = graphOf(await readNetwork(client, null))
  assert.equal(graph.nodes.find(node => node.id === id)?.pending, true)
  assert.equal(stateOf(graph, child.id), 'unknown')
})

void test('many servers and backends are one node each until they are opened', async t => {
  const { client, site, ...serves } = await built(t, 'a', 'active')
  const path = ['listeners', site.listener ?? '', 'backends']
  for (let i = 0; i < 10; i++) {
    const server = await client.create('server', { name: `web-${i}`, subnet: site.subnet ?? '' })
    await client.children.add('load-balancer', site.balancer ?? '', path, { server: server.id, port: 80 })
    await client.children.add('load-balancer', site.balancer ?? '', path, { address: `192.0.2.${i + 100}`, port: 80 })
  }
  await report({ client, ...serves }, {})
  const network = await readNetwork(client, null)
  const [servers, backends] = [`servers:${site.subnet}`, `backends:${site.listener}`]
  const closed = graphOf(network)
  assert.deepEqual(
    closed.nodes.filter(({ kind }) => kind === 'group').map(({ id, members }) => [id, members?.count]),
    [
      [servers, 10],
      [backends, 14],
    ],
  )
  assert.equal(closed.nodes.filter(({ kind }) => kind === 'server' || kind === 'backend').length, 0)
  assert.ok(closed.edges.some(({ from, to }) => from === site.subnet && to === servers))
  const open = graphOf(network, new Set([servers]))
  assert.equal(open.nodes.filter(({ group }) => group === servers).length, 10)
  assert.equal(open.nodes.find(({ id }) => id === backends)?.members?.states.get('active'), 4)
})

void test('public ports are drawn to the server that they lead to, as they run; addresses that nobody holds stand alone', async t => {
  const { client, site } = await built(t, 'a', 'active')
  const [gateway, eip] = [site.natGateway ?? '', site.natEip ?? '']
  const server = await client.create('server', { name: 'web', subnet: site.subnet ?? '' })
  const spare = await client.create('eip', { zone: 'local' })
  const rule = { eip, port: '8022', toAddress: server.address, toPort: '22' }
  await client.children.add('nat-gateway', gateway, ['dnatRules'], rule)
  const forwards = async () =>
    graphOf(await readNetwork(client, null)).edges.filter(({ traffic }) => traffic === 'forward')
  assert.deepEqual(await forwards(), [], 'a rule that is not applied leads nowhere')
  await client.apply('nat-gateway', gateway)
  assert.deepEqual(
    (await forwards()).map(({ from, to, ports }) => ({ from, to, ports })),
    [{ from: eip, to: server.id, ports: ['TCP 8022 → 22'] }],
  )
  const { nodes, edges } = graphOf(await readNetwork(client, null))
  assert.ok(nodes.some(({ id }) => id === spare.id))
  assert.ok(!edges.some(({ from, to }) => from === spare.id || to === spare.id))
  const ofVpc = graphOf(await readNetwork(client, site.vpc ?? ''))
  assert.ok(!ofVpc.nodes.some(({ id }) => id === spare.id), 'an address that nobody holds is in no VPC')
})
