import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBoard, silenceMs } from '../../src/api/board.ts'
import { changeLog } from '../../src/api/change-log.ts'
import type { WireEvent } from '../../src/client/wire.ts'
import { all } from '../../src/model/model.ts'
import { prepared, running } from './running.ts'

const report = { host: 'one', synced: 99, failures: {}, backends: {}, events: [], counters: { reloads: 3 } }

test('an agent that falls silent is missed, and welcome when it comes back', async () => {
  const store = await prepared()
  const model = store.snapshot()
  const [group] = all(model, 'security-group')
  assert.ok(group)
  let now = 0
  const told: WireEvent[] = []
  const board = createBoard(
    changeLog(model.revision),
    () => model,
    event => told.push(event),
    { now: () => now },
  )
  const messages = () => told.splice(0).flatMap(event => (event.type === 'host' ? event.event.message : []))

  board.report(report)
  assert.equal(board.statusOf(group).phase, 'active')
  assert.deepEqual(messages(), ['the agent reports'])
  now = silenceMs
  board.look()
  assert.equal(board.statusOf(group).phase, 'active')
  now += 1
  board.look()
  board.look()
  assert.deepEqual(board.statusOf(group), { phase: 'pending', reason: 'no agent' })
  assert.deepEqual(messages(), ['the agent has been silent for 15 s'])
  board.report(report)
  assert.equal(board.statusOf(group).phase, 'active')
  assert.deepEqual(messages(), ['the agent reports'])
})

test('whoever listens is told to read again when the status of everything may have changed', async () => {
  const model = (await prepared()).snapshot()
  const told: WireEvent[] = []
  const board = createBoard(
    changeLog(50),
    () => model,
    event => told.push(event),
  )
  const resets = () => told.splice(0).filter(({ type }) => type === 'reset').length
  board.report({ ...report, synced: 0 })
  assert.equal(resets(), 1, 'an agent came')
  board.report({ ...report, synced: 50 })
  assert.equal(resets(), 1, 'it caught up from before the memory of the log')
  board.report({ ...report, synced: 50 })
  assert.equal(resets(), 0)
})

test('with several machines, all of them must have caught up', async () => {
  const store = await prepared()
  const model = store.snapshot()
  const [group] = all(model, 'security-group')
  assert.ok(group)
  const board = createBoard(
    changeLog(model.revision),
    () => model,
    () => {},
  )
  board.report(report)
  board.report({ ...report, host: 'two', synced: 0 })
  assert.equal(board.statusOf(group).phase, 'pending')
  board.report({ ...report, host: 'two', failures: { [group.id]: 'out of memory' } })
  assert.deepEqual(board.statusOf(group), { phase: 'failed', reason: 'out of memory' })
})

test('of a backend that is no more only the end of a drain is told', async () => {
  const model = (await prepared()).snapshot()
  const told: WireEvent[] = []
  const board = createBoard(
    changeLog(model.revision),
    () => model,
    event => told.push(event),
  )
  const gone = { state: 'active', reason: '', seenAs: [], sessions: 0, queued: 0, requests: 1, since: 'then' } as const
  const states = () => told.splice(0).flatMap(event => (event.type === 'backend' ? event.status.state : []))
  for (const [backend, heard] of [
    [gone, []],
    [{ ...gone, state: 'disabled' }, []],
    [{ ...gone, state: 'draining', removedFrom: 'lb-00000001' }, ['draining']],
    [{ ...gone, state: 'disabled', removedFrom: 'lb-00000001' }, ['disabled']],
  ] as const) {
    board.report({ ...report, backends: { 'lbb-00000001': backend } })
    assert.deepEqual(states(), heard)
  }
  assert.equal(board.backend('lbb-00000001'), undefined)
})

test('figures are there for Prometheus', async t => {
  const server = await running(t)
  await server.ask('POST', '/v1/vpcs', { cidr: '10.0.0.0/16' })
  await server.ask('POST', '/v1/agent/report', report)
  const text = (await server.ask('GET', '/metrics')).body['text'] as string
  const lines = text.split('\n')
  for (const line of [
    'causeway_resources{kind="vpc",phase="active"} 1',
    'causeway_agent_synced_revision{host="one"} 99',
    'causeway_agent_work_total{host="one",what="reloads"} 3',
    'causeway_request_seconds_count{route="/v1/vpcs",method="POST",status="201"} 1',
  ]) {
    assert.ok(lines.includes(line), `${line}\n${text}`)
  }
})

test('what is behind an id is there for Prometheus to join with, names with quotes in them too', async t => {
  const server = await running(t)
  const { body } = await server.ask('POST', '/v1/load-balancers', {
    name: 'the "web"',
    eips: [{}],
    listeners: [{ port: 80, backends: [{ address: '198.18.0.7', port: 8080 }] }],
  })
  const [listener] = body['listeners'] as readonly {
    readonly id: string
    readonly backends: readonly { id: string }[]
  }[]
  const { address } = (await server.ask('GET', `/v1/eips/${(body['eips'] as string[])[0]}`)).body
  const lines = ((await server.ask('GET', '/metrics')).body['text'] as string).split('\n')
  const of = `load_balancer="${body.id}",load_balancer_name="the \\"web\\""`
  for (const labels of [
    `resource="${(body['eips'] as string[])[0]}",kind="eip",name="${String(address)}"`,
    `resource="${body.id}",kind="load-balancer",name="the \\"web\\""`,
    `resource="${listener?.id}",kind="listener",name="80",${of}`,
    `resource="${listener?.backends[0]?.id}",kind="backend",name="198.18.0.7:8080",${of},listener="${listener?.id}",listener_name="80"`,
  ]) {
    assert.ok(lines.includes(`causeway_resource_info{${labels}} 1`), `${labels}\n${lines.join('\n')}`)
  }
})
