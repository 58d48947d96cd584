import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAll } from './one-of-each.ts'
import { running, type Running } from './running.ts'

interface Page {
  readonly items: readonly { readonly id: string; readonly name: string }[]
  readonly next: string | null
}

const page = async (server: Running, url: string) => (await server.ask('GET', url)).body as unknown as Page
const names = ({ items }: Page) => items.map(({ name }) => name).sort()

test('pages hold everything once, though what lies between is deleted meanwhile', async t => {
  const server = await running(t)
  const made: string[] = []
  for (let i = 0; i < 25; i++)
    made.push((await server.ask('POST', '/v1/ip-sets', { type: 'port', name: `${i}` })).body.id)
  const seen: string[] = []
  let after = ''
  do {
    const { items, next } = await page(server, `/v1/ip-sets?limit=10${after}`)
    seen.push(...items.map(({ id }) => id))
    after = next === null ? '' : `&after=${next}`
    // The last of the page goes: its place must still lead on.
    await server.ask('DELETE', `/v1/ip-sets/${items.at(-1)?.id}`)
  } while (after !== '')
  assert.deepEqual(seen.sort(), made.sort())
})

test('lists are narrowed by words, tags, references and the VPC that things lie in', async t => {
  const server = await running(t)
  const made = await createAll(server)
  const other = await server.ask('POST', '/v1/vpcs', { cidr: '10.0.0.0/16', name: 'Other', tags: ['blue'] })
  await server.ask('POST', '/v1/subnets', { vpc: other.body.id, cidr: '10.0.1.0/24', name: 'far' })

  assert.deepEqual(names(await page(server, '/v1/vpcs')), ['Other', 'a vpc'])
  assert.deepEqual(names(await page(server, '/v1/vpcs?search=oTHER')), ['Other'])
  assert.deepEqual(names(await page(server, '/v1/vpcs?search=192.168')), ['a vpc'])
  assert.deepEqual(names(await page(server, '/v1/vpcs?tag=blue')), ['Other'])
  assert.deepEqual(names(await page(server, '/v1/vpcs?state=pending')), ['Other', 'a vpc'])
  assert.deepEqual(names(await page(server, '/v1/vpcs?state=active')), [])
  assert.deepEqual(names(await page(server, `/v1/subnets?vpc=${made.vpc}`)), ['a subnet'])
  assert.deepEqual(names(await page(server, `/v1/subnets?vpc=${other.body.id}`)), ['far'])
  assert.deepEqual(names(await page(server, `/v1/servers?vpc=${made.vpc}&subnet=${made.subnet}`)), ['a server'])
  assert.deepEqual(names(await page(server, `/v1/load-balancers?vpc=${other.body.id}`)), [])
  assert.deepEqual(names(await page(server, `/v1/load-balancers?vpc=${made.vpc}`)), ['a load-balancer'])
  assert.deepEqual(names(await page(server, `/v1/nat-gateways?eips=${made.eip}`)), ['a nat-gateway'])
})

test('a creation with a key is done once, however often it is sent', async t => {
  const server = await running(t)
  const send = (body: object, key = 'k-1') => server.ask('POST', '/v1/vpcs', body, { 'idempotency-key': key })
  const answers = await Promise.all([1, 2, 3].map(() => send({ cidr: '10.0.0.0/16' })))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
  assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
  assert.equal((await page(server, '/v1/vpcs')).items.length, 1)

  assert.equal((await send({ cidr: '10.1.0.0/16' })).body['code'], 'key-reused')
  assert.equal((await send({ cidr: 'nonsense' }, 'k-2')).status, 400)
  assert.equal((await send({ cidr: '10.2.0.0/16' }, 'k-2')).status, 201, 'a refusal must not burn the key')
})
