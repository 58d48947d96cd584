import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt } from './person.ts'
import { staged } from './stage.ts'

let browser: Browser

suite('policy tests and losses, in the console', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    browser = await startBrowser()
  })
  after(() => browser?.close())

  test('one is stated, shows how it stands, and holds back an apply that breaks it until that is forced', async t => {
    const { url, client, scene } = await staged(t)
    await client.act('security-group', scene.group, 'discard')
    const person = personAt(await browser.open(`${url}/policy-tests`))
    const { page, dialog } = person
    await person.press('创建')
    await person.fill('名称', 'shop-is-open')
    await person.pick('必须可访问', '要求')
    await person.pick('公网', '来源')
    await person.pick('负载均衡器', '目标')
    await person.choose('负载均衡器', 'shop')
    await person.fill('端口', '80')
    await person.send('立即创建')
    const row = page.getByRole('row', { name: /shop-is-open/ })
    await row.getByText('符合').waitFor()

    await client.patch('security-group', scene.group, { rules: [{ protocol: 'tcp', ports: '443' }] })
    await page.goto(`${url}/security-groups/${scene.group}`)
    await page.getByRole('button', { name: '应用修改' }).click()
    await dialog.getByText('违反可达性测试 shop-is-open').waitFor()
    await dialog.getByText(/必须可通过 TCP 80 访问 shop .*但无法到达/).waitFor()
    const apply = dialog.getByRole('button', { name: '应用修改' })
    assert.ok(await apply.isDisabled())
    await dialog.getByRole('checkbox', { name: /^即使违反可达性测试也应用/ }).check()
    await apply.click()
    await dialog.waitFor({ state: 'hidden' })
    await page.goto(`${url}/policy-tests`)
    await row.getByText('违反').hover()
    await page
      .getByRole('tooltip')
      .getByText(/必须可通过 TCP 80 访问 shop/)
      .waitFor()
    const [last] = (await client.operations({ do: 'apply' })).items
    assert.equal(last?.forced, true)
    await page.goto(`${url}/operations`)
    await page.getByRole('row', { name: /应用/ }).first().getByText('强制').waitFor()
  })

  test('what would be lost without something is asked from its menu, or beside a part of it', async t => {
    const { url, client, scene } = await staged(t)
    await client.patch('security-group', scene.group, { rules: [{ protocol: 'tcp', ports: '80' }] })
    await client.apply('security-group', scene.group)
    const { page, dialog } = personAt(await browser.open(`${url}/nat-gateways/${scene.gateway}`))
    await page.getByRole('button', { name: '更多操作' }).click()
    await page.getByRole('menuitem', { name: '如果没有它？' }).click()
    await dialog.getByText('如果没有 way-out？').waitFor()
    await dialog.getByRole('row', { name: /198\.51\.100\.10:80 .*无法到达/ }).waitFor()
    await dialog.getByRole('button', { name: '关闭' }).last().click()

    await page.goto(`${url}/load-balancers/${scene.balancer}`)
    const listener = page.getByRole('article', { name: 'web' })
    await listener.getByRole('button', { name: '如果没有它？' }).first().click()
    await dialog.getByText('shop 的监听器 web (HTTP 80) 将没有可用后端').waitFor()
    assert.equal((await client.get('load-balancer', scene.balancer)).listeners[0]?.enabled, true)
  })
})
