import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Consequences } from '../../src/client/apply-wire.ts'
import { serving } from '../client/serving.ts'

/** What would be lost, a word for each: listeners, backends, and who no longer reaches whom by TCP. */
function lossesOf({ listeners, backends, lost, tests }: Consequences): string[] {
  const name = ({ kind, names, address }: Consequences['lost'][number]['from']) =>
    names[0] || (kind === 'internet' ? kind : address)
  return [
    ...tests.filter(each => each.was !== each.becomes).map(each => `test ${each.name} ${each.becomes}`),
    ...listeners.map(each => `listener ${each.port}`),
    ...backends.map(each => `backend ${each.name || each.address} ${each.becomes}`),
    ...lost.flatMap(({ from, to, protocol, ports }) =>
      protocol === 'tcp' ? [`${name(from)} > ${name(to)} ${ports.join(',')}`] : [],
    ),
  ].sort()
}

test('what would be lost without a server, a backend, a gateway, a public IP, a region, a network, or the machine', async t => {
  const { client, agent } = await serving(t)
  const web = await client.create('security-group', { name: 'web', rules: [{ protocol: 'tcp', ports: '80' }] })
  const vpc = await client.create('vpc', { name: 'shop', cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/24' }] })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  assert.ok(subnet)
  const gateway = await client.create('nat-gateway', { vpc: vpc.id, eips: [{}], securityGroup: web.id })
  const snatRules = [{ target: subnet.id, eips: gateway.eips }]
  await client.patch('nat-gateway', gateway.id, { snatRules })
  await client.apply('nat-gateway', gateway.id)
  const server = await client.create('server', { name: 'a', subnet: subnet.id, securityGroup: web.id })
  const backends = [
    { name: 'inside', server: server.id, port: 80 },
    { name: 'away', address: '198.51.100.10', port: 80 },
  ]
  const balancer = await client.create('load-balancer', {
    name: 'front',
    eips: [{ name: 'front-ip' }],
    subnet: subnet.id,
    securityGroup: web.id,
    listeners: [{ name: 'http', port: 80, backends }],
  })
  await client.create('policy-test', {
    name: 'open',
    from: { type: 'internet' },
    to: { type: 'load-balancer', id: balancer.id },
    ports: '80',
  })
  const without = async (...of: Parameters<typeof client.without>) => lossesOf(await client.without(...of))
  const ofServer = ['a > internet 80', 'backend inside unreachable', 'front > 10.0.0.2 80']
  assert.deepEqual(await without('server', server.id), ofServer)
  assert.deepEqual(await without('nat-gateway', gateway.id), [
    'a > internet 80',
    'backend away unreachable',
    'front > 198.51.100.10 80',
  ])
  const [listener] = balancer.listeners
  const [inside] = listener?.backends ?? []
  assert.ok(listener && inside)
  assert.deepEqual(await without('load-balancer', balancer.id, inside.id), ['backend inside disabled'])
  const ofListener = [
    'backend away disabled',
    'backend inside disabled',
    'internet > front-ip 80',
    'listener 80',
    'test open broken',
  ]
  assert.deepEqual(await without('load-balancer', balancer.id, listener.id), ofListener)
  assert.deepEqual(await without('eip', balancer.eips[0] ?? ''), ['internet > front-ip 80', 'test open broken'])
  const rule = (await client.get('security-group', web.id)).rules[0]
  assert.ok((await without('security-group', web.id, rule?.id)).includes('test open broken'))
  const everything = ['a > internet 80', 'listener 80', 'internet > front-ip 80', 'test open broken']
  for (const lost of [await without('vpc', vpc.id), await without('zone', 'local')]) {
    assert.ok(lost.includes('a > internet 80') && lost.includes('internet > front-ip 80'), lost.join())
  }
  await assert.rejects(client.withoutHost('one'), { code: 'no-host' })
  await agent.agent.report({ host: 'one', synced: 0, failures: {}, backends: {}, events: [], counters: {} })
  const lost = lossesOf(await client.withoutHost('one'))
  assert.deepEqual(
    everything.filter(each => !lost.includes(each)),
    [],
  )
  await assert.rejects(client.without('security-group', web.id), /name a part of it/)
  await assert.rejects(client.without('load-balancer', balancer.id, 'lbb-00000000'), { code: 'no-child' })
})

test('a backend that checks let not serve is nobody’s last hope: without the others its listener has none', async t => {
  const { client, agent } = await serving(t)
  const backends = ['198.51.100.1', '198.51.100.2'].map(address => ({ address, port: 80 }))
  const vpc = await client.create('vpc', {
    cidr: '10.0.0.0/16',
    type: 'small',
    eip: {},
    subnets: [{ cidr: '10.0.0.0/24' }],
  })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  const web = await client.create('security-group', { rules: [{ protocol: 'tcp', ports: '80' }] })
  await client.patch('vpc', vpc.id, { securityGroup: web.id })
  await client.apply('vpc', vpc.id)
  const table = subnet?.routeTable ?? ''
  await client.patch('route-table', table, {
    routes: [{ destination: '198.51.100.0/24', nextHop: { type: 'router', id: vpc.id } }],
  })
  await client.apply('route-table', table)
  const balancer = await client.create('load-balancer', {
    eips: [{}],
    subnet: subnet?.id,
    listeners: [{ port: 80, backends }],
  })
  const [one, two] = balancer.listeners[0]?.backends ?? []
  assert.ok(one && two)
  const alone = () => client.without('load-balancer', balancer.id, one.id)
  assert.deepEqual((await alone()).listeners, [])
  const status = { reason: 'timeout', since: '2026-01-01T00:00:00Z', seenAs: [], sessions: 0, requests: 0, queued: 0 }
  const report = { host: 'one', synced: 0, failures: {}, events: [], counters: {} }
  await agent.agent.report({ ...report, backends: { [two.id]: { ...status, state: 'unavailable' } } })
  assert.deepEqual(
    (await alone()).listeners.map(each => each.port),
    [80],
  )
})
