import assert from 'node:assert/strict'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { addKey, readKeys } from '../../src/api/keys.ts'
import { seal, sealingKey, unseal } from '../../src/api/seal.ts'
import { serve } from '../../src/api/serve.ts'
import { signersOf } from '../../src/api/signers.ts'
import { apiClient } from '../../src/client/api-client.ts'
import { ApiError } from '../../src/client/api-error.ts'
import { httpTransport } from '../../src/client/http-transport.ts'
import { directory, prepared } from './running.ts'

async function installation(t: TestContext) {
  const state = await directory(t)
  const keysFile = join(state, 'keys.json')
  const store = await prepared()
  const server = await serve({ store, listen: { host: '127.0.0.1', port: 0 }, keysFile })
  const clientOf = (key?: string) => {
    const client = apiClient(httpTransport({ url: server.url }), key === undefined ? {} : { key })
    t.after(() => client.close())
    return client
  }
  t.after(async () => {
    await server.close()
    await store.close()
  })
  return { state, keysFile, clientOf }
}

const refusedWith = (code: string) => (error: unknown) => error instanceof ApiError && error.problems[0]?.code === code

test('an administrator makes keys and takes them away; what they could do begins and ends at once', async t => {
  const { keysFile, clientOf } = await installation(t)
  const { secret: own, id: admin } = await clientOf().keys.create('admin')
  await assert.rejects(clientOf().keys.list(), refusedWith('unauthenticated'))
  const first = clientOf(`${admin}:${own}`)
  const made = await first.keys.create('operator')
  assert.deepEqual(
    (await first.keys.list()).map(({ id, role, signs }) => [id, role, signs]),
    [
      [admin, 'admin', true],
      [made.id, 'operator', true],
    ],
  )
  const second = clientOf(`${made.id}:${made.secret}`)
  await second.status()
  await assert.rejects(second.keys.list(), refusedWith('not-allowed'))
  await assert.rejects(second.keys.create('admin'), refusedWith('not-allowed'))
  const signers = signersOf(keysFile)
  assert.equal(signers.find(made.id)?.secret, made.secret)
  await first.keys.remove(made.id)
  assert.equal(signers.find(made.id), undefined)
  await assert.rejects(second.status(), refusedWith('unauthenticated'))
  await assert.rejects(first.keys.remove(made.id), refusedWith('not-found'))
  const log = (await first.operations()).items.map(({ do: verb, kind, id, author }) => [verb, kind, id, author])
  assert.deepEqual(log, [
    ['delete', 'key', made.id, admin],
    ['create', 'key', made.id, admin],
    ['create', 'key', admin, 'local'],
  ])
})

test('a body that is wrong makes no key', async t => {
  const { keysFile, clientOf } = await installation(t)
  for (const body of [{}, { role: 'root' }, { role: 'admin', id: 'key-mine' }, []])
    await assert.rejects(clientOf().ask('POST', '/v1/keys', { body }), ApiError)
  assert.deepEqual(await readKeys(keysFile), [])
})

test('one file of the two gives no secret away', async t => {
  const { state, keysFile } = await installation(t)
  const { id, secret } = await addKey(keysFile, 'operator')
  const sealFile = join(state, 'keys.seal')
  for (const file of [keysFile, sealFile]) {
    assert.equal((await stat(file)).mode & 0o777, 0o600, file)
    assert.ok(!(await readFile(file, 'utf8')).includes(secret), file)
  }
  assert.equal(signersOf(keysFile).find(id)?.secret, secret)
  await rm(sealFile)
  assert.equal(signersOf(keysFile).find(id)?.secret, null)
  await addKey(keysFile, 'operator')
  assert.equal(signersOf(keysFile).find(id)?.secret, null, 'another key does not open it')
})

test('a key from before signatures is known, and cannot sign', async t => {
  const { keysFile } = await installation(t)
  const { id } = await addKey(keysFile, 'operator')
  const [{ sealed: _, ...old } = { sealed: '' }] = await readKeys(keysFile)
  await writeFile(keysFile, JSON.stringify([old]))
  assert.deepEqual(signersOf(keysFile).find(id), {
    ...signersOf(keysFile).find(id),
    id,
    role: 'operator',
    secret: null,
  })
})

test('what is sealed opens with its key and for its owner only, and unchanged', async t => {
  const key = await sealingKey(join(await directory(t), 'keys.json'))
  const sealed = seal(key, 'key-1', 'a secret')
  assert.equal(unseal(key, 'key-1', sealed), 'a secret')
  assert.notEqual(seal(key, 'key-1', 'a secret'), sealed)
  assert.equal(unseal(key, 'key-2', sealed), null)
  assert.equal(unseal(Buffer.alloc(32), 'key-1', sealed), null)
  const bytes = Buffer.from(sealed, 'base64')
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed[i] = (changed[i] ?? 0) ^ 1
    assert.equal(unseal(key, 'key-1', changed.toString('base64')), null, `byte ${i}`)
  }
  assert.equal(unseal(key, 'key-1', 'AAAA'), null)
})
