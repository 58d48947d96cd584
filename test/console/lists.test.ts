import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import { serve, type Server } from '../../src/api/serve.ts'
import { causewayClient } from '../../src/client/client.ts'
import { kindNames, kinds, type KindName } from '../../src/model/kinds.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { order, samples } from '../api/one-of-each.ts'
import { prepared } from '../api/running.ts'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt } from './person.ts'

const store = memoryStore()
let server: Server
let browser: Browser
let page: Page
const made: Partial<Record<KindName, string>> = {}

suite('lists of every kind', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    server = await serve({ store: await prepared(store), listen: { host: '127.0.0.1', port: 0 } })
    const client = causewayClient({ url: server.url })
    for (const kind of order) {
      const body = { ...samples[kind].create(made), tags: ['seen'] }
      made[kind] = (await client.create(kind, { name: `a ${kind}`, ...body })).id
    }
    client.close()
    browser = await startBrowser()
    page = await browser.open(`${server.url}/vpcs`)
  })
  after(async () => {
    await browser?.close()
    await server?.close()
    await store.close()
  })

  test('a list is searched, narrowed, sorted and given columns, and its address says so', async () => {
    const id = made.vpc ?? ''
    const row = page.getByRole('row', { name: id })
    await row.waitFor()
    await page.getByRole('searchbox', { name: '搜索' }).fill(id)
    await page.keyboard.press('Enter')
    await page.waitForURL(/search=/)
    await row.waitFor()
    await page.getByRole('searchbox', { name: '标签' }).fill('never')
    await page.keyboard.press('Enter')
    await page.getByText('没有符合条件的资源').waitFor()
    await page.getByRole('link', { name: '清除筛选' }).click()
    await page.getByRole('combobox', { name: '状态' }).click()
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: '更新中' }).click()
    await page.waitForURL(/state=pending/)
    await row.waitFor()
    await page.getByRole('columnheader', { name: '名称' }).click()
    await page.waitForURL(/sort=name/)
    await page.getByRole('button', { name: /列$/ }).click()
    await page.getByRole('checkbox', { name: '创建时间' }).check()
    await page.getByRole('columnheader', { name: '创建时间' }).waitFor()
    await page.reload()
    await page.getByRole('columnheader', { name: '创建时间' }).waitFor()
    await row.waitFor()
  })

  for (const kind of kindNames)
    test(`${kinds[kind].label.zh}: edited by a right click, opened from the menu of its row, every tab`, async () => {
      const { label } = kinds[kind]
      await page.getByRole('navigation').getByRole('link', { name: label.zh, exact: true }).click()
      await page.getByRole('heading', { level: 1, name: label.zh, exact: true }).waitFor()
      const row = page.getByRole('row', { name: made[kind] ?? '' })
      const dialog = page.getByRole('dialog')
      await row.click({ button: 'right' })
      await page.getByRole('menuitem', { name: '修改', exact: true }).click()
      assert.equal(await dialog.getByLabel('名称', { exact: true }).first().inputValue(), `a ${kind}`)
      await dialog.getByLabel('描述').fill('seen')
      await dialog.getByRole('button', { name: '提交' }).click()
      await dialog.waitFor({ state: 'hidden' })

      await row.getByRole('button', { name: `a ${kind} 的操作` }).click()
      await page.getByRole('menuitem', { name: '查看' }).click()
      await page.getByRole('heading', { level: 1, name: `a ${kind}` }).waitFor()
      await page.getByText('seen').first().waitFor()
      for (const tab of await page.getByRole('tablist').first().getByRole('tab').all()) await tab.click()
      assert.equal(await page.locator('#content').getByRole('alert').count(), 0)
    })

  test('and away with all of them at once, what is in use last', async () => {
    for (const kind of [...order].reverse()) {
      const name = kinds[kind].label.zh
      await personAt(page).open(name)
      const row = page.getByRole('row', { name: made[kind] ?? '' })
      await row.getByRole('checkbox').check()
      await page.getByRole('button', { name: '更多操作' }).click()
      await page.getByRole('menuitem', { name: '删除' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
      await row.waitFor({ state: 'hidden' })
    }
  })

  test('no page complained', () => assert.deepEqual(browser.complaints, []))
})
