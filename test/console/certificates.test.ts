import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { certificateFor } from '../certificate-maker.ts'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt } from './person.ts'
import { staged } from './stage.ts'

let browser: Browser

suite('certificates in the console', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    browser = await startBrowser()
  })
  after(() => browser?.close())

  test('one that a directory is to issue is asked for by its names, and says what it waits for', async t => {
    const { url, client } = await staged(t)
    const person = personAt(await browser.open(`${url}/certificates`))
    const { page, dialog } = person
    await person.press('创建')
    await person.fill('名称', 'issued')
    await dialog.getByRole('switch', { name: 'ACME 自动签发' }).click()
    await dialog.getByRole('combobox', { name: '域名' }).fill('shop.example')
    await page.keyboard.press('Enter')
    await person.send('创建')
    const row = page.getByRole('row', { name: /issued/ })
    await row.getByText('等待签发').waitFor()
    const [made] = (await client.list('certificate', { search: 'issued' })).items
    assert.deepEqual(made?.acme?.names, ['shop.example'])
    await person.enter('issued')
    // Nobody has to point at something to be told why.
    await page.locator('.facts td', { hasText: '等待签发' }).getByText('尚无已发布的监听器使用它').waitFor()
    assert.equal(await page.getByText('-----BEGIN').count(), 1, 'the placeholder, and no key')
    // The long text takes room from none of the facts.
    const fact = page.locator('.facts td', { hasText: '到期时间' })
    const [told, long] = [await fact.boundingBox(), await page.locator('pre', { hasText: '-----BEGIN' }).boundingBox()]
    assert.match(await fact.innerText(), /到期时间：?\s*\d{4}年\d+月\d+日 \d\d:/)
    assert.ok(told && long && told.height < 100 && long.y > told.y, JSON.stringify([told, long]))
  })

  test('one that ends soon is marked in the list, and on the listeners that use it', async t => {
    const { url, client, scene } = await staged(t)
    const notAfter = new Date(Date.now() + 5.5 * 86_400_000).toISOString().replace(/\.\d+/, '')
    const old = await client.create('certificate', { name: 'old', ...certificateFor({ notAfter }) })
    const fine = await client.create('certificate', { name: 'fine', ...certificateFor() })
    const listener = { name: 'tls', protocol: 'https', port: 8443, certificates: [old.id, fine.id] }
    await client.children.add('load-balancer', scene.balancer, ['listeners'], listener)
    const { page } = personAt(await browser.open(`${url}/certificates`))
    await page.getByRole('row', { name: /old/ }).getByText('即将到期').waitFor()
    assert.equal(await page.getByText('即将到期').count(), 1)
    await page.goto(`${url}/load-balancers/${scene.balancer}`)
    const article = page.getByRole('article', { name: 'tls' })
    await article.getByText('即将到期').waitFor()
    await article.locator('.listener-head').getByRole('link', { name: 'old' }).waitFor()
    assert.equal(await article.locator('.listener-head').getByRole('link', { name: 'fine' }).count(), 0)
  })
})
