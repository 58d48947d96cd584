import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isStaged, kindNames, kinds } from '../../src/model/kinds.ts'
import { createAll, order, samples } from './one-of-each.ts'
import { running } from './running.ts'

test('every kind can be created, read, changed, applied, listed and deleted', async t => {
  assert.deepEqual([...order].sort(), [...kindNames].sort())
  const server = await running(t)
  const made = await createAll(server)
  for (const kind of order) {
    const path = `/v1/${kinds[kind].plural}/${made[kind]}`
    const read = await server.ask('GET', path)
    assert.equal(read.status, 200, kind)
    assert.equal(read.body['name'], `a ${kind}`)
    assert.equal(read.headers.etag, `"${read.body.revision}"`)

    const changed = await server.ask('PATCH', path, samples[kind].change)
    assert.equal(changed.status, 200, `${kind}: ${JSON.stringify(changed.body)}`)
    assert.ok(changed.body.revision > read.body.revision, kind)
    const stages = Object.keys(samples[kind].change).some(each => each in kinds[kind].spec.shape)
    assert.equal(changed.body['applied'], !stages, kind)
    assert.equal('live' in changed.body, stages, kind)

    const applied = await server.ask('POST', `${path}:apply`)
    assert.equal(applied.status, isStaged(kind) ? 200 : 404, kind)
    if (stages) assert.deepEqual([applied.body['applied'], applied.body['generation']], [true, 2])

    const list = await server.ask('GET', `/v1/${kinds[kind].plural}?search=${made[kind]}`)
    assert.deepEqual(
      (list.body['items'] as { id: string }[]).map(each => each.id),
      [made[kind]],
    )
  }
  for (const kind of order.toReversed()) {
    const path = `/v1/${kinds[kind].plural}/${made[kind]}`
    assert.equal((await server.ask('DELETE', path)).status, 204, kind)
    assert.equal((await server.ask('GET', path)).status, 404, kind)
  }
  assert.deepEqual(server.bugs, [])
})

test('creation answers where the resource is', async t => {
  const server = await running(t)
  const { headers, body } = await server.ask('POST', '/v1/vpcs', { cidr: '10.0.0.0/16' })
  assert.equal(headers.location, `/v1/vpcs/${body.id}`)
})

test('an edit changes the draft, a plan says how it differs from what runs, and live is still shown on request', async t => {
  const server = await running(t)
  const { subnet, 'load-balancer': id } = await createAll(server)
  assert.ok(subnet)
  const path = `/v1/load-balancers/${id}`
  const [listener] = (await server.ask('GET', `${path}/listeners`)).body['items'] as [{ id: string }]
  await server.ask('PATCH', `${path}/listeners/${listener.id}`, { port: 81 })

  const { kind, id: about, generation, changes } = (await server.ask('POST', `${path}:plan`)).body
  assert.deepEqual(
    [kind, about, generation, changes],
    ['load-balancer', id, 1, [{ at: `listeners[${listener.id}].port`, from: 80, to: 81 }]],
  )
  const port = async (query: string) =>
    ((await server.ask('GET', path + query)).body['listeners'] as { port: number }[])[0]?.port
  assert.deepEqual([await port(''), await port('?version=draft'), await port('?version=live')], [81, 81, 80])

  assert.equal((await server.ask('POST', `${path}:discard`)).body['applied'], true)
  assert.equal(await port(''), 80)
})

test('generations are kept, and an older one can be published again', async t => {
  const server = await running(t)
  const { 'security-group': id } = await createAll(server)
  const path = `/v1/security-groups/${id}`
  await server.ask('PATCH', path, { rules: [] })
  await server.ask('POST', `${path}:apply`)
  const { items } = (await server.ask('GET', `${path}/generations`)).body as unknown as {
    items: { number: number; author: string }[]
  }
  assert.deepEqual(
    items.map(each => [each.number, each.author]),
    [
      [2, 'local'],
      [1, 'local'],
    ],
  )

  const back = await server.ask('POST', `${path}:rollback`, { generation: 1 })
  assert.equal(back.status, 200)
  assert.deepEqual([back.body['generation'], (back.body['rules'] as unknown[]).length], [3, 1])
  assert.equal((await server.ask('GET', `${path}/generations/2`)).body['number'], 2)
  assert.equal((await server.ask('GET', `${path}/generations/9`)).body['code'], 'no-generation')
  assert.equal((await server.ask('POST', `${path}:rollback`, {})).body['code'], 'missing')
})

test('children have addresses of their own, at every depth', async t => {
  const server = await running(t)
  const { 'load-balancer': id } = await createAll(server)
  const added = await server.ask('POST', `/v1/load-balancers/${id}/listeners`, { port: 443, protocol: 'tcp' })
  assert.equal(added.status, 201, JSON.stringify(added.body))
  assert.match(added.body.id, /^lbl-/)
  const listener = `/v1/load-balancers/${id}/listeners/${added.body.id}`
  assert.equal(added.headers.location, listener)
  const backend = await server.ask('POST', `${listener}/backends`, { address: '198.51.100.20', port: 8443 })
  assert.equal(backend.status, 201)
  const path = `${listener}/backends/${backend.body.id}`
  assert.equal((await server.ask('PATCH', path, { weight: 7 })).body['weight'], 7)
  assert.equal((await server.ask('GET', path)).body['weight'], 7)
  assert.equal((await server.ask('DELETE', path)).status, 204)
  assert.equal((await server.ask('GET', path)).body['code'], 'no-child')
  assert.equal((await server.ask('GET', `${listener}/nothing`)).status, 404)
})

test('power is switched by actions, where there is any', async t => {
  const server = await running(t)
  const { server: id, eip } = await createAll(server)
  assert.equal((await server.ask('POST', `/v1/servers/${id}:stop`)).body['power'], 'off')
  assert.equal((await server.ask('POST', `/v1/servers/${id}:start`)).body['power'], 'on')
  assert.equal((await server.ask('POST', `/v1/eips/${eip}:start`)).body['code'], 'unknown-route')
})

test('an EIP says who holds it', async t => {
  const server = await running(t)
  const free = await server.ask('POST', '/v1/eips', { zone: 'local' })
  assert.deepEqual([free.body['state'], free.body['boundTo']], ['available', null])
  const made = await server.ask('POST', '/v1/vpcs', { cidr: '10.0.0.0/16', eip: free.body.id })
  const held = await server.ask('GET', `/v1/eips/${free.body.id}`)
  assert.deepEqual([held.body['state'], held.body['boundTo']], ['associated', { kind: 'vpc', id: made.body.id }])
  const listed = await server.ask('GET', '/v1/eips?state=available')
  assert.deepEqual(listed.body['items'], [])
})

test('what was done is told with who and when, refusals too', async t => {
  const server = await running(t)
  const { body } = await server.ask('POST', '/v1/vpcs', { cidr: '10.0.0.0/16' })
  await server.ask('POST', '/v1/vpcs', {})
  const { items } = (await server.ask('GET', '/v1/operations')).body as unknown as { items: Record<string, unknown>[] }
  assert.deepEqual(
    items.map(each => [each['do'], each['author'], each['id'], each['generation'], each['refused']]),
    [
      ['create', 'local', '', undefined, 'missing'],
      ['create', 'local', body.id, 1, undefined],
    ],
  )
})

test('an EIP in use is deleted only by force, and taken from its holder first', async t => {
  const server = await running(t)
  const eip = await server.ask('POST', '/v1/eips', { zone: 'local' })
  const holder = await server.ask('POST', '/v1/vpcs', { cidr: '10.0.0.0/16', eip: eip.body.id })
  const refused = await server.ask('DELETE', `/v1/eips/${eip.body.id}`)
  assert.equal(refused.status, 409)
  assert.ok((refused.body['message'] as string).includes(holder.body.id), 'it says who would lose it')
  assert.equal((await server.ask('DELETE', `/v1/eips/${eip.body.id}?force=true`)).status, 204)
  assert.equal((await server.ask('GET', `/v1/vpcs/${holder.body.id}`)).body['eip'], null)
})

test('an answer carries warnings in the language of the caller', async t => {
  const server = await running(t)
  const { vpc } = await createAll(server)
  const second = await server.ask('POST', '/v1/nat-gateways', { vpc }, { 'accept-language': 'zh-CN' })
  assert.equal(second.status, 201)
  const [warning] = second.body['warnings'] as { code: string; message: string }[]
  assert.equal(warning?.code, 'default-route-exists')
  assert.match(warning.message, /已有/)
})
