import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { readKeys } from '../../src/api/keys.ts'
import { causewayClient } from '../../src/client/client.ts'
import { directory } from '../api/running.ts'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt } from './person.ts'
import { staged } from './stage.ts'

let browser: Browser

suite('access keys in a browser', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    browser = await startBrowser()
  })
  after(() => browser?.close())

  test('the first key closes the door; whoever made it signs in with it, makes others and takes them away', async t => {
    const keysFile = join(await directory(t), 'keys.json')
    const { url } = await staged(t, { keysFile })
    const person = personAt(await browser.open(`${url}/keys`))
    const { page, dialog } = person
    const secretShown = dialog.filter({ hasText: '私钥' })
    await person.press('创建访问密钥')
    await dialog.getByText('创建此密钥后所有人都需要登录').waitFor()
    await dialog.getByRole('button', { name: '提交' }).click()
    await secretShown.waitFor()
    const [id = '', secret = ''] = await secretShown.locator('code').allTextContents()
    const [made] = await readKeys(keysFile)
    assert.deepEqual([made?.id, made?.role], [id, 'admin'])
    await secretShown.getByRole('button', { name: '我已复制' }).click()
    await page.getByLabel('用户名').fill(id)
    await page.getByLabel('密码').fill(secret)
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('heading', { level: 1, name: '访问密钥' }).waitFor()

    await person.press('创建访问密钥')
    await person.choose('角色', '只读')
    await dialog.getByRole('button', { name: '提交' }).click()
    await secretShown.waitFor()
    const [second = '', its = ''] = await secretShown.locator('code').allTextContents()
    await secretShown.getByRole('button', { name: '我已复制' }).click()
    const reader = causewayClient({ url, key: `${second}:${its}` })
    t.after(() => reader.close())
    await reader.status()
    const row = page.getByRole('row', { name: second })
    await row.getByText('只读').waitFor()
    await row.getByRole('button', { name: '删除' }).click()
    await page.getByRole('tooltip').getByRole('button', { name: '删除' }).click()
    await row.waitFor({ state: 'hidden' })
    await assert.rejects(reader.status())
    assert.deepEqual(
      (await readKeys(keysFile)).map(key => key.id),
      [id],
    )
  })
})
