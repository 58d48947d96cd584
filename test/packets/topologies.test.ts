import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FindingCode } from '../../src/diagnose/cause/finding.ts'
import { apiHands } from '../../src/demo/api-hands.ts'
import type { Hands } from '../../src/demo/hands.ts'
import { plan } from '../../src/demo/plan.ts'
import { skippable, type ScriptStep, type Site } from '../../src/demo/script.ts'
import { perform, scriptA, scriptB } from '../../src/demo/steps.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import { given } from './network.ts'

let lab: Lab

interface Built {
  readonly site: Site
  readonly hands: Hands
  readonly taken: ReadonlySet<ScriptStep>
}

interface Diagnosis {
  readonly items: readonly { readonly code: FindingCode }[]
}

async function build(topology: Site['topology'], skip: readonly string[] = []): Promise<Built> {
  const hands = apiHands(lab.client)
  const site: Site = { topology, skip: new Set(skip), backends: [] }
  const taken = new Set<ScriptStep>()
  await perform(site, hands, async (step, take) => {
    await take?.()
    if (take) taken.add(step)
  })
  return { site, hands, taken }
}

/** Does what was left out, and only that. */
async function makeGood({ site, hands, taken }: Built): Promise<void> {
  const { client } = lab
  const { topology } = site
  const [left = ''] = site.skip
  const ready = { ...site, skip: new Set<string>() }
  const buy = async () => (await client.create('eip', { zone: 'local' })).id
  if (left === 'nat-eip') {
    ready.natEip = await buy()
    await client.patch('nat-gateway', need(site.natGateway), { eips: [ready.natEip] })
  }
  if (left === 'vpc-eip' || left === 'vpc-type') {
    site.vpcEip = await buy()
    await client.patch('vpc', need(site.vpc), { type: 'small' })
    await client.patch('vpc', need(site.vpc), { eip: site.vpcEip })
  }
  if (left === 'subnet') await client.patch('load-balancer', need(site.balancer), { subnet: need(site.subnet) })
  for (const step of topology === 'a' ? scriptA : scriptB) if (!taken.has(step)) await step.take(ready, hands)
  Object.assign(site, { ...ready, skip: site.skip })
  // What was left out may have had its apply, in vain.
  await client.apply('load-balancer', need(site.balancer))
  await client.apply('security-group', need(site.group))
  if (topology === 'a') await client.apply('nat-gateway', need(site.natGateway))
  else await client.apply('route-table', need(site.routeTable))
}

async function statesOf({ site }: Built): Promise<readonly string[]> {
  const { listeners, backendStatus } = await lab.client.get('load-balancer', need(site.balancer))
  return listeners.flatMap(each => each.backends).map(({ id }) => backendStatus[id]?.state ?? 'unknown')
}

async function active(built: Built, withinMs: number): Promise<number> {
  const from = performance.now()
  for (; ; await sleep(50)) {
    const states = await statesOf(built)
    if (states.length === 4 && states.every(state => state === 'active')) return performance.now() - from
    if (performance.now() - from > withinMs) {
      const id = need(built.site.balancer)
      const why = await lab.client.ask('GET', `/v1/load-balancers/${id}/diagnosis`)
      assert.fail(`not active within ${withinMs} ms: ${states.join()} ${JSON.stringify(why)}`)
    }
  }
}

async function addressOf(eip: string | undefined): Promise<string> {
  return (await lab.client.get('eip', need(eip))).address
}

/** Every backend serves, sees the one address that it must see, and is told of the client. */
async function assertServed({ site }: Built): Promise<void> {
  const source = await addressOf(site.topology === 'a' ? site.natEip : site.vpcEip)
  const pages = await lab.at(clientNetns).pages(`http://${await addressOf(site.balancerEip)}/`, 8)
  const expected = worldServers.map(({ name }) => ({ name, source, forwardedFor: plan.client.address }))
  assert.deepEqual(
    new Set(pages.map(page => JSON.stringify(page))),
    new Set(expected.map(page => JSON.stringify(page))),
  )
}

function need(id: string | undefined): string {
  assert.ok(id, 'an earlier step should have made this')
  return id
}

suite('the two topologies', () => {
  before(async () => {
    lab = await startLab()
  })
  after(() => lab.close())

  for (const topology of ['a', 'b'] as const) {
    test(`topology ${topology.toUpperCase()} serves, from the right address, within 15 seconds of the first call`, async () => {
      const started = performance.now()
      const built = await build(topology)
      await active(built, 40_000)
      assert.ok(performance.now() - started < 15_000)
      await assertServed(built)
    })
  }

  suite('many of them at a time', { concurrency: 20 }, () => {
    for (const topology of ['a', 'b'] as const) {
      for (const [name, code] of skippable(topology === 'a' ? scriptA : scriptB)) {
        test(`topology ${topology.toUpperCase()} without ${name}: not served, named ${code}, served when made good`, async () => {
          const built = await build(topology, [name])
          await lab.settled()
          await sleep(5000)
          const states = await statesOf(built)
          assert.ok(!states.includes('active'), states.join())
          const diagnosis = `/v1/load-balancers/${need(built.site.balancer)}/diagnosis`
          const first = async () => (await lab.client.ask<Diagnosis>('GET', diagnosis)).items[0]?.code
          for (let more = 0; (await first()) !== code && more < 20; more++) await sleep(1000)
          assert.equal(await first(), code)
          const entrance = await addressOf(built.site.balancerEip)
          const { status } = await lab.at(clientNetns).get(`http://${entrance}/`, 1000)
          assert.notEqual(status, 200)
          await makeGood(built)
          await active(built, 40_000)
          await assertServed(built)
        })
      }
    }

    test('both on one VPC: all goes out by the NAT gateway, one backend by a route of its own by the router', async () => {
      const { client } = lab
      const group = await client.create('security-group', {
        rules: [{ protocol: 'tcp', ports: String(plan.port) }],
      })
      const vpc = await client.create('vpc', {
        cidr: '10.3.0.0/16',
        eip: {},
        securityGroup: group.id,
        subnets: [{ cidr: '10.3.0.0/24' }],
      })
      const subnet = (await client.list('subnet', { vpc: vpc.id })).items[0]
      const gateway = await client.create('nat-gateway', { vpc: vpc.id, eips: [{}], securityGroup: group.id })
      await client.children.add('nat-gateway', gateway.id, ['snatRules'], { target: subnet?.id, eips: gateway.eips })
      await client.apply('nat-gateway', gateway.id)
      const special = worldServers[3]
      const table = given(subnet?.routeTable ?? null)
      const nextHop = { type: 'router', id: vpc.id }
      await client.children.add('route-table', table, ['routes'], { destination: `${special?.address}/32`, nextHop })
      await client.apply('route-table', table)
      const check = { protocol: 'http', path: '/healthz', intervalS: 2, timeoutS: 1, rise: 2 }
      const backends = worldServers.map(({ address }) => ({ address, port: plan.port }))
      const balancer = await client.create('load-balancer', {
        eips: [{}],
        subnet: subnet?.id,
        securityGroup: group.id,
        listeners: [{ port: 80, check, backends }],
      })
      const site: Site = { topology: 'a', skip: new Set(), backends: [], balancer: balancer.id }
      await active({ site, hands: apiHands(client), taken: new Set() }, 40_000)
      const pages = await lab.at(clientNetns).pages(`http://${await addressOf(balancer.eips[0])}/`, 8)
      const [byGateway, byRouter] = [await addressOf(gateway.eips[0]), await addressOf(vpc.eip ?? undefined)]
      for (const page of pages) {
        assert.ok(typeof page === 'object', JSON.stringify(page))
        assert.equal(page.source, page.name === special?.name ? byRouter : byGateway)
      }
      assert.equal(new Set(pages.map(page => typeof page === 'object' && page.name)).size, 4)
      const { backendStatus } = await client.get('load-balancer', balancer.id)
      assert.deepEqual(
        new Set(Object.values(backendStatus).map(({ seenAs }) => seenAs.join())),
        new Set([byGateway, byRouter]),
      )
    })
  })
})
