import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { createAccess } from '../../src/api/access.ts'
import { addKey, removeKey } from '../../src/api/keys.ts'
import { createLockOut } from '../../src/api/lock-out.ts'
import { serve } from '../../src/api/serve.ts'
import { addUser, readUsers, removeUser } from '../../src/api/users.ts'
import type { Operation, Page, Session } from '../../src/client/wire.ts'
import { Refused } from '../../src/model/problem.ts'
import { directory, prepared } from './running.ts'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

const password = 'correct horse battery'

/** A server with a users and a keys file, and a browser's way to ask it. */
async function guarded(t: TestContext) {
  const state = await directory(t)
  const files = { usersFile: join(state, 'users.json'), keysFile: join(state, 'keys.json') }
  const store = await prepared()
  const server = await serve({ store, listen: { host: '127.0.0.1', port: 0 }, ...files })
  t.after(async () => {
    await server.close()
    await store.close()
  })
  const origin = server.url
  const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: object) => {
    const type = body ? { 'content-type': 'application/json' } : {}
    const outgoing = request(server.url + path, { method, headers: { ...type, ...headers } })
    outgoing.end(body && JSON.stringify(body))
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    const said = await text(incoming)
    const { statusCode: status = 0, headers: told } = incoming
    return { status, headers: told, body: said === '' ? undefined : (JSON.parse(said) as unknown) } satisfies Answer
  }
  const signIn = async (user: string, secret: string, headers: Record<string, string> = {}) => {
    const answer = await ask('POST', '/v1/session', { origin, ...headers }, { user, password: secret })
    return { ...answer, cookie: answer.headers['set-cookie']?.[0] ?? '' }
  }
  return { ...files, origin, ask, signIn }
}

const codeOf = ({ body }: Answer) => (body as { code?: string }).code
const sessionOf = ({ body }: Answer) => body as Session
const sent = (cookie: string) => ({ cookie: cookie.split(';')[0] ?? '' })

test('the door stands open until somebody is there who could sign in, and says so', async t => {
  const { ask, keysFile } = await guarded(t)
  assert.deepEqual(sessionOf(await ask('GET', '/v1/session')), {
    open: true,
    caller: { name: 'local', role: 'admin', by: 'loopback' },
    expiresAt: null,
  })
  await addKey(keysFile, 'admin')
  assert.deepEqual(sessionOf(await ask('GET', '/v1/session')), { open: false, caller: null, expiresAt: null })
  assert.equal((await ask('GET', '/v1/vpcs')).status, 401)
  assert.equal((await ask('GET', '/healthz')).status, 200)
})

test('who signs in may do what their role may, until they sign out', async t => {
  const { ask, signIn, keysFile, origin } = await guarded(t)
  const { id, secret } = await addKey(keysFile, 'operator')
  const { status, cookie, body } = await signIn(id, secret)
  assert.equal(status, 200)
  assert.match(cookie, /^causeway_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/)
  assert.deepEqual((body as Session).caller, { name: id, role: 'operator', by: 'session' })

  const mine = sent(cookie)
  assert.equal((await ask('GET', '/v1/vpcs', mine)).status, 200)
  assert.equal((await ask('POST', '/v1/vpcs', { ...mine, origin }, { cidr: '10.0.0.0/16' })).status, 201)
  assert.equal(codeOf(await ask('POST', '/v1/zones', { ...mine, origin }, { id: 'far' })), 'not-allowed')

  const out = await ask('DELETE', '/v1/session', { ...mine, origin })
  assert.equal(out.status, 204)
  assert.match(out.headers['set-cookie']?.[0] ?? '', /^causeway_session=; Path=\/; Max-Age=0/)
  assert.equal((await ask('GET', '/v1/vpcs', mine)).status, 401)
  assert.equal(sessionOf(await ask('GET', '/v1/session', mine)).caller, null)

  const { items } = (await ask('GET', '/v1/operations', sent((await signIn(id, secret)).cookie)))
    .body as Page<Operation>
  assert.deepEqual(
    items.map(({ author, do: what, refused, from }) => [author, what, refused, from]),
    [
      [id, 'sign-in', undefined, '127.0.0.1'],
      [id, 'sign-out', undefined, '127.0.0.1'],
      [id, 'create', undefined, '127.0.0.1'],
      [id, 'sign-in', undefined, '127.0.0.1'],
    ],
  )
})

test('the log knows where everything was asked from, what was refused too, and believes a proxy on this machine', async t => {
  const { ask } = await guarded(t)
  const proxied = { 'x-forwarded-for': '192.0.2.66, 198.51.100.7' }
  const made = (await ask('POST', '/v1/vpcs', {}, { cidr: '10.0.0.0/16' })).body as { readonly id: string }
  await ask('POST', `/v1/vpcs/${made.id}/port-forwards`, proxied, { port: 80, toAddress: '10.0.0.9', toPort: 80 })
  await ask('POST', `/v1/vpcs/${made.id}:apply`, proxied)
  await ask('PATCH', `/v1/vpcs/${made.id}`, proxied, { cidr: '10.1.0.0/16' })
  const { items } = (await ask('GET', '/v1/operations')).body as Page<Operation>
  assert.deepEqual(
    items.map(({ do: what, refused, from }) => [what, refused, from]),
    [
      ['patch', 'fixed', '198.51.100.7'],
      ['apply', undefined, '198.51.100.7'],
      ['add-child', undefined, '198.51.100.7'],
      ['create', undefined, '127.0.0.1'],
    ],
  )
})

test('no page of another site can use a session, nor can one be sent over plain HTTP behind a proxy', async t => {
  const { ask, signIn, keysFile, origin } = await guarded(t)
  const { id, secret } = await addKey(keysFile, 'admin')
  const { cookie } = await signIn(id, secret, { 'x-forwarded-proto': 'https' })
  assert.match(cookie, /; Secure$/)
  const mine = sent(cookie)
  const create = (headers: Record<string, string>) =>
    ask('POST', '/v1/ip-sets', { ...mine, ...headers }, { type: 'ip' })
  assert.equal(codeOf(await create({ origin: 'https://evil.example' })), 'foreign-origin')
  assert.equal(codeOf(await create({ origin: 'null' })), 'foreign-origin')
  assert.equal(codeOf(await create({})), 'foreign-origin')
  assert.equal(codeOf(await create({ 'sec-fetch-site': 'cross-site' })), 'foreign-origin')
  assert.equal((await create({ origin })).status, 201)
})

test('whoever is taken out, or gets another password or role, is so at once', async t => {
  const { ask, signIn, usersFile, keysFile } = await guarded(t)
  await addUser(usersFile, 'ada', 'admin', password)
  const key = await addKey(keysFile, 'operator')
  const ada = sent((await signIn('ada', password)).cookie)
  const byKey = { authorization: `Bearer ${key.id}:${key.secret}` }
  assert.equal((await ask('GET', '/v1/vpcs', byKey)).status, 200)
  await removeKey(keysFile, key.id)
  assert.equal((await ask('GET', '/v1/vpcs', byKey)).status, 401)

  assert.equal((await ask('GET', '/v1/vpcs', ada)).status, 200)
  await addUser(usersFile, 'ada', 'read-only', 'another password')
  assert.equal((await ask('GET', '/v1/vpcs', ada)).status, 401)
  const again = await signIn('ada', 'another password')
  assert.equal((again.body as Session).caller?.role, 'read-only')
  assert.equal(await removeUser(usersFile, 'ada'), true)
  assert.equal(await removeUser(usersFile, 'ada'), false)
})

test('guessing must wait, though the guesses come all at once, and the right answer must wait too', async t => {
  const { ask, signIn, keysFile } = await guarded(t)
  const { id, secret } = await addKey(keysFile, 'admin')
  const guesses = await Promise.all(Array.from({ length: 8 }, (_, i) => signIn(id, `guess ${i}`)))
  assert.deepEqual(
    guesses.map(({ status }) => status).sort((one, other) => one - other),
    [401, 401, 401, 401, 401, 429, 429, 429],
  )
  const refused = await signIn(id, secret)
  assert.deepEqual([refused.status, codeOf(refused)], [429, 'too-many-attempts'])
  assert.ok(Number(refused.headers['retry-after']) >= 1)
  assert.equal((await ask('GET', '/v1/session')).status, 200)
})

test('the lock-out doubles, ends, forgets, and remembers no more than it may', () => {
  let time = 0
  const lockOut = createLockOut({ free: 2, firstMs: 1000, mostMs: 5000, forgetMs: 60_000, most: 3, now: () => time })
  const fail = (who: string) => {
    lockOut.attempt(who)
    return lockOut.waitMs(who)
  }
  assert.deepEqual([fail('a'), fail('a'), fail('a'), fail('a'), fail('a')], [0, 1000, 2000, 4000, 5000])
  time += 4999
  assert.equal(lockOut.waitMs('a'), 1)
  time += 1
  assert.equal(lockOut.waitMs('a'), 0)
  assert.equal(fail('a'), 5000)
  time += 60_000
  assert.equal(fail('a'), 0, 'an hour later nothing is known')

  for (const who of ['b', 'b', 'c', 'd']) fail(who)
  fail('a')
  assert.equal(lockOut.waitMs('b') > 0, false, 'the one that failed longest ago is forgotten')
  lockOut.attempt('c').undo()
  lockOut.attempt('c').right()
  assert.equal(lockOut.waitMs('c'), 0)
})

test('a session ends when it is not used, and some day in any case', async t => {
  const file = join(await directory(t), 'keys.json')
  const { id, secret } = await addKey(file, 'admin')
  let time = Date.now()
  const access = createAccess({ keysFile: file, loopback: false, now: () => time })
  const { token, caller } = await access.signIn(id, secret, '')
  assert.equal(access.bySession(token, '')?.renewed, undefined)
  const hour = 3600_000
  for (let hours = 0; hours < 160; hours += 10) {
    time += 10 * hour
    assert.equal(access.bySession(token, '')?.renewed, token)
  }
  time += 9 * hour
  assert.equal(access.bySession(token, ''), null, 'seven days are enough')
  assert.equal(caller.holds(), false)

  const idle = await access.signIn(id, secret, '')
  time += 12 * hour
  assert.equal(access.bySession(idle.token, ''), null)
})

test('passwords are kept so that nobody can read them back, and names that would confuse are refused', async t => {
  const file = join(await directory(t), 'users.json')
  await addUser(file, 'ada', 'admin', password)
  assert.ok(!(await readFile(file, 'utf8')).includes(password))
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.deepEqual(
    (await readUsers(file)).map(({ name, role }) => [name, role]),
    [['ada', 'admin']],
  )
  await assert.rejects(addUser(file, 'key-1', 'admin', password), /no name for a user/)
  await assert.rejects(addUser(file, 'a b', 'admin', password), /no name for a user/)
  await assert.rejects(addUser(file, 'bob', 'admin', 'short'), /at least 8 characters/)
  const access = createAccess({ usersFile: file, loopback: true })
  await assert.rejects(access.signIn('nobody', password, ''), Refused)
})
