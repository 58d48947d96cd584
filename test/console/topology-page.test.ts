import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { report, setScene } from './scene.ts'
import { visiting } from './visiting.ts'

/** Where every node is drawn, by what it says. */
async function corners(page: Page): Promise<ReadonlyMap<string, string>> {
  const nodes = await page.locator('.react-flow__node').all()
  const places = await Promise.all(
    nodes.map(async node => [await node.getAttribute('data-id'), await node.evaluate(e => e.style.transform)] as const),
  )
  return new Map(places.map(([id, place]) => [id ?? '', place]))
}

void test('the network is drawn with states in words, opens what is clicked, and grows without jumping', async t => {
  const { client, agent, url, browser } = await visiting(t)
  const scene = await setScene(client)
  await report(agent, client, scene)
  const page = await browser.open(`${url}/topology?vpc=${scene.vpc}`)
  await page.getByRole('heading', { level: 1, name: '拓扑' }).waitFor()
  const balancer = page.getByRole('link', { name: /负载均衡器.*shop.*活跃/ })
  await balancer.waitFor()
  await page.getByRole('link', { name: /后端.*beijing-2.*不可用/ }).waitFor()
  assert.equal(await page.getByText('intranet').count(), 0, 'only the VPC that was asked for is drawn')

  const before = await corners(page)
  await client.create('server', { name: 'newcomer', subnet: scene.subnet })
  await page.getByRole('link', { name: /newcomer/ }).waitFor()
  const after = await corners(page)
  assert.equal(after.size, before.size + 1)
  for (const [id, place] of before) assert.equal(after.get(id), place, `${id} jumped`)

  await page.getByText('列表', { exact: true }).click()
  const row = page.getByRole('row', { name: /beijing-2.*198\.51\.100\.11:80.*不可用/ })
  await row.waitFor()
  await row.getByRole('link').click()
  await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor()
  await page.goBack()
  await balancer.click()
  await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor()
  assert.deepEqual(browser.complaints, [])
})

/** Opens all groups, and ends when 198 servers and their VPC are on the screen. Runs in the page. */
const drawn = `(async () => {
  const press = [...document.querySelectorAll('button')].find(button => button.textContent === 'Open groups')
  const from = performance.now()
  press.click()
  while (document.querySelectorAll('.react-flow__node a').length < 199) {
    if (performance.now() - from > 60000) throw new Error('the nodes were not drawn')
    await new Promise(requestAnimationFrame)
  }
  await new Promise(requestAnimationFrame)
})()`

/** How long something keeps a page's thread busy, in milliseconds of its processor: what else the machine does is no matter. */
async function workOf(page: Page, run: () => Promise<unknown>): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const seconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN
  }
  const before = await seconds()
  await run()
  return ((await seconds()) - before) * 1000
}

void test('one VPC with two hundred nodes is drawn within two seconds', async t => {
  const { client, url, browser } = await visiting(t)
  const subnets = [1, 2, 3].map(i => ({ name: `net-${i}`, cidr: `10.0.${i}.0/24` }))
  const vpc = await client.create('vpc', { name: 'large', cidr: '10.0.0.0/16', subnets })
  const networks = (await client.list('subnet', { vpc: vpc.id })).items
  for (const { id } of networks) {
    for (let i = 0; i < 66; i++) await client.create('server', { name: `web-${i}`, subnet: id })
  }
  const page = await browser.open(`${url}/topology?vpc=${vpc.id}`, { language: 'en' })
  await page
    .getByRole('button', { name: /66 servers/ })
    .first()
    .waitFor()
  const ms = await workOf(page, () => page.evaluate(drawn))
  t.diagnostic(`${Math.round(ms)} ms`)
  assert.ok(ms <= 2000, `${ms} ms`)
})
