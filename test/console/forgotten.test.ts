import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns } from '../../src/demo/world.ts'
import { kinds, type KindName } from '../../src/model/kinds.ts'
import type { Id } from '../../src/model/model.ts'
import { startLab, type Lab } from '../packets/lab.ts'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt, type Person } from './person.ts'

const [backend] = plan.regions[0].servers

/** Who waits for an apply in each topology, in the order of the page's steps. */
const applies = {
  a: ['nat-gateway', 'load-balancer', 'security-group'],
  b: ['vpc', 'load-balancer', 'route-table', 'security-group'],
} as const satisfies Readonly<Record<string, readonly KindName[]>>
type Topology = keyof typeof applies

/** One network of its own in which every step was taken, and every apply but one. */
interface Stand {
  readonly topology: Topology
  readonly forgotten: KindName | null
  readonly balancer: Id
  readonly waiting: Id
}

let lab: Lab
let browser: Browser
let person: Person
const stands: Stand[] = []

suite('each apply forgotten once', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    lab = await startLab()
    browser = await startBrowser()
    for (const topology of ['a', 'b'] as const)
      for (const forgotten of [null, ...applies[topology]]) stands.push(await standWithout(topology, forgotten))
    person = personAt(await browser.open(`${lab.url}/pending`))
    // Where nothing was forgotten the backend is active by now: so would be the others.
    for (const { balancer, forgotten } of stands) if (!forgotten) await active(balancer)
  })
  after(async () => {
    await browser?.close()
    await lab?.close()
  })

  for (const [topology, kind] of Object.entries(applies).flatMap(([t, list]) => list.map(each => [t, each] as const)))
    test(`topology ${topology}: ${kinds[kind].label.zh}`, async () => {
      const stand = stands.find(each => each.topology === topology && each.forgotten === kind)
      assert.ok(stand)
      const waiting = await lab.client.pending()
      assert.ok(waiting.some(({ id }) => id === stand.waiting))
      const { page, dialog } = person
      await page.goto(`${lab.url}/load-balancers/${stand.balancer}`)
      const row = page.getByRole('row', { name: backend })
      await row.getByText('不可用', { exact: true }).waitFor()
      await row.getByRole('button', { name: '为什么' }).click()
      await dialog
        .getByText(/应用修改/)
        .first()
        .waitFor()
      if (kind !== 'load-balancer') {
        await dialog.getByRole('button', { name: '探测' }).click()
        // Without a way nobody is asked by ARP.
        await dialog.getByText(kind === 'route-table' ? /^没有路由 · / : '私有网络的路由器应答 ARP').waitFor()
      }
      await dialog.getByRole('button', { name: '关闭' }).last().click()

      await page.getByRole('link', { name: `${waiting.length} 项待应用` }).click()
      await page.getByRole('link', { name: stand.waiting }).click()
      await page.getByText('有未应用的修改').waitFor()
      await person.apply()
      await page.goBack()
      await page.goBack()
      await row.getByText('活跃', { exact: true }).waitFor({ timeout: 60_000 })
      await assertServed(stand.balancer)
    })

  test('no page complained', () => assert.deepEqual(browser.complaints, []))
})

/** All steps of a topology, each apply but the forgotten one. */
async function standWithout(topology: Topology, forgotten: KindName | null): Promise<Stand> {
  const { client } = lab
  const name = `${topology}-${forgotten ?? 'whole'}`
  const open = await client.create('security-group', { name })
  await client.children.add('security-group', open.id, ['rules'], { protocol: 'tcp', ports: '80' })
  const shut = await client.create('security-group', { name: `${name}-shut` })
  const vpc = await client.create('vpc', {
    name,
    cidr: '192.168.0.0/16',
    subnets: [{ name, cidr: '192.168.0.0/24' }],
    ...(topology === 'b' ? { eip: {}, securityGroup: shut.id } : {}),
  })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  assert.ok(subnet)
  const waiting: Partial<Record<KindName, Id>> = { 'security-group': open.id }
  if (topology === 'a') {
    const gateway = await client.create('nat-gateway', { name, vpc: vpc.id, eips: [{}], securityGroup: open.id })
    const rule = { target: subnet.id, eips: gateway.eips }
    await client.children.add('nat-gateway', gateway.id, ['snatRules'], rule)
    waiting['nat-gateway'] = gateway.id
  } else {
    await client.patch('vpc', vpc.id, { securityGroup: open.id })
    const route = { destination: backend, nextHop: { type: 'router', id: vpc.id } }
    await client.children.add('route-table', subnet.routeTable ?? '', ['routes'], route)
    waiting.vpc = vpc.id
    waiting['route-table'] = subnet.routeTable ?? ''
  }
  const balancer = await client.create('load-balancer', { name, subnet: subnet.id, eips: [{}], securityGroup: open.id })
  const check = { protocol: 'http', path: '/healthz', intervalS: 2, rise: 2 }
  const backends = [{ address: backend, port: plan.port }]
  const listener = { protocol: 'http', port: 80, check, backends }
  await client.children.add('load-balancer', balancer.id, ['listeners'], listener)
  waiting['load-balancer'] = balancer.id
  for (const kind of applies[topology]) if (kind !== forgotten) await client.apply(kind, waiting[kind] ?? '')
  return { topology, forgotten, balancer: balancer.id, waiting: forgotten ? (waiting[forgotten] ?? '') : '' }
}

async function active(balancer: Id): Promise<void> {
  const isActive = async () => {
    const { backendStatus } = await lab.client.get('load-balancer', balancer)
    return Object.values(backendStatus).some(({ state }) => state === 'active')
  }
  for (const deadline = performance.now() + 60_000; !(await isActive());) {
    assert.ok(performance.now() < deadline, `${balancer} has no active backend`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

async function assertServed(balancer: Id): Promise<void> {
  const { eips } = await lab.client.get('load-balancer', balancer)
  const { address } = await lab.client.get('eip', eips[0] ?? '')
  const [answer] = await lab.at(clientNetns).pages(`http://${address}/`, 1)
  assert.equal(typeof answer === 'string' ? answer : answer?.name, 'north-1')
}
