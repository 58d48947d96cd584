import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Differences, Restore } from '../../src/client/past-wire.ts'
import { sqliteStore } from '../../src/store/sqlite-store.ts'
import { misfits } from './misfits.ts'
import { directory, running, type Running } from './running.ts'

const report = { host: 'one', synced: 99, failures: {}, backends: {}, events: [], counters: {} }

/** A network with a balancer that has two backends, each moment a few milliseconds apart. */
async function network(t: TestContext, store?: Parameters<typeof running>[1]) {
  const server = await running(t, store)
  const ask = async (method: string, url: string, body?: unknown) => {
    const { status, body: answer } = await server.ask(method, url, body)
    assert.ok(status < 300, `${method} ${url}: ${JSON.stringify(answer)}`)
    await pause(2)
    return answer
  }
  const vpc = await ask('POST', '/v1/vpcs', {
    name: 'shanghai',
    cidr: '10.0.0.0/16',
    subnets: [{ cidr: '10.0.0.0/24' }],
  })
  const subnets = (await ask('GET', `/v1/subnets?vpc=${vpc.id}`))['items'] as { id: string; routeTable: string }[]
  const [{ id: subnet, routeTable } = { id: '', routeTable: '' }] = subnets
  const group = await ask('POST', '/v1/security-groups', { name: 'web', rules: [{ protocol: 'all' }] })
  const gateway = await ask('POST', '/v1/nat-gateways', {
    name: 'outbound',
    vpc: vpc.id,
    eips: [{}],
    securityGroup: group.id,
  })
  await ask('PATCH', `/v1/nat-gateways/${gateway.id}`, { snatRules: [{ target: subnet, eips: gateway['eips'] }] })
  await ask('POST', `/v1/nat-gateways/${gateway.id}:apply`)
  const balancer = await ask('POST', '/v1/load-balancers', {
    name: 'front',
    subnet,
    eips: [{}],
    securityGroup: group.id,
    listeners: [
      {
        port: 80,
        backends: [
          { address: '198.51.100.1', port: 80 },
          { address: '198.51.100.2', port: 80 },
        ],
      },
    ],
  })
  const [listener] = balancer['listeners'] as { id: string; backends: { id: string }[] }[]
  const backends = listener!.backends.map(({ id }) => id)
  const turn = (backend: string, state: string, at = new Date()) =>
    ask('POST', '/v1/agent/report', {
      ...report,
      turns: [{ backend, state, reason: state === 'active' ? 'HTTP 200' : 'no route', at: at.toISOString() }],
    })
  const now = async () => {
    await pause(3)
    const at = new Date().toISOString()
    await pause(3)
    return at
  }
  return { server, ask, vpc, subnet, routeTable, gateway, group, balancer, listener: listener!.id, backends, turn, now }
}

async function fits(server: Running, name: string, body: unknown): Promise<void> {
  const { body: description } = await server.ask('GET', '/v1/openapi.json')
  const { schemas } = description['components'] as { schemas: Record<string, object> }
  assert.deepEqual(misfits(schemas, { $ref: `#/components/schemas/${name}` }, body), [])
}

test('every resource and list is shown as it was, with the states that backends had, also what is deleted', async t => {
  const { server, ask, balancer, backends, turn, now, gateway } = await network(t)
  await turn(backends[0]!, 'unavailable')
  const early = await now()
  await turn(backends[0]!, 'active')
  await ask('PATCH', `/v1/load-balancers/${balancer.id}`, { name: 'renamed' })
  const middle = await now()
  await ask('DELETE', `/v1/load-balancers/${balancer.id}`)
  assert.equal((await server.ask('GET', `/v1/load-balancers/${balancer.id}`)).status, 404)
  const seen = async (at: string) => {
    const { name, backendStatus } = await ask('GET', `/v1/load-balancers/${balancer.id}?at=${at}`)
    return [name, (backendStatus as Record<string, { state: string }>)[backends[0]!]?.state]
  }
  assert.deepEqual(await seen(early), ['front', 'unavailable'])
  assert.deepEqual(await seen(middle), ['renamed', 'active'])
  const list = await ask('GET', `/v1/load-balancers?at=${middle}&search=renamed`)
  assert.equal(list['total'], 1)
  assert.equal((await ask('GET', '/v1/load-balancers'))['total'], 0)
  await fits(server, 'LoadBalancer', await ask('GET', `/v1/load-balancers/${balancer.id}?at=${middle}`))
  await fits(server, 'NatGateway', await ask('GET', `/v1/nat-gateways/${gateway.id}?at=${middle}`))
  const { oldest, items } = await ask('GET', `/v1/moments?from=${early}&to=${middle}`)
  assert.equal((items as unknown[]).length, 1)
  assert.ok(String(oldest) < early)
  const refused = async (at: string) => (await server.ask('GET', `/v1/vpcs?at=${at}`)).body['code']
  assert.equal(await refused('2020-01-01T00:00:00Z'), 'not-remembered')
  assert.equal(await refused('2999-01-01T00:00:00Z'), 'in-the-future')
  assert.equal(await refused('yesterday'), 'bad-query')
})

test('two moments are told apart by what ran, by states, and by who reached whom', async t => {
  const { server, ask, gateway, group, balancer, backends, turn, now } = await network(t)
  await turn(backends[0]!, 'active')
  const before = await now()
  await ask('PATCH', `/v1/security-groups/${group.id}`, { rules: [] })
  assert.deepEqual(((await ask('GET', `/v1/differences?from=${before}`)) as unknown as Differences).resources, [])
  await ask('POST', `/v1/security-groups/${group.id}:apply`)
  await turn(backends[0]!, 'unavailable')
  await turn(backends[1]!, 'unavailable')
  const after = await now()
  const found = (await ask('GET', `/v1/differences?from=${before}&to=${after}`)) as unknown as Differences
  await fits(server, 'Differences', found)
  assert.deepEqual(
    found.resources.map(({ id, what, changes }) => [id, what, changes.length]),
    [[group.id, 'changed', 1]],
  )
  assert.deepEqual(
    found.backends.map(({ backend, from, to, reason, name }) => [backend, from, to, reason, name]),
    [
      [backends[0], 'active', 'unavailable', 'no route', 'front/198.51.100.1:80'],
      [backends[1], null, 'unavailable', 'no route', 'front/198.51.100.2:80'],
    ],
  )
  assert.deepEqual(found.gained, [])
  assert.ok(found.lost.some(({ from, to }) => from.ids[0] === balancer.id && to.ids[0] === backends[0]))
  assert.ok(found.lost.some(({ from }) => from.kind === 'internet'))
  const back = (await ask('GET', `/v1/differences?from=${after}&to=${before}`)) as unknown as Differences
  assert.deepEqual(back.gained.length, found.lost.length)
  await ask('DELETE', `/v1/nat-gateways/${gateway.id}`)
  const gone = (await ask('GET', `/v1/differences?from=${after}`)) as unknown as Differences
  assert.deepEqual(
    gone.resources.map(({ kind, what }) => [kind, what]),
    [
      ['route-table', 'changed'],
      ['nat-gateway', 'deleted'],
    ],
  )
})

test('a restore makes drafts and applies nothing; applied, what ran then runs', async t => {
  const { server, ask, gateway, group, balancer, now, routeTable, vpc } = await network(t)
  const then = await now()
  const was = await ask('GET', `/v1/security-groups/${group.id}?version=live`)
  await ask('PATCH', `/v1/security-groups/${group.id}`, { rules: [] })
  await ask('POST', `/v1/security-groups/${group.id}:apply`)
  await ask('PATCH', `/v1/vpcs/${vpc.id}`, { name: 'renamed' })
  await ask('DELETE', `/v1/nat-gateways/${gateway.id}`)
  const newer = await ask('POST', '/v1/ip-sets', { name: 'new', type: 'ip', members: [] })
  const { revision } = await ask('GET', '/v1/status')
  const wish = { at: then, dryRun: true }
  const asked = (await ask('POST', '/v1/restore', wish)) as unknown as Restore
  await fits(server, 'Restore', asked)
  assert.equal((await ask('GET', '/v1/status')).revision, revision, 'nothing was done')
  const done = (await ask('POST', '/v1/restore', { at: then })) as unknown as Restore
  assert.deepEqual({ ...asked, done: true }, done)
  assert.deepEqual(done.drafts.map(({ id }) => id).sort(), [group.id, routeTable].sort())
  assert.deepEqual(
    done.recreated.map(({ id }) => id),
    [gateway.id],
  )
  assert.deepEqual(
    done.untouched.map(({ id, changes }) => [id, changes]),
    [[vpc.id, [{ at: 'name', from: 'renamed', to: 'shanghai' }]]],
  )
  assert.deepEqual(
    done.newer.map(({ id }) => id),
    [newer.id],
  )
  assert.deepEqual((await ask('GET', `/v1/security-groups/${group.id}?version=live`))['rules'], [])
  for (const { kind, id } of (await ask('GET', '/v1/pending'))['items'] as { kind: string; id: string }[])
    await ask('POST', `/v1/${kind}s/${id}:apply`)
  assert.deepEqual((await ask('GET', `/v1/security-groups/${group.id}?version=live`))['rules'], was['rules'])
  assert.deepEqual(
    ((await ask('GET', `/v1/differences?from=${then}`)) as unknown as Differences).resources.map(({ id }) => id).sort(),
    [newer.id, vpc.id].sort(),
  )
  const log = (await ask('GET', '/v1/operations?do=restore'))['items'] as { id: string }[]
  assert.deepEqual(new Set(log.map(({ id }) => id)), new Set([group.id, routeTable, gateway.id]))
  const one = (await ask('POST', '/v1/restore', { at: then, resources: [balancer.id] })) as unknown as Restore
  assert.deepEqual([one.drafts, one.recreated], [[], []])
  const nobody = await server.ask('POST', '/v1/restore', { at: then, resources: [newer.id] })
  assert.equal(nobody.body['code'], 'not-there-then')
})

test('a packet is followed through the network as it was', async t => {
  const { ask, group, balancer, backends, now } = await network(t)
  const then = await now()
  await ask('PATCH', `/v1/security-groups/${group.id}`, { rules: [] })
  await ask('POST', `/v1/security-groups/${group.id}:apply`)
  const flow = { from: balancer.id, to: backends[0] }
  assert.equal((await ask('POST', '/v1/traces', flow))['reaches'], false)
  assert.equal((await ask('POST', '/v1/traces', { ...flow, at: then }))['reaches'], true)
})

test('what was wrong then is named, with what checks said then, and nothing is offered that would mend it now', async t => {
  const { server, ask, group, balancer, backends, turn, now } = await network(t)
  const [first, second] = backends
  await turn(first!, 'active')
  await turn(second!, 'active')
  const well = await now()
  await ask('PATCH', `/v1/security-groups/${group.id}`, { rules: [] })
  await ask('POST', `/v1/security-groups/${group.id}:apply`)
  await turn(first!, 'unavailable')
  const ill = await now()
  await ask('PATCH', `/v1/security-groups/${group.id}`, { rules: [{ protocol: 'all' }] })
  await ask('POST', `/v1/security-groups/${group.id}:apply`)
  await turn(first!, 'active')
  const path = `/v1/load-balancers/${balancer.id}/backends/${first}/diagnosis`
  const found = async (at: string) =>
    ((await ask('GET', `${path}?at=${at}`))['items'] as { code: string; repair: unknown }[]).map(each => ({
      code: each.code,
      repair: each.repair,
    }))
  assert.deepEqual(await found(well), [])
  assert.deepEqual((await found(ill))[0], { code: 'group-refuses', repair: null })
  const flow = await ask('GET', `/v1/diagnosis?from=internet&to=${balancer.id}&port=80&at=${ill}`)
  assert.equal(flow['reaches'], false)
  assert.equal((await ask('GET', `/v1/diagnosis?from=internet&to=${balancer.id}&port=80&at=${well}`))['reaches'], true)
  const codeOf = async (query: string) => (await server.ask('GET', `${path}?${query}`)).body['code']
  assert.equal(await codeOf('at=2020-01-01T00:00:00Z'), 'not-remembered')
  assert.equal(await codeOf(`at=${ill}&probe=true`), 'bad-query')
})

test('another process tells the same of the past', async t => {
  const path = join(await directory(t), 'model.sqlite')
  const first = await network(t, sqliteStore(path))
  const then = await first.now()
  await first.ask('PATCH', `/v1/vpcs/${first.vpc.id}`, { name: 'renamed' })
  const differed = await first.ask('GET', `/v1/differences?from=${then}&to=${await first.now()}`)
  await first.server.close()
  const second = await running(t, sqliteStore(path))
  const { from, to } = differed as unknown as Differences
  const again = (await second.ask('GET', `/v1/differences?from=${from.at}&to=${to.at}`)).body as unknown as Differences
  assert.deepEqual(again.resources, differed['resources'])
  assert.deepEqual([again.from, again.to], [from, to])
})
