import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Diagnosis } from '../../src/client/diagnosis.ts'
import { plan } from '../../src/demo/plan.ts'
import { worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'

let lab: Lab

/** A balancer whose backends are all one server of the internet, by ports and paths that it does not serve all of. */
async function build(listener: object, backend: object) {
  const { client } = lab
  const group = await client.create('security-group', { rules: [{ protocol: 'tcp' }] })
  const vpc = await client.create('vpc', {
    cidr: '10.9.0.0/16',
    securityGroup: group.id,
    eip: {},
    subnets: [{ cidr: '10.9.0.0/24' }],
  })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  const table = subnet?.routeTable ?? ''
  const nextHop = { type: 'router', id: vpc.id }
  await client.children.add('route-table', table, ['routes'], { destination: '0.0.0.0/0', nextHop })
  await client.apply('route-table', table)
  const whole = { address: worldServers[0]?.address, port: plan.port, ...backend }
  const balancer = await client.create('load-balancer', {
    subnet: subnet?.id,
    securityGroup: group.id,
    listeners: [{ port: 80, backends: [whole], ...listener }],
  })
  await lab.settled()
  const id = balancer.listeners[0]?.backends[0]?.id ?? ''
  const { address } = await client.get('eip', vpc.eip ?? '')
  return { path: `/v1/load-balancers/${balancer.id}/backends/${id}/diagnosis?probe=true`, source: address, balancer }
}

const probe = ({ path }: { readonly path: string }) => lab.client.ask<Diagnosis>('GET', path)
const codes = ({ items }: Diagnosis) => items.map(({ code }) => code).filter(code => code !== 'not-synced')

suite('probes from the namespace of a balancer', { concurrency: 10 }, () => {
  before(async () => {
    lab = await startLab()
  })
  after(() => lab.close())

  const http = { check: { protocol: 'http', path: '/healthz' } }

  test('a backend that is well is asked all the way, by way of the router', async () => {
    const site = await build(http, {})
    const { path, probe: report } = await probe(site)
    assert.ok(report)
    assert.deepEqual([report.gateway, report.connect.got, report.http?.status], [true, 'answer', 200])
    assert.ok(path?.there.steps.at(-1)?.after.from === site.source)
  })

  test('a port that nobody listens on refuses, which is seen and not guessed', async () => {
    const answer = await probe(await build(http, { port: plan.port + 1 }))
    assert.deepEqual(codes(answer)[0], 'refused')
    assert.equal(answer.items[0]?.certainty, 'seen')
  })

  test('a server that does not speak TLS is told from one that does not answer', async () => {
    const answer = await probe(await build({ check: { protocol: 'https' } }, {}))
    assert.equal(codes(answer)[0], 'tls-failed')
    const silent = await probe(await build(http, { address: '198.51.100.77' }))
    assert.ok(['timeout', 'no-way-seen'].includes(codes(silent)[0] ?? ''), JSON.stringify(silent.items))
  })

  test('of a balancer, the first backend that is not well is asked', async () => {
    const { balancer } = await build(http, { port: plan.port + 1 })
    const answer = await probe({ path: `/v1/load-balancers/${balancer.id}/diagnosis?probe=true` })
    assert.equal(codes(answer)[0], 'refused')
    assert.equal(answer.probe?.connect.got, 'refusal')
  })

  test('what was applied goes first: nobody need be asked for that', async () => {
    const site = await build(http, {})
    await lab.client.act('load-balancer', site.balancer.id, 'stop')
    await lab.settled()
    const { items, probe: report } = await probe(site)
    assert.equal(items[0]?.code, 'balancer-off')
    assert.equal(report, null)
  })
})
