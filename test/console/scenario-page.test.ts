import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns } from '../../src/demo/world.ts'
import { startLab, type Lab } from '../packets/lab.ts'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'

const backends = plan.regions.flatMap(region =>
  region.servers.map((address, i) => `${region.name}-${i + 1} ${address}:80`),
)
let lab: Lab
let browser: Browser

suite('the guide to a service across the internet', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    lab = await startLab()
    browser = await startBrowser()
  })
  after(async () => {
    await browser?.close()
    await lab?.close()
  })

  for (const [topology, choice] of [
    ['a', /^A：/],
    ['b', /^B：/],
  ] as const) {
    test(`topology ${topology}: from a few answers to backends that are active and serve, and away again`, async () => {
      const page = await browser.open(`${lab.url}/scenario`)
      await page.getByRole('radio', { name: choice }).check()
      await page.getByRole('textbox', { name: '名称' }).fill(`guide-${topology}`)
      await page.getByRole('button', { name: '下一步' }).click()
      await page.getByText('至少填写一个后端').waitFor()
      await page.getByRole('textbox', { name: '后端' }).fill(backends.join('\n'))
      await page.getByRole('textbox', { name: '健康检查路径' }).fill('/healthz')
      await page.getByRole('button', { name: '下一步' }).click()
      await page.getByText(topology === 'a' ? '添加 SNAT 规则' : '下一跳选择路由器').waitFor()
      assert.equal((await lab.client.list('load-balancer', { search: `guide-${topology}` })).total, 0)

      await page.getByRole('button', { name: '立即创建' }).click()
      await page.getByText('已全部创建并应用。').waitFor()
      await page.getByText('全部 4 个后端均为活跃。').waitFor({ timeout: 60_000 })
      await page.getByRole('link', { name: /负载均衡器.*活跃/ }).waitFor()
      const [url = ''] = /http:\/\/[\d.]+\//.exec(await page.getByText(/http:\/\//).innerText()) ?? []
      const pages = await lab.at(clientNetns).pages(url, 8)
      assert.equal(new Set(pages.map(each => JSON.stringify(each))).size, 4)

      await page.reload()
      await page.getByRole('button', { name: '全部撤销' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '全部撤销' }).click()
      await page.getByText('已撤销全部内容。').waitFor()
      assert.equal((await lab.client.list('vpc', { search: `guide-${topology}` })).total, 0)
      assert.deepEqual(browser.complaints, [])
    })
  }
})
