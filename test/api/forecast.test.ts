import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createSnatWatch } from '../../src/api/snat-trends.ts'
import { netnsOf } from '../../src/compile/names.ts'
import type { Problem } from '../../src/model/problem.ts'
import { sqliteSeries } from '../../src/monitor/series.ts'
import { type } from '../cli/trial.ts'
import { serving } from '../client/serving.ts'
import { scene, withGateway, withVpc } from '../model/scene.ts'
import { agentOf } from './fake-agent.ts'

/** A gateway with one public IP and a rule, on a machine that says what flows there are. */
async function outbound(t: TestContext, size = 'small') {
  const serves = await serving(t)
  const { client, server } = serves
  const host = agentOf(t, serves.agent)
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/24' }] })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  const eip = await client.create('eip', { name: 'first', bandwidthMbps: 20 })
  const gateway = await client.create('nat-gateway', { name: 'outbound', vpc: vpc.id, size, eips: [eip.id] })
  await client.patch('nat-gateway', gateway.id, { snatRules: [{ target: subnet!.id, eips: [eip.id] }] })
  await client.apply('nat-gateway', gateway.id)
  for (let i = 0; i < 3000 && !(await client.status()).agents[0]?.synced; i++) await pause(10)
  const cli = (line: string) => type([...line.replace(/^causeway /, '').split(' '), '--url', server.url])
  /** So many connections from an address to one destination, and some to another. */
  function carry(of: string, { address }: { readonly address: string }, ports: number, elsewhere = 0) {
    const flow = (destination: string, flows: number) => ({ address, protocol: 'tcp', destination, port: 443, flows })
    const addresses = [{ address, flows: ports + elsewhere, destinations: 2, most: ports }]
    const fullest = [flow('198.51.100.10', ports), flow('198.51.100.20', elsewhere)]
    host.translate(new Map([[netnsOf(of), { addresses, fullest }]]))
  }
  return { client, core: server.core, url: server.url, vpc, eip, gateway, cli, carry }
}

test('what is in use is told by public IP and destination, and where nothing runs out nothing is proposed', async t => {
  const { client, gateway, eip, carry, cli } = await outbound(t)
  carry(gateway.id, eip, 300, 40)
  const { connections, addresses, destinations, exhaustedAt, proposals } = await client.forecast(
    'nat-gateway',
    gateway.id,
  )
  assert.deepEqual(connections, { inUse: 340, limit: 10_000, perHour: 0, exhaustedAt: null })
  const own = { eip: eip.id, address: eip.address }
  const trend = { perHour: 0, exhaustedAt: null }
  assert.deepEqual(addresses, [{ ...own, connections: 340, destinations: 2, inUse: 300, limit: 64_512, ...trend }])
  const flow = { ...own, protocol: 'tcp', port: 443 }
  assert.deepEqual(destinations, [
    { ...flow, destination: '198.51.100.10', ports: 300 },
    { ...flow, destination: '198.51.100.20', ports: 40 },
  ])
  assert.deepEqual([exhaustedAt, proposals], [null, []])
  const { code, out } = await cli('forecast outbound')
  assert.equal(code, 0)
  assert.match(out, /340 connections of 10000 in use/)
  assert.match(out, /198\.51\.100\.10:443 +tcp +203\.0\.113\.\d+ +300/)
  assert.match((await cli(`forecast ${gateway.id} --lang zh`)).out, /连接数 340\/10000/)
})

test('a full size is to be made larger, and the printed command does it', async t => {
  const { client, gateway, eip, carry, cli } = await outbound(t)
  carry(gateway.id, eip, 9000, 100)
  const { code, out } = await cli('forecast outbound')
  assert.equal(code, 1)
  const [command] = /causeway set .*/.exec(out) ?? []
  const done = await cli(command ?? '')
  assert.equal(done.code, 0, done.err)
  assert.equal((await client.get('nat-gateway', gateway.id)).size, 'medium')
  assert.deepEqual((await client.forecast('nat-gateway', gateway.id)).proposals, [])
})

test('ports that run out ask for public IPs, and the printed commands add as many as are needed', async t => {
  const { client, gateway, eip, carry, cli } = await outbound(t, 'large')
  carry(gateway.id, eip, 60_000, 500)
  const { proposals } = await client.forecast('nat-gateway', gateway.id)
  assert.deepEqual(
    proposals.map(each => each.do),
    ['add-eips'],
  )
  for (const command of proposals[0]!.commands) {
    const { code, err } = await cli(command)
    assert.equal(code, 0, `${command}: ${err}`)
  }
  const { eips, snatRules, applied } = await client.get('nat-gateway', gateway.id)
  assert.deepEqual([eips.length, eips[0], applied], [2, eip.id, true])
  assert.deepEqual(snatRules[0]!.eips, eips)
})

test('a router has one address: what runs out there asks for a gateway, and the commands make one', async t => {
  const { client, vpc, carry, cli } = await outbound(t)
  const own = await client.create('eip', {})
  await client.patch('vpc', vpc.id, { name: 'production', eip: own.id })
  carry(vpc.id, own, 64_512)
  const found = await client.forecast('vpc', vpc.id)
  assert.deepEqual([found.exhaustedAt, found.connections.limit], [found.at, null])
  for (const command of found.proposals[0]!.commands) {
    const { code, err } = await cli(command)
    assert.equal(code, 0, `${command}: ${err}`)
  }
})

/** A gateway whose connections grow by so many a minute, seen after an hour. */
function growing(perMinute: number, start: number) {
  const s = scene()
  const { vpc } = withVpc(s)
  const { gateway } = withGateway(s, vpc)
  const now = Date.UTC(2026, 5, 1)
  let time = now - 3_600_000
  const series = sqliteSeries(':memory:', { now: () => time })
  const told: Problem[] = []
  const watch = createSnatWatch(series, (_, problem) => told.push(problem))
  const grow = (minutes: number, by = perMinute) => {
    for (let i = 0; i < minutes * 6; i++) {
      start += by / 6
      series.add('one', { at: time, since: 0, of: { [gateway]: { connections: start, connectionLimit: 10_000 } } })
      time += 10_000
    }
    watch.look(s.model(), time)
  }
  return { gateway, watch, told, grow, series }
}

test('who runs out within a day is warned of, and told of once as each threshold passes', t => {
  const { gateway, watch, told, grow, series } = growing(10, 3000)
  t.after(() => series.close())
  grow(60)
  assert.deepEqual(
    told.map(({ code, resource }) => [code, resource]),
    [['connections-run-out', gateway]],
  )
  assert.equal(watch.warningOf(gateway)?.code, 'connections-run-out')
  grow(10)
  assert.equal(told.length, 1, 'it was told before')
  grow(580)
  assert.equal(told.length, 2, 'less than an hour is left')
  grow(120)
  assert.equal(told.length, 3, 'nothing is left')
})

test('who has time, or little in use, is not warned of', t => {
  for (const [perMinute, start] of [
    [0, 5000],
    [1, 3000],
    [10, 100],
  ] as const) {
    const { gateway, watch, told, grow, series } = growing(perMinute, start)
    t.after(() => series.close())
    grow(60)
    assert.deepEqual([told, watch.warningOf(gateway)], [[], null], `${perMinute} a minute from ${start}`)
  }
})

test('a warning is seen with the gateway, in both languages, and heard by who listens', async t => {
  const { core, client, gateway, url, cli } = await outbound(t)
  const heard: string[] = []
  core.feed.subscribe(({ event }) => void (event.type === 'host' && heard.push(event.event.type)))
  const now = Date.now()
  for (let i = 0; i < 60; i++) {
    const of = { [gateway.id]: { connections: 9000 + i * 10, connectionLimit: 10_000 } }
    core.series.add('one', { at: now - 60_000 + i * 1000, since: 0, of })
  }
  core.series.add('one', { at: now, since: 0, of: { [gateway.id]: { connections: 10_000, connectionLimit: 10_000 } } })
  core.snat.look(core.store.snapshot(), now)
  assert.deepEqual(
    (await client.get('nat-gateway', gateway.id)).warnings?.map(({ code }) => code),
    ['connections-run-out'],
  )
  assert.ok(heard.includes('snat'))
  const answer = await fetch(`${url}/v1/nat-gateways/${gateway.id}`, { headers: { 'accept-language': 'zh-CN' } })
  const { warnings } = (await answer.json()) as { warnings: { message: string }[] }
  assert.match(warnings[0]!.message, /已用连接数 10000\/10000/)
  assert.match((await cli('get nat-gateways')).out, /active, SNAT runs out soon/)
})
