import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt } from './person.ts'
import { staged } from './stage.ts'

suite('pages that could not load as the server was away', { timeout: 300_000 }, () => {
  let browser: Browser
  before(async () => {
    await builtConsole()
    browser = await startBrowser()
  })
  after(() => browser?.close())

  test('a page whose server went away before it answered shows its content when the server is back', async t => {
    const stage = await staged(t)
    const page = await browser.open('about:blank')
    // Whatever the API is asked is kept waiting until the server is away.
    let letGo = () => {}
    const held = new Promise<void>(resolve => (letGo = resolve))
    await page.route('**/v1/**', async route => {
      await held
      await route.continue()
    })
    await page.goto(`${stage.url}/vpcs`)
    await page.getByRole('banner').waitFor()
    await stage.stop()
    letGo()
    await page.waitForTimeout(3000)
    await stage.start()
    await page.getByRole('cell', { name: 'shanghai', exact: true }).waitFor()
    await page.getByRole('banner').getByText('实时').waitFor()
  })

  test('pages and dialogs that are opened while the server is away come when it is back', async t => {
    const stage = await staged(t)
    const person = personAt(await browser.open(`${stage.url}/vpcs`))
    const { page } = person
    const known = page.getByRole('cell', { name: 'shanghai', exact: true })
    await known.waitFor()
    await stage.stop()
    await page.getByText('连接已断开').waitFor()
    // A list whose code is there, but not its content; a picture of which nothing is there.
    await person.open('NAT 网关')
    await page.getByRole('alert').getByText('服务器没有应答').waitFor()
    await stage.start()
    await page.getByRole('cell', { name: 'way-out', exact: true }).waitFor()
    await page.getByText('服务器没有应答').waitFor({ state: 'hidden' })

    await stage.stop()
    await page.getByText('连接已断开').waitFor()
    await page.getByRole('navigation').getByRole('link', { name: '拓扑' }).click()
    await page.waitForTimeout(1000)
    await stage.start()
    await page.getByRole('link', { name: /负载均衡器.*shop/ }).waitFor()
  })

  test('a list is there before all that belongs to it, and stays when some of that does not come until later', async t => {
    const stage = await staged(t)
    const page = await browser.open('about:blank')
    let isAway = true
    const asked = new Set<string>()
    await page.route('**/why-panel*', async route => {
      asked.add(route.request().resourceType())
      await (isAway ? route.abort() : route.continue())
    })
    await page.goto(`${stage.url}/load-balancers`)
    const row = page.getByRole('cell', { name: 'shop', exact: true })
    await row.waitFor()
    await page.waitForTimeout(1500)
    assert.ok(await row.isVisible())
    isAway = false
    await page.getByRole('button', { name: '为什么' }).first().waitFor()
    assert.deepEqual([...asked].sort(), ['script', 'stylesheet'])
  })

  test('a question that is asked while the server is away is put when it is back', async t => {
    const stage = await staged(t)
    const person = personAt(await browser.open(`${stage.url}/servers`))
    const { page } = person
    const menu = page.getByRole('button', { name: 'worker-1' })
    await menu.waitFor()
    await stage.stop()
    await page.getByText('连接已断开').waitFor()
    await menu.click()
    await page.getByRole('menuitem', { name: '删除' }).click()
    await page.waitForTimeout(1000)
    await stage.start()
    await person.dialog.getByRole('button', { name: '删除' }).waitFor()
  })
})
