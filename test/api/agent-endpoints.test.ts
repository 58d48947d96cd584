import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeLog } from '../../src/api/change-log.ts'
import { ApiError } from '../../src/client/api-error.ts'
import type { AgentReport, BackendStatus } from '../../src/client/wire.ts'
import { emptyModel } from '../../src/model/model.ts'
import { serving, until } from '../client/serving.ts'

const report = (more: Partial<AgentReport>): AgentReport => ({
  host: 'one',
  synced: 0,
  failures: {},
  backends: {},
  events: [],
  counters: {},
  ...more,
})

test('agents are served on the unix socket only', async t => {
  const { client, agent } = await serving(t)
  assert.equal((await agent.agent.state(0, 0)).full, true)
  await assert.rejects(
    client.agent.state(0, 0),
    (error: unknown) => error instanceof ApiError && error.code === 'unknown-route',
  )
  await assert.rejects(client.agent.report(report({})), ApiError)
})

test('an agent hears everything once, then only what machines must know, as soon as it happens', async t => {
  const { client, agent } = await serving(t)
  const first = await agent.agent.state(0, 10_000)
  assert.deepEqual([first.full, first.resources.map(({ kind }) => kind).sort()], [true, ['security-group', 'zone']])

  const waiting = agent.agent.state(first.revision, 10_000)
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16' })
  const news = await waiting
  assert.equal(news.full, false)
  assert.deepEqual(news.resources.map(({ kind }) => kind).sort(), ['route-table', 'vpc'])

  await client.patch('vpc', vpc.id, { portForwards: [{ port: 80, toAddress: '10.0.0.9', toPort: 80 }] })
  const quiet = await agent.agent.state(news.revision, 50)
  assert.deepEqual([quiet.resources, quiet.removed], [[], []], 'a draft is nobody else’s business')

  await client.apply('vpc', vpc.id)
  const applied = await agent.agent.state(quiet.revision, 10_000)
  assert.deepEqual([applied.full, applied.resources, applied.changed.map(({ id }) => id)], [false, [], [vpc.id]])
  assert.match(JSON.stringify(applied.changed[0]?.live), /"portForwards":\{"list":\[\{"is":\{"id":"[^"]+",/)
  await client.remove('vpc', vpc.id)
  const gone = await agent.agent.state(news.revision, 10_000)
  assert.ok(gone.removed.includes(vpc.id) && gone.resources.length === 0)
})

test('what an agent sees of a draft is what runs', async t => {
  const { client, agent } = await serving(t)
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16' })
  await client.patch('vpc', vpc.id, { portForwards: [{ port: 80, toAddress: '10.0.0.9', toPort: 80 }] })
  const found = (await agent.agent.state(0, 0)).resources.find(({ id }) => id === vpc.id)
  assert.ok(found?.kind === 'vpc')
  assert.equal('draft' in found, false)
  assert.equal(found.live.portForwards.length, 0)
})

test('an agent that comes from another time line hears everything', async t => {
  const { agent } = await serving(t)
  assert.equal((await agent.agent.state(9999, 1000)).full, true)
})

test('the log of changes says what changed since a revision, or that it does not know any more', () => {
  const log = changeLog(5, 2)
  const note = (revision: number, live: string[], removed: string[] = []) =>
    log.note({ revision, at: `at ${revision}`, live, removed, before: { ...emptyModel, revision: revision - 1 } })
  note(6, ['a'])
  note(7, ['b', 'a'])
  note(8, ['c'], ['a'])
  assert.deepEqual(log.since(5), { live: ['b', 'c'], removed: ['a'] })
  assert.deepEqual(log.since(8), { live: [], removed: [] })
  assert.equal(log.timeOf(7), 'at 7')
  note(9, ['a'])
  note(10, ['d'])
  assert.equal(log.since(6), null, 'forgotten')
  assert.equal(log.since(11), null, 'not yet')
  assert.deepEqual(log.since(7), { live: ['c', 'a', 'd'], removed: [] })
})

test('the log of changes gives the model in which what takes effect was as at a revision, of a few changes', () => {
  const log = changeLog(5)
  const note = (revision: number, live: string[]) =>
    log.note({ revision, at: '', live, removed: [], before: { ...emptyModel, revision: revision - 1 } })
  note(6, ['a'])
  note(7, [])
  note(8, [])
  note(9, ['a'])
  assert.deepEqual(
    [4, 5, 6, 7, 8, 9].map(revision => log.modelOf(revision)?.revision),
    [undefined, 5, 8, 8, 8, undefined],
  )
  for (let i = 0; i < 63; i++) note(10 + i, ['a'])
  assert.deepEqual([log.modelOf(5), log.modelOf(6)?.revision], [undefined, 8])
})

test('a resource is pending until the machines have caught up, and failed where they could not', async t => {
  const { client, agent } = await serving(t)
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16' })
  const phase = async () => (await client.get('vpc', vpc.id)).status
  assert.deepEqual(await phase(), { phase: 'pending', reason: 'no agent' })

  await agent.agent.report(report({ synced: vpc.revision - 1 }))
  const pending = await phase()
  assert.equal(pending.phase, 'pending')
  assert.ok(Math.abs(Date.parse(pending.since ?? '') - Date.now()) < 10_000)

  const stop = new AbortController()
  t.after(() => stop.abort())
  const events = client.events(stop.signal)[Symbol.asyncIterator]()
  await until(events, ({ type }) => type === 'reset')
  await agent.agent.report(report({ synced: vpc.revision }))
  assert.equal((await phase()).phase, 'active')
  const told = await until(events, event => event.type === 'status' && event.id === vpc.id)
  assert.ok(told.type === 'status' && told.status.phase === 'active')

  await agent.agent.report(report({ synced: vpc.revision, failures: { [vpc.id]: 'no such device' } }))
  assert.deepEqual(await phase(), { phase: 'failed', reason: 'no such device' })
  await client.patch('vpc', vpc.id, { power: 'off' })
  assert.equal((await phase()).phase, 'pending', 'an old failure must not hide a newer wish')
  const { revision } = await client.status()
  await agent.agent.report(report({ synced: revision }))
  assert.equal((await phase()).phase, 'stopped')

  const { agents } = await client.status()
  assert.deepEqual(
    agents.map(each => [each.host, each.synced, each.present]),
    [['one', revision, true]],
  )
})

test('an agent that has all that was published is not behind a draft, and is behind what is published then', async t => {
  const { client, agent } = await serving(t)
  const group = await client.create('security-group', {})
  await agent.agent.report(report({ synced: group.revision }))
  const behind = async () => {
    const { revision, agents } = await client.status()
    return revision - agents[0]!.synced
  }
  assert.equal(await behind(), 0)
  await client.patch('security-group', group.id, { rules: [{ protocol: 'tcp', ports: '80' }] })
  assert.ok((await client.status()).revision > group.revision)
  assert.equal(await behind(), 0)
  const { revision } = await client.status()
  await client.apply('security-group', group.id)
  assert.ok((await behind()) > 0)
  await agent.agent.report(report({ synced: revision }))
  assert.ok((await behind()) > 0, 'the draft is not what was published')
})

test('what an agent knows of backends is shown on their balancer, and told', async t => {
  const { client, agent } = await serving(t)
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16' })
  const subnet = await client.create('subnet', { vpc: vpc.id, cidr: '10.0.1.0/24' })
  const backends = [{ address: '198.51.100.10', port: 8080 }]
  const balancer = await client.create('load-balancer', { subnet: subnet.id, listeners: [{ port: 80, backends }] })
  const id = balancer.listeners[0]?.backends[0]?.id ?? ''
  assert.deepEqual(balancer.backendStatus, {})

  const stop = new AbortController()
  t.after(() => stop.abort())
  const events = client.events(stop.signal)[Symbol.asyncIterator]()
  await until(events, ({ type }) => type === 'reset')
  const status: BackendStatus = {
    state: 'unavailable',
    reason: 'connection refused',
    since: new Date().toISOString(),
    seenAs: ['203.0.113.7'],
    sessions: 0,
    queued: 0,
    requests: 0,
  }
  const event = { at: status.since, host: 'one', type: 'drift', resource: vpc.id, message: 'table flushed' } as const
  await agent.agent.report(report({ backends: { [id]: status }, events: [event] }))
  assert.deepEqual((await client.get('load-balancer', balancer.id)).backendStatus, { [id]: status })
  assert.deepEqual(await until(events, ({ type }) => type === 'backend'), { type: 'backend', id, status })
  assert.deepEqual(await until(events, each => each.type === 'host' && each.event.type === 'drift'), {
    type: 'host',
    event,
  })

  // A report without it changes nothing; taking it out of draft and live does.
  await agent.agent.report(report({}))
  assert.ok((await client.get('load-balancer', balancer.id)).backendStatus[id])
  await client.patch('load-balancer', balancer.id, { listeners: [] })
  assert.ok((await client.get('load-balancer', balancer.id)).backendStatus[id], 'it still runs')
  assert.deepEqual((await client.apply('load-balancer', balancer.id)).backendStatus, {})
})

test('a report that is none is refused', async t => {
  const { agent } = await serving(t)
  await assert.rejects(agent.ask('POST', '/v1/agent/report', { body: { host: 7 } }), (error: unknown) => {
    assert.ok(error instanceof ApiError)
    assert.equal(error.status, 400)
    assert.ok(error.problems.some(({ at }) => at === 'host'))
    return true
  })
})
