import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { countBusy } from './busy.ts'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt } from './person.ts'
import { staged } from './stage.ts'

let browser: Browser

suite('the console in a browser', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    browser = await startBrowser()
  })
  after(() => browser?.close())

  test('whoever edits what somebody else changed meanwhile is told, and loses nothing', async t => {
    const { url, client, scene } = await staged(t)
    const [first, second] = [
      personAt(await browser.open(`${url}/vpcs/${scene.vpc}`)),
      personAt(await browser.open(`${url}/vpcs/${scene.vpc}`)),
    ]
    await first.press('修改')
    await second.press('修改')
    await first.fill('名称', 'first')
    await first.send('提交')
    await second.fill('描述', 'of the second')
    await second.dialog.getByRole('button', { name: '提交' }).click()
    const notice = second.dialog.getByRole('alert')
    await notice.getByText('其他人刚刚修改了它').waitFor()
    assert.match((await notice.textContent()) ?? '', /shanghai.*first/)
    assert.equal(await second.dialog.getByLabel('描述').inputValue(), 'of the second')
    await second.fill('名称', 'second')
    await second.send('在此基础上提交我的修改')
    const { name, description } = await client.get('vpc', scene.vpc)
    assert.deepEqual({ name, description }, { name: 'second', description: 'of the second' })
  })

  test('what is refused is shown at its field, in the language of the reader', async t => {
    const { url } = await staged(t)
    const person = personAt(await browser.open(url))
    await person.press('创建 VPC 网络')
    const range = person.dialog.getByLabel('IPv4 地址范围').first()
    await range.fill('10.0.0.1/16')
    await range.blur()
    await person.dialog.getByText('网段含有主机位').waitFor()
    await range.fill('8.8.0.0/16')
    await person.dialog.getByRole('button', { name: '立即创建' }).click()
    await person.page
      .locator('.ant-form-item', { has: person.page.getByLabel('IPv4 地址范围') })
      .getByText('应为私有网段')
      .waitFor()
    assert.equal(await range.inputValue(), '8.8.0.0/16')
  })

  test('an open page says that the server is away, and catches up when it is back', async t => {
    const stage = await staged(t)
    const person = personAt(await browser.open(`${stage.url}/vpcs`))
    const mark = person.page.getByRole('banner').getByRole('status')
    const known = person.page.getByRole('cell', { name: 'shanghai', exact: true })
    await mark.getByText('实时').waitFor()
    await known.waitFor()
    await stage.stop()
    await mark.getByText('连接已断开').waitFor()
    assert.ok(await known.isVisible(), 'what was read before stays on the page')
    await stage.start()
    await mark.getByText('实时').waitFor()
    await stage.client.create('vpc', { name: 'made-after-the-restart', cidr: '10.0.0.0/16' })
    await person.page.getByText('made-after-the-restart').waitFor()
  })

  test('a forgotten apply is counted, shown old and new, applied, and can be rolled back', async t => {
    const { url, client, scene } = await staged(t)
    const person = personAt(await browser.open(url))
    const { page } = person
    await page.getByRole('link', { name: '2 项待应用' }).click()
    const card = page.locator('.ant-card', { hasText: '安全组' })
    await card.getByText('443').waitFor()
    await card.getByRole('button', { name: '应用修改' }).click()
    await person.dialog.getByRole('columnheader', { name: '当前运行' }).waitFor()
    await person.send('应用修改')
    await page.getByRole('link', { name: '1 项待应用' }).waitFor()

    await page.goto(`${url}/security-groups/${scene.group}?tab=history`)
    const older = page.getByRole('row', { name: /^2 / })
    await older.getByRole('button', { name: '对比' }).click()
    await person.dialog.getByText('443').waitFor()
    await person.choose('对比的旧版本', '版本 1')
    await person.dialog.getByText('443').waitFor({ state: 'hidden' })
    await person.dialog.getByText('80', { exact: true }).first().waitFor()
    await person.dialog.getByRole('button', { name: '关闭' }).last().click()

    await client.children.add('security-group', scene.group, ['rules'], {
      name: 'lost',
      protocol: 'tcp',
      ports: '8443',
    })
    await older.getByRole('button', { name: '回滚到此版本' }).click()
    await person.dialog.getByText('443', { exact: true }).waitFor()
    await person.dialog.getByText('尚未应用的修改将会丢失').waitFor()
    await person.send('回滚到此版本')
    await page.getByRole('row', { name: /^4 运行中/ }).waitFor()
    const { rules } = await client.get('security-group', scene.group, 'live')
    assert.ok(!rules.some(({ ports }) => ports === '443'))
  })

  test('a backend that is not active says why, since when, and which address it sees', async t => {
    const { url, scene, report } = await staged(t)
    await report()
    const person = personAt(await browser.open(`${url}/load-balancers/${scene.balancer}`))
    const row = person.page.getByRole('row', { name: /198\.51\.100\.11/ })
    await row.getByText('不可用').waitFor()
    await row.getByText('连接被拒绝').waitFor()
    await row.getByText('后端看到的源地址：203.0.113.2').waitFor()
    await row.getByRole('button', { name: '为什么' }).click()
    await person.dialog.getByText('198.51.100.11 拒绝访问端口 80').waitFor()
    await person.dialog.getByText('已观察到').waitFor()
    await person.dialog.getByText('数据包路径').click()
    await person.dialog.getByText('发往公网').waitFor()
  })

  test('lists say what is not well, and why: balancers that lack backends, and addresses that nobody gets in by', async t => {
    const { url, client, scene, report } = await staged(t)
    await report()
    const { page, dialog } = personAt(await browser.open(`${url}/load-balancers`))
    await page
      .getByRole('row', { name: /shop.*3 个后端中 \d 个活跃/ })
      .getByRole('button', { name: '为什么' })
      .click()
    await dialog
      .getByText(/已观察到|已证实/)
      .first()
      .waitFor()
    // Port 2222 of the listener ssh waits in the draft, and nobody admits it.
    await page.goto(`${url}/eips`)
    const row = page.getByRole('row', { name: /shop.*公网无法访问/ })
    await row.getByRole('button', { name: '为什么' }).click()
    await dialog.getByText('已证实').first().waitFor()
    assert.equal(await page.getByRole('row', { name: /spare/ }).getByRole('button', { name: '为什么' }).count(), 0)
    await client.act('server', scene.server, 'stop')
    await page.goto(`${url}/servers`)
    await page
      .getByRole('row', { name: /worker-1/ })
      .getByRole('button', { name: '为什么' })
      .click()
    await dialog.getByRole('button', { name: '修复' }).waitFor()
  })

  test('what can be mended here is mended at the press of a button, once it was shown what that does', async t => {
    const { url, client, scene, report } = await staged(t)
    await report()
    const { page, dialog } = personAt(await browser.open(`${url}/load-balancers/${scene.balancer}`))
    await page.getByRole('row', { name: /local/ }).getByRole('button', { name: '为什么' }).click()
    await dialog.getByText('的后端 local').waitFor()
    await dialog.getByText('已证实').waitFor()
    await dialog.getByRole('button', { name: '修复' }).click()
    await dialog.getByText(/^设置 shop .*enabled = true$/).waitFor()
    await dialog.getByText(/^同时应用 shop .* 中等待的 1 项修改$/).waitFor()
    await dialog.getByRole('button', { name: '取消' }).click()
    const enabled = async () =>
      (await client.get('load-balancer', scene.balancer, 'live')).listeners[0]?.backends.at(-1)?.enabled
    assert.equal(await enabled(), false)
    await dialog.getByRole('button', { name: '修复' }).click()
    await dialog.getByRole('button', { name: '执行' }).click()
    await dialog.getByText('的后端 local').waitFor({ state: 'detached' })
    assert.equal(await enabled(), true)
  })

  test('a public IP and a server can be asked what is wrong with them, in English too', async t => {
    const { url, scene } = await staged(t)
    const { page, dialog } = personAt(await browser.open(`${url}/eips/${scene.eip}`, { language: 'en' }))
    await page.getByRole('button', { name: /Diagnose|Why/ }).click()
    await dialog.getByText(/^nobody holds spare/).waitFor()
    await page.goto(`${url}/servers/${scene.server}`)
    await page.getByRole('button', { name: /Diagnose|Why/ }).click()
    await dialog.getByText(/would let TCP 443 pass/).waitFor()
    await dialog.getByRole('button', { name: 'Mend it' }).waitFor()
  })

  test('a backend shows what it went through: as a picture, in percent, and turn by turn', async t => {
    const { url, client, scene, report } = await staged(t)
    await report()
    const person = personAt(await browser.open(`${url}/load-balancers/${scene.balancer}`))
    const { page } = person
    await page
      .getByRole('row', { name: /198\.51\.100\.11/ })
      .getByRole('button', { name: '健康记录' })
      .click()
    const drawer = page.getByRole('dialog', { name: /beijing-2/ })
    const strip = drawer.getByRole('list', { name: '状态变化' })
    await strip.getByRole('listitem', { name: /^不可用 · HTTP 503 · .* · 58 分$/ }).waitFor()
    assert.equal(await strip.getByRole('listitem').count(), 6)
    // Out for 62 minutes, in part on its way back, and for the last two.
    await drawer.getByText(/^95\.\d+ %$/).waitFor()
    await drawer.getByRole('row', { name: /不可用.*连接被拒绝.*活跃.*10 小时 34 分/ }).waitFor()
    const { listeners } = await client.get('load-balancer', scene.balancer)
    const backend = listeners[0]?.backends.find(({ name }) => name === 'beijing-2')?.id ?? ''
    const { items } = await client.history(scene.balancer, backend)
    assert.equal(await drawer.getByRole('row').count(), items.length + 1)
    await drawer.getByText('7 天').click()
    await strip.getByRole('listitem', { name: /^未知/ }).waitFor()
  })

  test('a right click, a search and an action on several at once', async t => {
    const { url, client } = await staged(t)
    const person = personAt(await browser.open(`${url}/vpcs`))
    const { page } = person
    await page.getByRole('searchbox', { name: '搜索' }).fill('intra')
    await page.keyboard.press('Enter')
    await page.getByText('共 1 项').waitFor()
    assert.match(page.url(), /search=intra/)
    await page.getByRole('row', { name: /intranet/ }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: '删除' }).click()
    await person.dialog.getByRole('button', { name: '删除' }).click()
    await page.getByText('没有符合条件的资源').waitFor()

    await page.goto(`${url}/load-balancers`)
    await page.getByRole('row', { name: /shop/ }).getByRole('checkbox').check()
    await person.press('更多操作')
    await page.getByRole('menuitem', { name: '应用修改' }).click()
    await page.getByText('修改已应用').waitFor()
    assert.ok((await client.list('load-balancer')).items.every(({ applied }) => applied))
  })

  test('the language is that of the browser, and can be changed', async t => {
    const { url, report } = await staged(t)
    const page = await browser.open(`${url}/nat-gateways`, { language: 'en' })
    await page.getByRole('heading', { name: 'NAT gateway' }).waitFor()
    await page.getByRole('button', { name: '中文' }).click()
    await page.getByRole('heading', { name: 'NAT 网关' }).waitFor()
    // A machine that is silent for long counts as gone.
    await report()
    await page.getByRole('row', { name: /way-out.*活跃/ }).waitFor()
  })

  test('a list of a thousand takes less than a second of the processor, and a first visit takes at most 400 KiB', async t => {
    const { url, client } = await staged(t)
    for (let i = 0; i < 1000; i++) await client.create('ip-set', { name: `set-${i}`, type: 'ip', members: [] })
    const page = await browser.open('about:blank')
    let bytes = 0
    page.on('response', response => {
      const path = new URL(response.url()).pathname
      if (!path.startsWith('/v1')) bodies.push(response.body())
    })
    const bodies: Promise<Buffer>[] = []
    await page.goto(`${url}/ip-sets`)
    await page.getByText('共 1001 项').waitFor()
    for (const body of await Promise.all(bodies)) bytes += gzipSync(body, { level: 9 }).length
    assert.ok(bytes <= 400 * 1024, `${bytes} bytes`)
    const busyMs = await countBusy(page)
    const busyBefore = await busyMs()
    await page.reload()
    await page.getByText('共 1001 项').waitFor()
    const took = (await busyMs()) - busyBefore
    assert.ok(took > 0 && took < 1000, `${took} ms of the processor`)
  })

  test('no script runs but those that the server sent', async t => {
    const { url } = await staged(t)
    const page = await browser.open(url)
    await page.getByRole('heading', { name: 'VPC 网络' }).waitFor()
    const said = page.waitForEvent('console')
    const write = `const script = document.createElement('script'); script.textContent = 'window.ran = true'`
    assert.equal(
      await page.evaluate(`(() => { ${write}; document.head.append(script); return 'ran' in window })()`),
      false,
    )
    assert.match((await said).text(), /script-src 'self'/)
    assert.deepEqual(browser.complaints.splice(0), [(await said).text()])
  })

  test('no page complained', () => assert.deepEqual(browser.complaints, []))
})
