import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPrivateKey } from 'node:crypto'
import { certificateFor } from '../certificate-maker.ts'
import { running } from './running.ts'

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
  const next = certificateFor()
  await ask('PATCH', path, next)
  assert.equal((await ask('PATCH', path, { key: made.key })).status, 400)
  assert.equal((await ask('PATCH', path, { chain: made.key, key: made.key })).status, 400)
  for (const url of [path, `${path}?version=live`, '/v1/certificates', '/v1/operations', '/v1/pending', '/metrics']) {
    await ask('GET', url)
  }
  for (const verb of ['generations', 'history']) await ask('GET', `${path}/${verb}`)
  const all = told.join('\n').replaceAll('\\n', '')
  for (const hidden of [secret(made.key), secret(next.key), scalar]) {
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
