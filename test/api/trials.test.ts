import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createBoard } from '../../src/api/board.ts'
import { changeLog } from '../../src/api/change-log.ts'
import { createFeed } from '../../src/api/feed.ts'
import { watchPolicies } from '../../src/api/policy-watch.ts'
import { createQuestions } from '../../src/api/questions.ts'
import { watchTrials, type TrialWish } from '../../src/api/trials.ts'
import type { BackendStatus } from '../../src/client/wire.ts'
import { commandsOn, type Done } from '../../src/commands/commands.ts'
import type { TrialRecord } from '../../src/diagnose/plan/trial.ts'
import { sqliteSeries } from '../../src/monitor/series.ts'
import { sqliteDocuments } from '../../src/store/documents.ts'
import { prepared, running } from './running.ts'

const minute = { watchS: 60, confirm: false }

/** A balancer with two backends that are active, and somebody who watches its applies by a clock of ours. */
async function watched(t: TestContext, path?: string) {
  const store = await prepared()
  const commands = commandsOn(store)
  let time = Date.parse('2026-01-01T00:00:00Z')
  const log = changeLog(0)
  const board = createBoard(log, store.snapshot, () => {}, { now: () => time })
  const series = sqliteSeries(undefined, { now: () => time })
  const bugs: unknown[] = []
  const trialLog = sqliteDocuments<TrialRecord>('trials', path)
  const policies = watchPolicies({
    model: store.snapshot,
    feed: createFeed('test'),
    board,
    questions: createQuestions(() => []),
    records: sqliteDocuments('verdicts'),
    onBug: bug => bugs.push(bug),
  })
  const start = () =>
    watchTrials({
      model: store.snapshot,
      commands,
      board,
      policies,
      feed: createFeed('test'),
      series,
      log: trialLog,
      onBug: bug => bugs.push(bug),
      now: () => time,
    })
  let trials = start()
  t.after(() => {
    trials.stop()
    policies.stop()
    series.close()
    trialLog.close()
    assert.deepEqual(bugs, [])
  })
  const backends = [
    { address: '198.51.100.1', port: 80 },
    { name: 'two', address: '198.51.100.2', port: 80 },
  ]
  const body = { name: 'web', eips: [{}], listeners: [{ port: 80, backends }] }
  const made = await commands.run({ do: 'create', kind: 'load-balancer', body }, 'ada')
  assert.ok(made.resource?.kind === 'load-balancer')
  const { id, live } = made.resource
  const [listener] = live.listeners
  assert.ok(listener)
  const [first = '', second = ''] = listener.backends.map(backend => backend.id)
  const balancer = () => store.snapshot().resources.get(id)!

  function report(states: Readonly<Record<string, Partial<BackendStatus>>>, failure?: string) {
    const synced = store.snapshot().revision
    const whole = (given: Partial<BackendStatus>): BackendStatus => ({
      state: 'active',
      reason: '',
      since: new Date(time).toISOString(),
      seenAs: [],
      sessions: 0,
      queued: 0,
      requests: 0,
      ...given,
    })
    board.report({
      host: 'one',
      synced,
      failures: failure === undefined ? {} : { [id]: failure },
      backends: Object.fromEntries(Object.entries(states).map(([backend, given]) => [backend, whole(given)])),
      events: [],
      counters: {},
    })
  }
  const well = () => report({ [first]: {}, [second]: {} })
  well()

  async function apply(wish: TrialWish, change: object = { headerSizeKb: 20 }) {
    await commands.run({ do: 'patch', kind: 'load-balancer', id, body: change }, 'ada')
    const run = (): Promise<Done> => commands.run({ do: 'apply', kind: 'load-balancer', id }, 'ada')
    const { trial } = await trials.during(balancer(), wish, 'ada', run)
    assert.ok(trial)
    return trial.id
  }
  return {
    id,
    listener: listener.id,
    first: first,
    second: second,
    balancer,
    commands,
    series,
    report,
    well,
    apply,
    get trials() {
      return trials
    },
    /** As if the server had been started again. */
    again() {
      trials.stop()
      trials = start()
    },
    pass(seconds: number) {
      time += seconds * 1000
    },
    now: () => time,
    state: (trial: string) => trials.get(trial, 'en'),
  }
}

test('an apply is kept where every backend that was active is active at the end', async t => {
  const w = await watched(t)
  const trial = await w.apply(minute)
  w.well()
  await w.trials.look()
  assert.equal(w.state(trial)?.state, 'running')
  w.pass(60)
  w.well()
  await w.trials.look()
  assert.deepEqual([w.state(trial)?.state, w.state(trial)?.reason, w.balancer().generation], ['kept', '', 2])
})

test('a backend that fell takes the apply back, and what was tried is kept as a generation', async t => {
  const w = await watched(t)
  const trial = await w.apply(minute)
  w.report({ [w.second]: { state: 'unavailable', reason: '' } })
  await w.trials.look()
  assert.equal(w.state(trial)?.state, 'running', 'one that is only asked anew has not fallen')
  w.report({ [w.second]: { state: 'unavailable', reason: 'connection refused' } })
  await w.trials.look()
  const said = w.state(trial)
  assert.equal(said?.state, 'reverted')
  assert.equal(said?.reason, 'two (web) was active and became unavailable: connection refused')
  assert.match(w.trials.get(trial, 'zh')?.reason ?? '', /后端 two \(web\) 变为不可用：连接被拒绝$/)
  const { generation, live, draft } = w.balancer()
  assert.deepEqual([generation, live], [3, draft])
  assert.equal('headerSizeKb' in live && live.headerSizeKb, 15)
})

test('a backend that the apply itself takes out has not fallen', async t => {
  const w = await watched(t)
  const backends = [{ id: w.first, address: '198.51.100.1', port: 80 }]
  const trial = await w.apply(minute, { listeners: [{ id: w.listener, port: 80, backends }] })
  w.report({ [w.first]: {}, [w.second]: { state: 'unavailable', reason: 'connection refused' } })
  w.pass(61)
  w.well()
  await w.trials.look()
  assert.equal(w.state(trial)?.state, 'kept')
})

test('a backend that is neither up nor down at the end takes it back; silence of the machine waits', async t => {
  const w = await watched(t)
  const trial = await w.apply(minute)
  w.pass(61)
  await w.trials.look()
  assert.equal(w.state(trial)?.state, 'running', 'nobody can say how it went')
  w.report({ [w.first]: { state: 'abnormal', reason: '' } })
  await w.trials.look()
  assert.equal(w.state(trial)?.state, 'reverted')
  assert.match(w.state(trial)?.reason ?? '', /198\.51\.100\.1:80 \(web\).*had not become active again/)
})

test('what the machine cannot do is taken back', async t => {
  const w = await watched(t)
  const trial = await w.apply(minute)
  w.report({}, 'haproxy did not start')
  await w.trials.look()
  assert.equal(w.state(trial)?.reason, 'the machine could not do it: haproxy did not start')
  assert.equal(w.balancer().generation, 3)
})

test('more errors than before take it back; as many as before do not', async t => {
  for (const [errors, state] of [
    [30, 'reverted'],
    [4, 'running'],
  ] as const) {
    const w = await watched(t)
    const since = w.now() - 600_000
    const sample = (requests: number, responses5xx: number) =>
      w.series.add('one', { at: w.now(), since, of: { [w.listener]: { requests, responses5xx } } })
    for (const requests of [0, 1000, 2000]) {
      sample(requests, 0)
      w.pass(10)
    }
    const trial = await w.apply(minute)
    w.pass(10)
    sample(2100, errors)
    w.well()
    await w.trials.look()
    assert.equal(w.state(trial)?.state, state, w.state(trial)?.reason ?? '')
    if (state === 'reverted')
      assert.match(String(w.state(trial)?.reason), /30\.0 % of the requests .* failed, 0\.0 % before/)
  }
})

test('an apply that nobody confirms is taken back, a confirmed one stays', async t => {
  const w = await watched(t)
  const wish = { watchS: 30, confirm: true }
  const first = await w.apply(wish)
  w.trials.confirm(first)
  w.pass(31)
  await w.trials.look()
  assert.deepEqual([w.state(first)?.state, w.balancer().generation], ['confirmed', 2])
  const second = await w.apply(wish, { headerSizeKb: 30 })
  w.pass(31)
  await w.trials.look()
  assert.deepEqual([w.state(second)?.state, w.state(second)?.reason], ['reverted', 'nobody confirmed it in time'])
  assert.throws(() => w.trials.confirm(second), /has ended already: reverted/)
  assert.throws(() => w.trials.confirm('trial-nothing'), /there is no trial/)
})

test('another apply of the resource takes the place of a trial', async t => {
  const w = await watched(t)
  const first = await w.apply(minute)
  const second = await w.apply(minute, { headerSizeKb: 30 })
  w.report({ [w.second]: { state: 'unavailable', reason: 'connection refused' } })
  await w.trials.look()
  assert.deepEqual([w.state(first)?.state, w.state(second)?.state], ['superseded', 'reverted'])
  assert.equal(w.state(second)?.previous, 2, 'what ran right before it is what runs again')
})

test('a trial outlives the server that began it', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'causeway-trials-'))
  t.after(() => rm(directory, { recursive: true }))
  const w = await watched(t, join(directory, 'trials.sqlite'))
  const trial = await w.apply({ watchS: 30, confirm: true })
  w.again()
  assert.equal(w.state(trial)?.state, 'running')
  w.pass(31)
  await w.trials.look()
  assert.deepEqual([w.state(trial)?.state, w.balancer().generation], ['reverted', 3])
})

test('over HTTP: what is asked of an apply is checked, and a trial is listed, shown and ended', async t => {
  const { ask } = await running(t)
  const { body: group } = await ask('POST', '/v1/security-groups', { name: 'web' })
  const path = `/v1/security-groups/${group.id}`
  const change = () =>
    ask('PATCH', path, { rules: [{ protocol: 'tcp', ports: String(1000 + Math.random() * 1000).slice(0, 4) }] })
  await change()
  const wrong = await ask('POST', `${path}:apply`, { watchS: 4, confirm: 'yes', forever: true })
  assert.equal(wrong.status, 400)
  assert.deepEqual(wrong.body.problems.map(({ at }) => at).sort(), ['confirm', 'forever', 'watchS'])
  const applied = await ask('POST', `${path}:apply`, { watchS: 30, confirm: true })
  assert.equal(applied.status, 200)
  const { id } = applied.body['trial'] as { id: string }
  const { body: list } = await ask('GET', '/v1/trials')
  assert.deepEqual(
    (list['items'] as { id: string }[]).map(each => each.id),
    [id],
  )
  const reverted = await ask('POST', `/v1/trials/${id}:revert`)
  assert.deepEqual(
    [reverted.status, reverted.body['state'], reverted.body['reason']],
    [200, 'reverted', 'somebody asked for it'],
  )
  assert.equal((await ask('POST', `/v1/trials/${id}:confirm`)).status, 409)
  assert.equal((await ask('GET', '/v1/trials/trial-none')).status, 404)
  const nothing = await ask('POST', `${path}:apply`, { watchS: 30 })
  assert.deepEqual(
    [nothing.status, nothing.body['trial']],
    [200, undefined],
    'an apply that changes nothing is no trial',
  )
  const plain = await ask('POST', `${path}:apply`)
  assert.equal(plain.status, 200)
})
