import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, suite, test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { addUser } from '../../src/api/users.ts'
import { causewayClient } from '../../src/client/client.ts'
import { directory } from '../api/running.ts'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { staged } from './stage.ts'

const password = 'correct horse'
let browser: Browser

suite('who may use the console', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    browser = await startBrowser()
  })
  after(() => browser?.close())

  /** A server with two people in it. */
  async function guarded(t: TestContext) {
    const usersFile = join(await directory(t), 'users.json')
    await addUser(usersFile, 'ming', 'operator', password)
    await addUser(usersFile, 'guest', 'read-only', password)
    return staged(t, { usersFile })
  }

  test('people sign in and out, and a wrong password is told', async t => {
    const { url } = await guarded(t)
    const page = await browser.open(`${url}/eips?search=shop`)
    await signIn(page, 'ming', 'wrong horse')
    await page.getByRole('alert').getByText('用户名或密码错误').waitFor()
    await signIn(page, 'ming', password)
    await page.getByRole('heading', { name: '公网 IP' }).waitFor()
    assert.match(page.url(), /\/eips\?search=shop$/, 'on to where one was going')

    const [cookie] = await page.context().cookies()
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite, cookie?.secure], [true, 'Strict', false])
    assert.equal(await page.evaluate('document.cookie'), '', 'scripts do not see the session')
    await page.getByRole('button', { name: '退出登录' }).click()
    await page.getByLabel('用户名').waitFor()
    assert.deepEqual(await page.context().cookies(), [])
    await page.goBack()
    await page.getByLabel('用户名').waitFor()
    assert.equal(await page.getByRole('table').count(), 0, 'nothing of what was shown is left')
  })

  test('whoever guesses is told how long to wait, and may try again then', async t => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { url } = await guarded(t)
    const guesser = causewayClient({ url })
    t.after(() => guesser.close())
    const guess = (text: string) => assert.rejects(guesser.session.signIn({ user: 'ming', password: text }))
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(guess))
    for (let seconds = 1; seconds < 128; seconds *= 2) {
      t.mock.timers.tick(seconds * 1000)
      await guess(`after ${seconds} seconds`)
    }
    const page = await browser.open(url)
    await page.clock.install()
    await signIn(page, 'ming', password)
    const timer = page.getByRole('timer')
    await timer.getByText(/^请在 2 分 \d 秒后重试。$/).waitFor()
    const button = page.getByRole('button', { name: '登录' })
    assert.ok(await button.isDisabled())
    await page.clock.fastForward(80_000)
    await timer.getByText(/^请在 \d\d 秒后重试。$/).waitFor()
    await page.clock.fastForward(60_000)
    await timer.waitFor({ state: 'hidden' })
    t.mock.timers.tick(128_000)
    await button.click()
    await page.getByRole('heading', { name: 'VPC 网络' }).waitFor()
  })

  test('who may only look sees everything, and is offered nothing that changes it', async t => {
    const { url, scene } = await guarded(t)
    const page = await browser.open(`${url}/load-balancers/${scene.balancer}`)
    await signIn(page, 'guest', password)
    await page.getByRole('row', { name: /198\.51\.100\.10/ }).waitFor()
    for (const name of ['修改', '更多操作', '创建监听器', '添加后端', '应用修改', '禁用']) {
      assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name)
    }
  })

  test('a session that ends elsewhere ends here too, and leads back after the next sign-in', async t => {
    const { url } = await guarded(t)
    const page = await browser.open(`${url}/vpcs`)
    await signIn(page, 'ming', password)
    // Nothing more is asked once the page is complete: who notices is the click.
    await page.getByRole('row', { name: /shanghai/ }).waitFor()
    await page.getByRole('banner').getByText('实时').waitFor()
    const link = page.getByRole('navigation').getByRole('link', { name: 'NAT 网关', exact: true })
    await link.hover()
    await page.context().clearCookies()
    await link.click()
    await signIn(page, 'ming', password)
    await page.getByRole('row', { name: /way-out/ }).waitFor()
  })

  test('no page complained', () => assert.deepEqual(browser.complaints, []))
})

async function signIn(page: Page, user: string, secret: string): Promise<void> {
  await page.getByLabel('用户名').fill(user)
  await page.getByLabel('密码').fill(secret)
  await page.getByRole('button', { name: '登录' }).click()
}
