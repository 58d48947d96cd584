import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createBoard } from '../../src/api/board.ts'
import { changeLog } from '../../src/api/change-log.ts'
import { logTurns } from '../../src/api/turn-log.ts'
import type { BackendTurn, KnownTurn, Page } from '../../src/client/wire.ts'
import { sqliteTurns, type Turns } from '../../src/store/turns.ts'
import { directory, running, type Running } from './running.ts'

const report = { host: 'one', synced: 99, failures: {}, backends: {}, events: [], counters: {} }
const start = Date.now() - 60 * 60_000
const seconds = (at: number) => new Date(start + at * 1000).toISOString()
const turn = (backend: string, at: number, state: BackendTurn['state'], reason = ''): BackendTurn => ({
  backend,
  at: seconds(at),
  state,
  reason,
})

async function balanced(t: TestContext) {
  const server = await running(t)
  const backends = [
    { address: '198.51.100.1', port: 80 },
    { address: '198.51.100.2', port: 80 },
  ]
  const { body } = await server.ask('POST', '/v1/load-balancers', { eips: [{}], listeners: [{ port: 80, backends }] })
  const [listener] = body['listeners'] as { id: string; backends: { id: string }[] }[]
  const [first = '', second = ''] = listener?.backends.map(({ id }) => id) ?? []
  return { server, balancer: body.id, listener: listener?.id ?? '', first, second }
}

const say = (server: Running, turns: readonly BackendTurn[], more: object = {}) =>
  server.ask('POST', '/v1/agent/report', { ...report, turns, ...more })
const history = async (server: Running, of: string, query = '') =>
  (await server.ask('GET', `/v1/load-balancers/${of}/history${query}`)).body as unknown as Page<KnownTurn>

test('what a backend went through is told, newest first, by backend and for the whole balancer, page by page', async t => {
  const { server, balancer, first, second } = await balanced(t)
  await say(server, [turn(first, 0, 'unavailable'), turn(second, 1, 'unavailable')])
  await say(server, [turn(first, 5, 'active', 'HTTP 200'), turn(second, 6, 'active', 'HTTP 200')])
  // The answer to the last report was lost.
  await say(server, [turn(first, 5, 'active', 'HTTP 200'), turn(first, 65, 'unavailable', 'HTTP 503')])
  const own = await history(server, `${balancer}/backends/${first}`)
  assert.deepEqual(own, {
    items: [
      { ...turn(first, 65, 'unavailable', 'HTTP 503'), host: 'one', was: 'active', lastedMs: 60_000 },
      { ...turn(first, 5, 'active', 'HTTP 200'), host: 'one', was: 'unavailable', lastedMs: 5000 },
      { ...turn(first, 0, 'unavailable'), host: 'one', was: null, lastedMs: null },
    ],
    next: null,
    total: 3,
  })
  const page = await history(server, balancer, '?limit=2')
  assert.deepEqual(
    page.items.map(({ backend, at }) => [backend, at]),
    [
      [first, seconds(65)],
      [second, seconds(6)],
    ],
  )
  const rest = await history(server, balancer, `?after=${page.next}`)
  assert.deepEqual([rest.items.length, rest.next, rest.total], [3, null, 5])
  const refused = async (path: string) => (await server.ask('GET', `/v1/load-balancers/${path}`)).body['code']
  assert.equal(await refused(`lb-00000000/history`), 'not-found')
  assert.equal(await refused(`${balancer}/backends/lbb-00000000/history`), 'no-child')
  assert.equal(await refused(`${balancer}/history?after=nonsense`), 'bad-query')
})

test('what a backend went through that is no more is kept for whoever goes back, and what is told of strangers is not', async t => {
  const { server, balancer, listener, first, second } = await balanced(t)
  await say(server, [turn(first, 0, 'active'), turn(second, 0, 'active'), turn('lbb-stranger', 0, 'active')])
  await server.ask('DELETE', `/v1/load-balancers/${balancer}/listeners/${listener}/backends/${first}`)
  assert.equal((await history(server, balancer)).total, 2, 'it runs still')
  await server.ask('POST', `/v1/load-balancers/${balancer}:apply`)
  await server.core.store.commit(model => model)
  await until(async () => (await history(server, balancer)).total === 1)
  await say(server, [turn(first, 9, 'unavailable', 'an agent that is behind')])
  assert.equal(server.core.turns.page(['lbb-stranger'], 10).total, 0)
  assert.deepEqual(
    server.core.turns.page([first], 10).items.map(({ at }) => at),
    [seconds(0)],
  )
  assert.equal(server.core.turns.latest('one', first), undefined)
  assert.equal(server.core.turns.page([second], 10).total, 1)
})

test('an agent that is started anew does not make a state younger', async t => {
  const { server, balancer, first } = await balanced(t)
  const status = (at: number) => ({
    state: 'active',
    reason: '',
    since: seconds(at),
    seenAs: [],
    sessions: 0,
    requests: 0,
    queued: 0,
  })
  await say(server, [turn(first, 0, 'active')], { backends: { [first]: status(0) } })
  await say(server, [turn(first, 500, 'active')], { backends: { [first]: status(500) } })
  const { body } = await server.ask('GET', `/v1/load-balancers/${balancer}`)
  assert.equal((body['backendStatus'] as Record<string, { since: string }>)[first]?.since, seconds(0))
  assert.equal((await history(server, balancer)).total, 1)
  await say(server, [turn(first, 600, 'unavailable'), turn(first, 700, 'active')], {
    backends: { [first]: status(700) },
  })
  const later = (await server.ask('GET', `/v1/load-balancers/${balancer}`)).body['backendStatus']
  assert.equal((later as Record<string, { since: string }>)[first]?.since, seconds(700))
})

test('what cannot be written waits, and the board goes on', async t => {
  const { server, first } = await balanced(t)
  const real = sqliteTurns(join(await directory(t), 'turns.sqlite'))
  t.after(() => real.close())
  let full = true
  const bugs: unknown[] = []
  const turns: Turns = {
    ...real,
    add(host, list) {
      if (full) throw new Error('database or disk is full')
      real.add(host, list)
    },
  }
  const model = () => server.store.snapshot()
  const log = logTurns(turns, model, bug => bugs.push(bug))
  const board = createBoard(changeLog(1), model, () => {}, { turns: log })
  const status = {
    state: 'unavailable',
    reason: '',
    since: seconds(5),
    seenAs: [],
    sessions: 0,
    requests: 0,
    queued: 0,
  } as const
  board.report({ ...report, turns: [turn(first, 0, 'active')] })
  board.report({ ...report, turns: [turn(first, 5, 'unavailable')], backends: { [first]: status } })
  assert.equal(board.backend(first)?.state, 'unavailable')
  assert.equal(real.page([first], 10).total, 0)
  assert.ok(bugs.length > 0)
  full = false
  log.look()
  assert.deepEqual(
    real.page([first], 10).items.map(({ state }) => state),
    ['unavailable', 'active'],
  )
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await holds()); await new Promise(resolve => setTimeout(resolve, 10))) {
    if (Date.now() > deadline) throw new Error('not within 30 s')
  }
}
