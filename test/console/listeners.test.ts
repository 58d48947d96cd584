import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type } from '../cli/trial.ts'
import { personAt } from './person.ts'
import { visiting } from './visiting.ts'

test('a listener shows where it leads, its ports and what is unusual of it, and a new one begins with what its protocol takes', async t => {
  const { url, client, browser } = await visiting(t)
  const { id } = await client.create('load-balancer', {
    name: 'front',
    eips: [{}],
    listeners: [
      { port: 80, options: ['redirect-to-https'], redirectStatus: 308 },
      {
        protocol: 'tcp',
        port: 9010,
        lastPort: 9019,
        clientLimits: { connections: 5 },
        backends: [{ address: '198.18.0.7', port: 9010, backup: true, backupTier: 2 }],
      },
    ],
  })
  const page = await browser.open(`${url}/load-balancers/${id}`)
  const redirect = page.getByRole('article').filter({ hasText: 'HTTP : 80' })
  await redirect.getByText('重定向状态码: 308 · 重定向端口: 443').waitFor()
  assert.equal(await redirect.getByRole('button', { name: '添加后端' }).count(), 0)
  const range = page.getByRole('article').filter({ hasText: 'TCP : 9010–9019' })
  await range.getByText('单客户端限制: 并发连接数 5').waitFor()
  const backup = range.getByRole('row', { name: '198.18.0.7:9010' })
  await backup.getByText('备用级别: 2').waitFor()
  assert.equal(await backup.getByText('转发策略').count(), 0)

  const person = personAt(page)
  await person.press('创建监听器')
  await person.pick('HTTPS')
  assert.equal(await person.dialog.getByLabel('端口', { exact: true }).inputValue(), '443')
  assert.equal(await person.dialog.getByText('服务器证书').count(), 1)
  await person.dialog.getByRole('button', { name: '提交' }).click()
  await person.dialog.locator('.ant-form-item', { hasText: '服务器证书' }).getByText('必填').waitFor()
  await person.pick('UDP')
  await person.fill('端口', '53')
  await person.dialog.getByText('显示高级选项').click()
  // What is refused on a protocol is not offered there.
  assert.equal(await person.dialog.getByRole('checkbox').count(), 1)
  for (const [group, offered] of [
    ['负载方式', 2],
    ['会话保持', 2],
    ['场景', 2],
  ] as const)
    assert.equal(
      await person.dialog.getByRole('radiogroup', { name: group }).getByRole('radio').count(),
      offered,
      group,
    )
  await person.dialog.getByRole('checkbox', { name: '获取客户端 IP（透明代理）' }).waitFor()
  await person.send('提交')
  const { listeners } = await client.get('load-balancer', id)
  assert.deepEqual(
    listeners.map(({ protocol, port, check }) => `${protocol} ${port} ${check.protocol}`),
    ['http 80 tcp', 'tcp 9010 tcp', 'udp 53 udp'],
  )
  assert.deepEqual(browser.complaints, [])
})

test('a backend with much to tell is seen whole, with its buttons, in either language and on a small screen', async t => {
  const { url, client, browser } = await visiting(t)
  const policy = await client.create('forward-policy', { name: 'pictures-and-downloads' })
  const { id } = await client.create('load-balancer', {
    name: 'front',
    eips: [{}],
    listeners: [
      {
        port: 80,
        backends: [
          { name: 'guangzhou-production-frontend-2', address: '198.51.100.111', port: 8080, policy: policy.id },
          { name: '成都机房备用后端', address: '198.51.100.112', port: 8080, backup: true, maxConnections: 50_000 },
        ],
      },
    ],
  })
  await client.patch('load-balancer', id, { headerSizeKb: 16 })
  for (const language of ['en', 'zh-CN'] as const) {
    for (const width of [1280, 1024]) {
      const page = await browser.open(`${url}/load-balancers/${id}`, { language, width })
      const row = page.getByRole('row', { name: '198.51.100.111:8080' })
      await row.getByRole('link', { name: 'pictures-and-downloads' }).waitFor()
      const last = await row.getByRole('button').last().boundingBox()
      const table = await row.locator('xpath=ancestor::div[contains(@class, "ant-table-wrapper")]').boundingBox()
      assert.ok(last && table && last.x + last.width <= table.x + table.width, `${language} ${width}`)
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
      // Nor is a figure cut in two, whatever it is called.
      const size = page.locator('.facts .ant-descriptions-item-content').filter({ hasText: /^16$/ })
      // What waits is told in a row of its own where there is no room, and tears no buttons apart.
      await page.locator('.apply-banner').waitFor()
      const buttons = await page.locator('.page-actions > .ant-flex button').all()
      assert.equal(buttons.length, 3)
      const rows = await Promise.all(buttons.map(async each => (await each.boundingBox())?.y))
      assert.equal(new Set(rows).size, 1, `${language} ${width} ${rows.join()}`)
      const box = await size.boundingBox()
      assert.ok(box && box.width >= 40, `${language} ${width} ${JSON.stringify(box)}`)
      await page.context().close()
    }
  }
  assert.deepEqual(browser.complaints, [])
})

test('what a removed backend still has is told above the listeners, by the command line too', async t => {
  const { url, client, agent, browser } = await visiting(t)
  const listeners = [80, 81, 82, 83, 84].map(port => ({ port, backends: [{ address: '198.51.100.10', port }] }))
  const { id } = await client.create('load-balancer', { name: 'front', eips: [{}], listeners })
  const since = new Date().toISOString()
  const left = { state: 'draining', reason: '', since, seenAs: [], requests: 9, queued: 0, removedFrom: id } as const
  const report = { host: 'one', synced: 1e6, failures: {}, events: [], counters: {} }
  await agent.agent.report({ ...report, backends: { 'lbb-gone': { ...left, sessions: 3 } } })
  const page = await browser.open(`${url}/load-balancers/${id}`)
  const alert = page.getByRole('alert').filter({ hasText: '已移除但仍有连接的后端' })
  await alert.getByText('剩余 3 个连接').waitFor()
  const [box, first] = [await alert.boundingBox(), await page.getByRole('article').first().boundingBox()]
  assert.ok(box && first && box.y + box.height <= first.y, JSON.stringify([box, first]))
  const { out } = await type(['--url', url, 'get', 'lb', 'front'])
  assert.match(out, /^Removed backends that still have connections\nID .*\nlbb-gone +draining +3 connections left$/m)
})

test('of backups it is seen which stands by and which serves, by the command line too', async t => {
  const { url, client, agent, browser } = await visiting(t)
  const backup = (name: string, backupTier: number) => {
    return { name, address: `198.51.100.1${backupTier}`, port: 80, backup: true, backupTier }
  }
  const backends = [{ name: 'near', address: '198.51.100.10', port: 80 }, backup('far', 1), backup('third', 2)]
  const front = await client.create('load-balancer', { name: 'front', eips: [{}], listeners: [{ port: 80, backends }] })
  const since = new Date().toISOString()
  const known = { reason: '', since, seenAs: [], sessions: 0, requests: 0, queued: 0 }
  const ids = front.listeners[0]?.backends.map(({ id }) => id) ?? []
  const states = ['unavailable', 'active', 'active'] as const
  const statuses = states.map((state, i) => [ids[i] ?? '', { ...known, state }] as const)
  const report = { host: 'one', synced: 1e6, failures: {}, events: [], counters: {} }
  await agent.agent.report({ ...report, backends: Object.fromEntries(statuses) })
  const page = await browser.open(`${url}/load-balancers/${front.id}`)
  await page.getByRole('row', { name: 'far' }).getByText('正在接替').waitFor()
  await page.getByRole('row', { name: 'third' }).getByText('待命').waitFor()
  const { out } = await type(['--url', url, 'get', 'lb', 'front'])
  assert.match(out, / far .* active +stands in for those before it .*\n.* third .* active +stands by /)
})
