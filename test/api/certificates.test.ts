import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPrivateKey } from 'node:crypto'
import { certificateFor } from '../certificate-maker.ts'
import { createExpiryWatch, expiryOf } from '../../src/api/expiry.ts'
import type { WireIssuance } from '../../src/client/wire.ts'
import { commandsOn } from '../../src/commands/commands.ts'
import { find, type Certificate } from '../../src/model/model.ts'
import { newKey } from '../../src/pki/key.ts'
import { prepared, running } from './running.ts'

const made = certificateFor({ names: ['shop.example', 'www.shop.example'] })
/** The part of a private key that would give it away, however it is written. */
const secret = (key: string) => key.split('\n').slice(1, 3).join('')
const scalar = createPrivateKey(made.key).export({ format: 'jwk' }).d ?? ''

test('a private key is taken and never told: not in answers, lists, events, operations, history or refusals', async t => {
  const server = await running(t)
  const told: string[] = []
  const ask: typeof server.ask = async (...args) => {
    const answer = await server.ask(...args)
    told.push(JSON.stringify(answer))
    return answer
  }
  const { status, body } = await ask('POST', '/v1/certificates', { name: 'shop', ...made })
  assert.equal(status, 201)
  assert.deepEqual(body['names'], ['shop.example', 'www.shop.example'])
  assert.deepEqual([body['notAfter'], body['chain']], ['2049-12-31T00:00:00Z', made.chain])
  const path = `/v1/certificates/${body.id}`
  const accountKey = newKey()
  const issued = await ask('POST', '/v1/certificates', { acme: { names: ['shop.example'] }, accountKey })
  assert.equal(issued.status, 201)
  const drawn = find(server.store.snapshot(), 'certificate', issued.body.id)?.now.key ?? ''
  const next = certificateFor()
  await ask('PATCH', path, next)
  assert.equal((await ask('PATCH', path, { key: made.key })).status, 400)
  assert.equal((await ask('PATCH', path, { chain: made.key, key: made.key })).status, 400)
  for (const url of [path, `${path}?version=live`, '/v1/certificates', '/v1/operations', '/v1/pending', '/metrics']) {
    await ask('GET', url)
  }
  for (const verb of ['generations', 'history']) await ask('GET', `${path}/${verb}`)
  const all = told.join('\n').replaceAll('\\n', '')
  for (const hidden of [secret(made.key), secret(next.key), secret(accountKey), secret(drawn), scalar]) {
    assert.ok(hidden.length > 20)
    assert.equal(all.includes(hidden), false)
  }
  assert.ok(all.includes(secret(made.chain)), 'what is told is looked at in the right form')
})

test('monitoring hears when a certificate expires', async t => {
  const server = await running(t)
  const { body } = await server.ask('POST', '/v1/certificates', { name: 'shop', ...made })
  const { body: metrics } = await server.ask('GET', '/metrics')
  const line = `causeway_certificate_not_after_seconds{id="${body.id}",name="shop"} ${Date.parse('2049-12-31T00:00:00Z') / 1000}`
  assert.ok(String(metrics['text']).includes(line))
})

test('a private key cannot be guessed through a search or a sort', async t => {
  const server = await running(t)
  await server.ask('POST', '/v1/certificates', made)
  const found = async (word: string) => {
    const { body } = await server.ask('GET', `/v1/certificates?search=${encodeURIComponent(word)}`)
    return (body['items'] as unknown[]).length
  }
  assert.equal(await found('sc-'), 1)
  assert.equal(await found(made.key.slice(40, 48)), 0)
  assert.equal((await server.ask('GET', '/v1/certificates?sort=key')).status, 400)
})

const dayMs = 86_400_000
const endingIn = (days: number) => {
  // A minute more, so that the days are still whole when they are looked at.
  const notAfter = new Date(Date.now() + days * dayMs + 60_000).toISOString().replace(/\.\d+/, '')
  return certificateFor({ notAfter, notBefore: '2020-01-01T00:00:00Z' })
}

test('who waits for a directory says for what, in the language of the caller', async t => {
  const server = await running(t)
  const { body } = await server.ask('POST', '/v1/certificates', { acme: { names: ['shop.example'] } })
  const said = async (language: string) => {
    const answer = await server.ask('GET', `/v1/certificates/${body.id}`, undefined, { 'accept-language': language })
    return answer.body['issuance'] as WireIssuance
  }
  assert.equal(body['issuer'], 'CN=Causeway placeholder')
  assert.deepEqual((await said('en')).state, 'waiting')
  assert.match((await said('en')).reason, /no published listener uses it yet/)
  assert.match((await said('zh-CN')).reason, /尚无已发布的监听器使用它/)
  const uploaded = await server.ask('POST', '/v1/certificates', made)
  assert.equal(uploaded.body['issuance'], null)
})

test('answers and lists warn of what ends within 30 days, and of nothing else', async t => {
  const server = await running(t)
  const create = async (days: number) => (await server.ask('POST', '/v1/certificates', endingIn(days))).body
  const [soon, later] = [await create(29), await create(31)]
  const warned = (body: unknown) => ((body as { warnings?: { code: string }[] }).warnings ?? []).map(w => w.code)
  assert.deepEqual([warned(soon), warned(later)], [['ends-soon'], []])
  assert.match(JSON.stringify(soon['warnings']), /29 days more; renew it/)
  const list = (await server.ask('GET', '/v1/certificates')).body['items'] as unknown[]
  assert.deepEqual(list.map(warned), [['ends-soon'], []])
  const renewed = await server.ask('PATCH', `/v1/certificates/${soon.id}`, endingIn(90))
  assert.deepEqual(warned(renewed.body), [])
})

test('of what ends it is told once at each threshold, also where one was passed unseen, and anew of another', async t => {
  const store = await prepared()
  t.after(() => store.close())
  const commands = commandsOn(store)
  const { resource } = await commands.run({ do: 'create', kind: 'certificate', body: endingIn(40) }, 'test')
  const told: string[] = []
  const watch = createExpiryWatch(
    () => null,
    (_, { code, values }) => told.push(`${code} ${values?.['days'] ?? ''}`.trim()),
  )
  const lookIn = (days: number) => watch.look(store.snapshot(), Date.now() + days * dayMs)
  for (const day of [0, 9, 10.5, 11, 26.5, 27, 33.5, 39.5, 39.6, 41, 42]) lookIn(day)
  assert.deepEqual(told, ['ends-soon 29', 'ends-soon 13', 'ends-soon 6', 'ends-soon 0', 'ended'])
  await commands.run({ do: 'patch', kind: 'certificate', id: resource!.id, body: endingIn(10) }, 'test')
  lookIn(0)
  assert.equal(told.at(-1), 'ends-soon 10')
})

test('one that is renewed by itself is no reason to worry, unless that fails', () => {
  const { chain, key } = endingIn(20)
  const certificate = { id: 'sc-1', now: { chain, key, acme: null, accountKey: null } } as unknown as Certificate
  const expiry = (state: WireIssuance['state']) =>
    expiryOf(certificate, { state, reason: null, nextAt: null }, Date.now())
  assert.deepEqual([expiry('valid'), expiry('issuing')], [null, null])
  assert.deepEqual([expiry('failed')?.code, expiry('waiting')?.code], ['ends-soon', 'ends-soon'])
})
