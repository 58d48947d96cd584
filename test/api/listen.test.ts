import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { addKey, readKeys, removeKey } from '../../src/api/keys.ts'
import { serve, type ServeOptions } from '../../src/api/serve.ts'
import { createAll } from './one-of-each.ts'
import { directory, prepared, running } from './running.ts'
import { sqliteStore } from '../../src/store/sqlite-store.ts'

async function listening(t: TestContext, options: Partial<ServeOptions> = {}) {
  const store = await prepared()
  const server = await serve({ store, listen: { host: '127.0.0.1', port: 0 }, ...options })
  t.after(() => server.close())
  /** Asks with any header, as a browser would not. */
  return (method: string, path: string, headers: Record<string, string> = {}, body?: object) =>
    new Promise<{ status: number; code: string }>((resolve, reject) => {
      const sent = body ? { 'content-type': 'application/json', ...headers } : headers
      const outgoing = request(server.url + path, { method, headers: sent }, incoming => {
        json(incoming).then(
          answer => resolve({ status: incoming.statusCode ?? 0, code: (answer as { code?: string }).code ?? '' }),
          reject,
        )
      })
      outgoing.on('error', reject).end(body && JSON.stringify(body))
    })
}

test('without keys nobody but this machine is listened to', async t => {
  const store = await prepared()
  t.after(() => store.close())
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
    await assert.rejects(serve({ store, listen: { host, port: 0 } }), /without users and access keys.*add a user/is)
  }
})

test('pages of other sites reach nothing, whatever names they give this machine', async t => {
  const ask = await listening(t)
  assert.equal((await ask('GET', '/v1/vpcs')).status, 200)
  assert.deepEqual(await ask('GET', '/v1/vpcs', { host: 'evil.example' }), { status: 403, code: 'foreign-host' })
  assert.deepEqual(await ask('GET', '/v1/vpcs', { host: '127.0.0.1.evil.example:80' }), {
    status: 403,
    code: 'foreign-host',
  })
  for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) {
    assert.deepEqual(await ask('POST', '/v1/vpcs', { origin }, {}), { status: 403, code: 'foreign-origin' })
  }
  assert.equal((await ask('GET', '/v1/vpcs', { host: 'localhost:99', origin: 'http://localhost:99' })).status, 200)
})

test('with keys, a key is needed, and may do what its role may', async t => {
  const file = join(await directory(t), 'state', 'keys.json')
  const [reader, operator, admin] = [
    await addKey(file, 'read-only'),
    await addKey(file, 'operator'),
    await addKey(file, 'admin'),
  ]
  const ask = await listening(t, { keysFile: file })
  const as = ({ id, secret }: { id: string; secret: string }) => ({ authorization: `Bearer ${id}:${secret}` })

  assert.deepEqual(await ask('GET', '/v1/vpcs'), { status: 401, code: 'unauthenticated' })
  assert.equal((await ask('GET', '/healthz')).status, 200)
  for (const path of ['/v1/events', '/metrics', '/v1/openapi.json', '/v1/nothing']) {
    assert.equal((await ask('GET', path)).status, 401, path)
  }
  for (const wrong of [
    'x',
    `${admin.id}:`,
    `${admin.id}:${reader.secret}`,
    `${admin.id}:${admin.secret}:`,
    `:${admin.secret}`,
  ]) {
    assert.equal((await ask('GET', '/v1/vpcs', { authorization: `Bearer ${wrong}` })).status, 401, wrong)
  }
  assert.equal((await ask('GET', '/v1/vpcs', as(reader))).status, 200)
  assert.deepEqual(await ask('POST', '/v1/vpcs', as(reader), { cidr: '10.0.0.0/16' }), {
    status: 403,
    code: 'not-allowed',
  })
  assert.equal((await ask('POST', '/v1/vpcs', as(operator), { cidr: '10.0.0.0/16' })).status, 201)
  assert.deepEqual(await ask('POST', '/v1/zones', as(operator), { id: 'far' }), { status: 403, code: 'not-allowed' })
  assert.equal((await ask('POST', '/v1/zones', as(admin), { id: 'far', pools: [] })).status, 201)
})

test('keys are kept so that nobody can read them back', async t => {
  const file = join(await directory(t), 'keys.json')
  const key = await addKey(file, 'admin')
  assert.ok(!(await readFile(file, 'utf8')).includes(key.secret))
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  await removeKey(file, key.id)
  assert.deepEqual(await readKeys(file), [])
})

test('a socket that a dead server left is taken over, a living one is not', async t => {
  const path = join(await directory(t), 'agent.sock')
  await writeFile(path, '')
  await listening(t, { socketPath: path })
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  const store = await prepared()
  t.after(() => store.close())
  await assert.rejects(
    serve({ store, listen: { host: '127.0.0.1', port: 0 }, socketPath: path }),
    /another server listens/,
  )
})

test('a taken port is told as such', async t => {
  const store = await prepared()
  const first = await serve({ store, listen: { host: '127.0.0.1', port: 0 } })
  t.after(() => first.close())
  const port = Number(new URL(first.url).port)
  await assert.rejects(serve({ store, listen: { host: '127.0.0.1', port } }), /is taken.*choose another port/)
})

test('what was answered is still there after a restart from the file', async t => {
  const file = join(await directory(t), 'causeway.db')
  const first = await running(t, sqliteStore(file))
  const made = await createAll(first)
  const before = await first.ask('GET', `/v1/load-balancers/${made['load-balancer']}`)
  await first.close()
  const second = await running(t, sqliteStore(file))
  const after = await second.ask('GET', `/v1/load-balancers/${made['load-balancer']}`)
  assert.deepEqual(after.body, before.body)
})
