import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { addKey, removeKey } from '../../src/api/keys.ts'
import { serve } from '../../src/api/serve.ts'
import { signersOf } from '../../src/api/signers.ts'
import { cloudOf } from '../../src/qingcloud/cloud.ts'
import { addQingcloud, bodyLimit } from '../../src/qingcloud/routes.ts'
import { sqliteLedger } from '../../src/qingcloud/sqlite-ledger.ts'
import { directory, prepared } from '../api/running.ts'
import { request, type Sent } from './clients.ts'
import type { Answer } from './site.ts'

/** The real server with a key, on a port of the loopback. */
async function served(t: TestContext, bodyMs = 60_000) {
  const keysFile = join(await directory(t), 'keys.json')
  const key = await addKey(keysFile, 'operator')
  const store = await prepared()
  const bugs: unknown[] = []
  const onBug = (error: unknown) => void bugs.push(error)
  const ledger = sqliteLedger()
  const server = await serve({
    store,
    listen: { host: '127.0.0.1', port: 0 },
    keysFile,
    onBug,
    extend: (app, core) => addQingcloud(app, cloudOf(core, signersOf(keysFile), ledger), { onBug, bodyMs }),
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.after(async () => {
    agent.destroy()
    await server.close()
    ledger.close()
    await store.close()
    assert.deepEqual(bugs, [])
  })
  const send = async ({ method, url, headers, body }: Sent, chunks: readonly string[] = [body]) => {
    const outgoing = httpRequest(server.url + url, { method, headers, agent })
    for (const chunk of chunks) outgoing.write(chunk)
    outgoing.end()
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    const said = await text(incoming)
    return {
      status: incoming.statusCode,
      type: incoming.headers['content-type'],
      answer: JSON.parse(said) as Answer,
      reused: outgoing.reusedSocket,
    }
  }
  return { key, keysFile, send, url: new URL(server.url) }
}

const done = { status: 200, type: 'application/json', code: 0 }
const told = ({
  status,
  type,
  answer,
}: {
  status?: number | undefined
  type?: string | undefined
  answer: Answer
}) => ({
  status,
  type,
  code: answer.ret_code,
})

test('every client is answered with status 200 and the exact content type, over connections that stay', async t => {
  const { key, send } = await served(t)
  for (const client of ['python', 'cli', 'go'] as const) {
    for (const method of ['GET', 'POST'] as const) {
      const answer = await send(request(client, key, 'DescribeEips', { search_word: "a b+c~*!'()/名" }, { method }))
      assert.deepEqual(told(answer), done, `${client} ${method}`)
    }
  }
  const refused = await send(request('go', { ...key, secret: 'wrong' }, 'DescribeEips', {}))
  assert.deepEqual(told(refused), { ...done, code: 1200 })
  assert.ok(refused.reused)
})

test('a form comes with its length or in pieces', async t => {
  const { key, send } = await served(t)
  const sent = request('go', key, 'CreateSecurityGroup', { security_group_name: 'web' }, { method: 'POST' })
  const whole = { ...sent, headers: { ...sent.headers, 'content-length': String(sent.body.length) } }
  assert.deepEqual(told(await send(whole)), done)
  assert.deepEqual(told(await send(sent, [sent.body.slice(0, 7), sent.body.slice(7)])), done)
})

test('a long query is a request like any other', async t => {
  const { key, send } = await served(t)
  const ids = Array.from({ length: 1000 }, (_, i) => `eip-${String(i).padStart(8, '0')}`)
  const sent = request('go', key, 'DescribeEips', { eips: ids })
  assert.ok(sent.url.length > 16_384)
  assert.deepEqual(told(await send(sent)), done)
})

test('a body that is too large is refused, and the connection goes on', async t => {
  const { key, send } = await served(t)
  const sent = request('go', key, 'CreateSecurityGroup', {}, { method: 'POST' })
  const megabyte = 'x'.repeat(1024 * 1024)
  const refused = await send(sent, [sent.body, '&padding=', ...Array.from({ length: 10 }, () => megabyte)])
  assert.deepEqual(told(refused), { ...done, code: 1100 })
  assert.match(refused.answer.message ?? '', new RegExp(`larger than ${bodyLimit} bytes`))
  assert.deepEqual(told(await send(request('go', key, 'DescribeEips', {}))), done)
})

test('a body that does not come is not waited for', async t => {
  const { key, url, send } = await served(t, 300)
  const { body } = request('go', key, 'CreateSecurityGroup', {}, { method: 'POST' })
  const socket = connect(Number(url.port), url.hostname)
  socket.write(
    `POST /iaas HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n${body}`,
  )
  const dripping = setInterval(() => socket.write('x'), 50)
  socket.on('error', () => {})
  t.after(() => {
    clearInterval(dripping)
    socket.destroy()
  })
  const signal = AbortSignal.timeout(30_000)
  const [answer] = (await once(socket, 'data', { signal })) as [Buffer]
  assert.match(answer.toString(), /^HTTP\/1\.1 200 [\s\S]*did not come within 0\.3 s","ret_code":1100\}/)
  await once(socket, 'close', { signal })
  assert.deepEqual(told(await send(request('go', key, 'DescribeEips', {}))), done)
})

test('a body of another type, and none, are refused', async t => {
  const { key, send } = await served(t)
  const sent = request('go', key, 'DescribeEips', {}, { method: 'POST' })
  for (const [headers, body] of [
    [{ 'content-type': 'application/json' }, '{"action":"DescribeEips"}'],
    [{ 'content-type': 'multipart/form-data' }, sent.body],
    [{}, sent.body],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, ''],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, '%%%'],
  ] as const) {
    assert.deepEqual(told(await send({ ...sent, headers: { ...headers }, body })), { ...done, code: 1100 })
  }
})

test('a key that is taken away signs nothing from then on', async t => {
  const { key, keysFile, send } = await served(t)
  assert.deepEqual(told(await send(request('go', key, 'DescribeEips', {}))), done)
  await removeKey(keysFile, key.id)
  assert.deepEqual(told(await send(request('go', key, 'DescribeEips', {}))), { ...done, code: 1200 })
})

test('what browsers bring along counts for nothing', async t => {
  const { key, send } = await served(t)
  const headers = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site', cookie: 'causeway=1' }
  const sent = request('go', key, 'DescribeEips', {})
  assert.deepEqual(told(await send({ ...sent, headers })), done)
  assert.deepEqual(told(await send({ ...sent, url: '/iaas?action=DescribeEips', headers })), { ...done, code: 1100 })
})
