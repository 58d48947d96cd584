import assert from 'node:assert/strict'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { ApiError } from '../../src/client/api-error.ts'
import { causewayClient } from '../../src/client/client.ts'
import { eventsIn } from '../../src/client/event-stream.ts'
import type { WireEvent } from '../../src/client/wire.ts'
import { serving, until } from './serving.ts'

test('everything that the API can do is a function', async t => {
  const { client } = await serving(t)
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16', name: 'a' })
  assert.equal((await client.get('vpc', vpc.id)).name, 'a')
  assert.equal((await client.patch('vpc', vpc.id, { name: 'b' }, { ifRevision: vpc.revision })).name, 'b')
  assert.deepEqual(
    (await client.list('vpc', { search: 'b' })).items.map(({ id }) => id),
    [vpc.id],
  )
  const forward = await client.children.add('vpc', vpc.id, ['portForwards'], {
    port: 80,
    toAddress: '10.0.0.9',
    toPort: 80,
  })
  await client.children.patch('vpc', vpc.id, ['portForwards', forward.id], { port: 81 })
  assert.deepEqual(
    (await client.plan('vpc', vpc.id)).changes.map(({ at }) => at),
    [`portForwards[${forward.id}]`],
  )
  assert.equal((await client.apply('vpc', vpc.id)).applied, true)
  await client.children.remove('vpc', vpc.id, ['portForwards', forward.id])
  assert.deepEqual(await client.children.list('vpc', vpc.id, ['portForwards']), [])
  assert.equal((await client.act('vpc', vpc.id, 'discard')).portForwards.length, 1)
  assert.equal((await client.rollback('vpc', vpc.id, 1)).portForwards.length, 0)
  assert.deepEqual(
    (await client.generations('vpc', vpc.id)).map(({ number }) => number),
    [3, 2, 1],
  )
  assert.equal((await client.act('vpc', vpc.id, 'stop')).power, 'off')
  await client.remove('vpc', vpc.id)
  assert.equal((await client.operations({ limit: 1 })).items[0]?.do, 'delete')
  assert.equal((await client.version()).name, 'causeway')
})

test('all pages of a list come as one', async t => {
  const { client } = await serving(t)
  await Promise.all(Array.from({ length: 1005 }, (_, i) => client.create('ip-set', { type: 'ip', name: `${i}` })))
  const seen = new Set<string>()
  for await (const { id } of client.all('ip-set')) seen.add(id)
  assert.equal(seen.size, 1005)
})

test('refusals are thrown with their problems, in the language of the client', async t => {
  const { client, server } = await serving(t)
  const chinese = causewayClient({ url: server.url, language: 'zh-CN' })
  t.after(() => chinese.close())
  for (const [each, words] of [
    [client, /is required/],
    [chinese, /必填/],
  ] as const) {
    await assert.rejects(each.create('vpc', {}), (error: unknown) => {
      assert.ok(error instanceof ApiError)
      assert.deepEqual([error.status, error.code, error.problems.map(({ at }) => at)], [400, 'missing', ['cidr']])
      assert.match(error.message, words)
      return true
    })
  }
})

test('events tell of every change, and a client that was cut off misses none', async t => {
  const { client, server } = await serving(t)
  const road = await roadTo(Number(new URL(server.url).port), t)
  const far = causewayClient({ url: `http://127.0.0.1:${road.port}` })
  const stop = new AbortController()
  t.after(() => {
    stop.abort()
    far.close()
  })
  const events = far.events(stop.signal)[Symbol.asyncIterator]()
  await until(events, ({ type }) => type === 'reset')
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16' })
  const of = (what: string) => (event: WireEvent) => {
    assert.notEqual(event.type, 'reset', 'something was missed')
    return event.type === 'resource' && event.id === vpc.id && event.what === what
  }
  await until(events, of('created'))

  road.cut()
  await client.patch('vpc', vpc.id, { portForwards: [{ port: 80, toAddress: '10.0.0.9', toPort: 80 }] })
  await client.apply('vpc', vpc.id)
  await client.remove('vpc', vpc.id)
  await until(events, of('changed'))
  await until(events, of('applied'))
  await until(events, of('deleted'))
})

/** A way to a port that can be cut in the middle. */
async function roadTo(port: number, t: TestContext) {
  const sockets = new Set<Socket>()
  const proxy = createServer(near => {
    const far = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  const cut = () => sockets.forEach(socket => socket.destroy())
  t.after(() => {
    cut()
    proxy.close()
  })
  return { port: (proxy.address() as AddressInfo).port, cut }
}

test('an event that comes in pieces is one event', async () => {
  const event = { type: 'reset', revision: 7 }
  const bytes = Buffer.from(`retry: 5\n\n:\n\nid: s-1\nevent: reset\ndata: ${JSON.stringify(event)}\n\nid: s-2\n`)
  async function* pieces() {
    for (const byte of bytes) yield Uint8Array.of(byte)
  }
  const seen = []
  for await (const each of eventsIn(pieces())) seen.push(each)
  assert.deepEqual(seen, [{ id: 's-1', event }])
})
