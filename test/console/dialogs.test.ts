import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt } from './person.ts'
import { staged } from './stage.ts'

let browser: Browser

suite('the dialogs of the console', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    browser = await startBrowser()
  })
  after(() => browser?.close())

  test('several destinations make a route each; where one is refused, none is made', async t => {
    const { url, client, scene } = await staged(t)
    const person = personAt(await browser.open(`${url}/route-tables/${scene.routeTable}`))
    const destinations = async () => (await client.get('route-table', scene.routeTable)).routes.map(r => r.destination)
    await person.press('添加路由')
    await person.fill('目标网络', '198.51.100.10, 198.51.100.0/33')
    await person.dialog.getByRole('button', { name: '提交' }).click()
    await person.dialog.getByText('应为 IPv4 网段').waitFor()
    await person.dialog.getByLabel('目标网络').press('Backspace')
    await person.fill('目标网络', '198.51.100.64/26 0.0.0.0/0')
    await person.dialog.getByRole('button', { name: '提交' }).click()
    await person.dialog.getByText(/^0\.0\.0\.0\/0: /).waitFor()
    assert.deepEqual(await destinations(), ['0.0.0.0/0'])
    await person.dialog.getByLabel('目标网络').press('Backspace')
    await person.send('提交')
    assert.deepEqual(await destinations(), ['0.0.0.0/0', '198.51.100.10/32', '198.51.100.64/26'])
  })

  test('Escape closes what nothing was typed into, and nothing else', async t => {
    const { url } = await staged(t)
    const person = personAt(await browser.open(`${url}/vpcs`))
    const name = person.dialog.getByLabel('名称', { exact: true }).first()
    await person.press('创建')
    await name.press('Escape')
    await person.dialog.waitFor({ state: 'hidden' })
    await person.press('创建')
    await name.fill('office')
    await name.press('Escape')
    // Whatever a key sets off is over before the next one.
    await name.press('s')
    assert.equal(await name.inputValue(), 'offices')
    await person.dialog.getByRole('button', { name: '取消' }).click()
    await person.dialog.waitFor({ state: 'hidden' })
  })

  test('several private networks make an SNAT rule each', async t => {
    const { url, client, scene } = await staged(t)
    const gateway = await client.create('nat-gateway', { name: 'second', vpc: scene.vpc, eips: [{}] })
    const person = personAt(await browser.open(`${url}/nat-gateways/${gateway.id}`))
    await person.press('添加规则')
    await person.choose('私有网络', 'web')
    await person.choose('私有网络', 'data')
    await person.send('提交')
    const { snatRules } = await client.get('nat-gateway', gateway.id)
    assert.equal(new Set(snatRules.map(({ target }) => target)).size, 2)
    assert.ok(snatRules.every(({ eips }) => eips[0] === gateway.eips[0]))
  })

  test('a public IP is bound from its menu, and unbound, with force where rules use it', async t => {
    const { url, client, scene } = await staged(t)
    const { address } = await client.get('eip', scene.eip)
    const person = personAt(await browser.open(`${url}/eips?search=spare`))
    const { page, dialog } = person
    const row = page.getByRole('row', { name: /spare/ })
    await row.getByRole('button', { name: '操作' }).click()
    await page.getByRole('menuitem', { name: '绑定到…' }).click()
    await person.pick('VPC 网络')
    await dialog.getByRole('combobox', { name: 'VPC 网络' }).click()
    await page.locator('.ant-select-dropdown:visible .ant-empty').waitFor()
    await person.pick('NAT 网关')
    await person.choose('NAT 网关', 'way-out')
    await person.send('提交')
    await row.getByText('已分配').waitFor()
    assert.ok((await client.get('nat-gateway', scene.gateway)).eips.includes(scene.eip))

    await client.children.add('nat-gateway', scene.gateway, ['dnatRules'], {
      eip: scene.eip,
      port: '8080',
      toAddress: '192.168.0.9',
      toPort: '80',
    })
    await page.goto(`${url}/eips/${scene.eip}`)
    await page.getByRole('heading', { name: 'spare' }).waitFor()
    await person.press('更多操作')
    await page.getByRole('menuitem', { name: '解绑' }).click()
    await dialog.getByRole('button', { name: '解绑' }).click()
    await dialog.getByText(/未绑定到此 NAT 网关/).waitFor()
    await dialog.getByRole('button', { name: '强制解绑' }).click()
    await page.getByText('可用', { exact: true }).waitFor()
    const { eips, dnatRules } = await client.get('nat-gateway', scene.gateway)
    const used = dnatRules.some(({ eip }) => eip === scene.eip)
    assert.deepEqual([eips.includes(scene.eip), used], [false, false], `${address} is free`)
  })

  test('what matters only with another choice is asked for only then, and is not sent without', async t => {
    const { url, client, scene } = await staged(t)
    const person = personAt(await browser.open(`${url}/security-groups/${scene.group}`))
    const { dialog } = person
    await person.press('添加规则')
    assert.equal(await dialog.getByLabel('端口').count(), 0)
    await person.choose('协议', 'TCP')
    await person.fill('端口', '8443')
    await dialog.getByText('目标端口').waitFor()
    await person.choose('协议', 'ICMP')
    await dialog.getByLabel('端口').waitFor({ state: 'hidden' })
    await person.fill('ICMP 类型', '13')
    await person.send('提交')
    const { rules } = await client.get('security-group', scene.group)
    const { protocol, ports, icmpType } = rules.at(-1) ?? {}
    assert.deepEqual({ protocol, ports, icmpType }, { protocol: 'icmp', ports: null, icmpType: 13 })

    await person.page.goto(`${url}/load-balancers/${scene.balancer}`)
    await person.page.getByRole('button', { name: '修改 web' }).click()
    assert.equal(await dialog.getByLabel('检查路径').inputValue(), '/healthz')
    await person.choose('检查方式', 'TCP')
    await dialog.getByLabel('检查路径').waitFor({ state: 'hidden' })
    await person.send('提交')
    const [listener] = (await client.get('load-balancer', scene.balancer)).listeners
    assert.deepEqual([listener?.check.protocol, listener?.check.path], ['tcp', '/healthz'])
  })

  test('no page complained', () => assert.deepEqual(browser.complaints, []))
})
