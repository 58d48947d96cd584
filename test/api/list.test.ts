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

test('lists are sorted by what people see, either way, and say how much there is', async t => {
  const server = await running(t)
  for (const name of ['web-10', 'web-9', 'Web-1', 'db']) {
    await server.ask('POST', '/v1/ip-sets', { type: name === 'db' ? 'ip' : 'port', name })
  }
  const sorted = async (query: string) => {
    const body = (await server.ask('GET', `/v1/ip-sets?${query}`)).body as unknown as Page & { total: number }
    return [body.items.map(({ name }) => name), body.total, body.next]
  }
  assert.deepEqual(await sorted('sort=name'), [['db', 'Web-1', 'web-9', 'web-10'], 4, null])
  assert.deepEqual(await sorted('sort=-name'), [['web-10', 'web-9', 'Web-1', 'db'], 4, null])
  assert.deepEqual((await sorted('sort=type&limit=1'))[0], ['db'])
  assert.deepEqual((await sorted('sort=name&offset=1&limit=2')).slice(0, 2), [['Web-1', 'web-9'], 4])
  assert.deepEqual((await sorted('search=web&limit=1')).slice(1, 2), [3])
  assert.equal((await server.ask('GET', '/v1/ip-sets?sort=love')).body['code'], 'bad-query')
  const first = await page(server, '/v1/ip-sets?sort=-name&limit=3')
  const rest = await page(server, `/v1/ip-sets?sort=-name&limit=3&after=${first.next}`)
  assert.deepEqual(
    [...first.items, ...rest.items].map(({ name }) => name),
    ['web-10', 'web-9', 'Web-1', 'db'],
  )
})

test('lists tell what waits for an apply from what does not', async t => {
  const server = await running(t)
  const made = await createAll(server)
  await server.ask('PATCH', `/v1/vpcs/${made.vpc}`, {
    portForwards: [{ port: 80, toAddress: '192.168.1.9', toPort: 80 }],
  })
  await server.ask('POST', '/v1/vpcs', { cidr: '10.0.0.0/16', name: 'calm' })
  assert.deepEqual(names(await page(server, '/v1/vpcs?applied=false')), ['a vpc'])
  assert.deepEqual(names(await page(server, '/v1/vpcs?applied=true')), ['calm'])
})

test('a thousand of a kind are listed at once, however they are narrowed and sorted', async t => {
  const server = await running(t)
  for (let i = 0; i < 1000; i++) {
    await server.core.commands.run(
      { do: 'create', kind: 'ip-set', body: { type: 'ip', name: `set ${i}`, tags: i % 2 ? ['odd'] : [] } },
      'test',
    )
  }
  const url = '/v1/ip-sets?limit=1000&search=set&tag=odd&state=pending&sort=-name'
  assert.equal((await page(server, url)).items.length, 500)
  const times: number[] = []
  for (let i = 0; i < 9; i++) {
    const started = process.cpuUsage()
    await page(server, url)
    const { user, system } = process.cpuUsage(started)
    times.push((user + system) / 1000)
  }
  const median = times.sort((a, b) => a - b)[4] ?? Infinity
  t.diagnostic(`${median.toFixed(1)} ms`)
  // 50 ms are promised, and a fifth of that is needed; the rest is for machines that are slow, or do other things meanwhile.
  assert.ok(median < 250, `${median} ms`)
})
