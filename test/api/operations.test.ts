import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Pending } from '../../src/client/apply-wire.ts'
import type { Operation, Page } from '../../src/client/wire.ts'
import { sqliteJournal } from '../../src/store/journal.ts'
import { createAll } from './one-of-each.ts'
import { directory, running, type Running } from './running.ts'

const operations = async (server: Running, query = '') =>
  (await server.ask('GET', `/v1/operations${query}`)).body as unknown as Page<Operation>

test('who did what is found by what it concerned, by outcome, by time, page by page', async t => {
  const server = await running(t)
  const { body: vpc } = await server.ask('POST', '/v1/vpcs', { cidr: '10.0.0.0/16', name: 'shop' })
  const own = `/v1/vpcs/${vpc.id}`
  const forward = { port: 80, toAddress: '10.0.0.9', toPort: 80 }
  const { body: child } = await server.ask('POST', `${own}/port-forwards`, forward)
  await server.ask('POST', `${own}:apply`)
  await server.ask('PATCH', own, { nonsense: 1 })
  await server.ask('DELETE', own)
  await server.ask('POST', '/v1/vpcs', { cidr: 'nonsense' })

  const all = await operations(server)
  assert.deepEqual(
    all.items.map(({ do: what, name, refused, generation }) => [what, name, refused, generation]),
    [
      ['create', undefined, 'not-a-prefix', undefined],
      ['delete', 'shop', undefined, undefined],
      ['patch', 'shop', 'unknown-field', undefined],
      ['apply', 'shop', undefined, 2],
      ['add-child', 'shop', undefined, 1],
      ['create', 'shop', undefined, 1],
    ],
  )
  assert.deepEqual([all.total, all.next], [6, null])
  const count = async (query: string) => (await operations(server, query)).total
  assert.equal(await count(`?resource=${vpc.id}`), 5)
  assert.equal(await count(`?resource=${child.id}`), 1)
  assert.equal(await count('?outcome=refused'), 2)
  assert.equal(await count('?do=apply&author=local&kind=vpc'), 1)
  assert.equal(await count('?author=nobody'), 0)
  assert.equal(await count(`?from=${new Date(Date.now() + 60_000).toISOString()}`), 0)
  assert.equal(await count(`?to=${new Date(Date.now() + 60_000).toISOString()}`), 6)

  const seen: number[] = []
  for (let after = ''; ;) {
    const page = await operations(server, `?limit=4${after}`)
    seen.push(...page.items.map(({ number }) => number))
    assert.equal(page.total, 6)
    if (page.next === null) break
    after = `&after=${page.next}`
  }
  assert.deepEqual(
    seen,
    all.items.map(({ number }) => number),
  )
  assert.deepEqual((await operations(server, '?limit=2&offset=3')).items, all.items.slice(3, 5))
  assert.equal((await server.ask('GET', '/v1/operations?after=x')).body['code'], 'bad-query')
})

test('the journal outlives its process, and forgets the oldest', async t => {
  const path = join(await directory(t), 'operations.sqlite')
  const entry = { at: new Date().toISOString(), author: 'ada', do: 'apply', kind: 'vpc', id: 'rtr-1' }
  const page = { limit: 1000, offset: 0 }
  const first = sqliteJournal(path, 200)
  for (let i = 0; i < 500; i++) first.add({ ...entry, generation: i })
  const { items } = first.page({}, page)
  assert.ok(items.length >= 200 && items.length <= 202, String(items.length))
  assert.equal(items[0]?.generation, 499)
  first.close()
  const second = sqliteJournal(path, 200)
  t.after(() => second.close())
  assert.equal(second.page({}, page).total, 200)
  second.add(entry)
  assert.equal(second.page({}, page).items[0]?.number, 501, 'numbers go on')
})

test('what waits for an apply is listed with what it would change', async t => {
  const server = await running(t)
  const made = await createAll(server)
  const pending = async () => (await server.ask('GET', '/v1/pending')).body as unknown as Page<Pending>
  assert.deepEqual(await pending(), { items: [], next: null, total: 0 })

  await server.ask('PATCH', `/v1/nat-gateways/${made['nat-gateway']}`, { name: 'only a name' })
  assert.equal((await pending()).total, 0, 'a name takes effect at once')
  await server.ask('PATCH', `/v1/ip-sets/${made['ip-set']}`, { members: ['10.9.0.0/24', '10.8.0.1/32'] })
  const [listener] = (await server.ask('GET', `/v1/load-balancers/${made['load-balancer']}/listeners`)).body[
    'items'
  ] as { id: string }[]
  await server.ask('PATCH', `/v1/load-balancers/${made['load-balancer']}/listeners/${listener?.id}`, { port: 81 })

  const { items, total } = await pending()
  assert.equal(total, 2)
  assert.deepEqual(
    items.map(({ kind, id, name, changes }) => [kind, id, name, changes]),
    [
      [
        'load-balancer',
        made['load-balancer'],
        'a load-balancer',
        [{ at: `listeners[${listener?.id}].port`, from: 80, to: 81 }],
      ],
      ['ip-set', made['ip-set'], 'a ip-set', [{ at: 'members[1]', to: '10.8.0.1/32' }]],
    ],
  )
  await server.ask('POST', `/v1/ip-sets/${made['ip-set']}:apply`)
  assert.equal((await pending()).total, 1)
})
