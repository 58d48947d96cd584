import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../../src/client/api-error.ts'
import { serving } from '../client/serving.ts'
import { logging, written } from './logging.ts'

const refused = (code: string) => (error: unknown) => error instanceof ApiError && error.code === code

test('the log of a balancer is told by its machine, filtered, the newest last', async t => {
  const { client, host, id } = await logging(t, await serving(t))
  host.write([written(1, '/a'), written(2, '/b', 503), written(3, '/c', 200, '198.51.100.9'), written(4, '/d', 404)])
  const paths = async (query = {}) => (await client.accessLog(id, query)).items.map(({ path }) => path)
  assert.deepEqual(await paths(), ['/a', '/b', '/c', '/d'])
  assert.deepEqual(await paths({ limit: 2 }), ['/c', '/d'])
  assert.deepEqual(await paths({ status: '5xx' }), ['/b'])
  assert.deepEqual(await paths({ client: '198.51.100.0/24' }), ['/c'])
  assert.deepEqual(await paths({ since: '2026-11-28T20:50:03Z' }), ['/c', '/d'])
  assert.deepEqual(await paths({ search: 'get /A' }), ['/a'])
})

test('after a place only what was written since is told, and what was too much is admitted', async t => {
  const { client, host, id } = await logging(t, await serving(t))
  host.write([written(1, '/a')])
  const { next } = await client.accessLog(id)
  assert.deepEqual((await client.accessLog(id, { after: next })).items, [])
  host.write([written(1, '/a'), written(2, '/b', 503), written(3, '/c')])
  const more = await client.accessLog(id, { after: next })
  assert.deepEqual([more.items.map(({ path }) => path), more.missed], [['/b', '/c'], false])
  assert.deepEqual((await client.accessLog(id, { after: more.next })).items, [])
  const one = await client.accessLog(id, { after: next, limit: 1 })
  assert.deepEqual([one.items.map(({ path }) => path), one.missed], [['/c'], true])
  assert.equal((await client.accessLog(id, { limit: 1 })).missed, false)
})

test('what cannot be told is refused, with what to do', async t => {
  const { client, id, settled } = await logging(t, await serving(t))
  await assert.rejects(client.accessLog(id, { status: '9xx' }), refused('bad-query'))
  await assert.rejects(client.accessLog(id, { client: '10.0.0.1/8' }), refused('bad-query'))
  await assert.rejects(client.accessLog(id, { after: 'x' }), refused('bad-query'))
  await assert.rejects(client.accessLog(id, { limit: 5000 }), refused('bad-query'))
  await assert.rejects(client.accessLog('lb-00000000'), refused('not-found'))
  await client.patch('load-balancer', id, { accessLog: { local: false } })
  await settled()
  await assert.rejects(client.accessLog(id), refused('log-off'))
})

test('without an agent the log is refused, and who waited is told so', async t => {
  const { client } = await serving(t)
  const eip = await client.create('eip', {})
  const balancer = await client.create('load-balancer', { eips: [eip.id], accessLog: { local: true } })
  await assert.rejects(client.accessLog(balancer.id), (error: unknown) => {
    assert.ok(refused('no-agent')(error))
    return error instanceof ApiError && error.status === 503 && /causeway up/.test(error.message)
  })
})
