import assert from 'node:assert/strict'
import { test } from 'node:test'
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
  await range.getByRole('columnheader', { name: '备用级别' }).waitFor()
  assert.equal(await range.getByRole('columnheader', { name: '转发策略' }).count(), 0)

  const person = personAt(page)
  await person.press('创建监听器')
  await person.pick('HTTPS')
  assert.equal(await person.dialog.getByLabel('端口', { exact: true }).inputValue(), '443')
  await person.pick('UDP')
  await person.fill('端口', '53')
  await person.dialog.getByText('显示高级选项').click()
  assert.equal(await person.dialog.getByRole('checkbox').count(), 1)
  await person.dialog.getByRole('checkbox', { name: '获取客户端 IP（透明代理）' }).waitFor()
  await person.send('提交')
  const { listeners } = await client.get('load-balancer', id)
  assert.deepEqual(
    listeners.map(({ protocol, port, check }) => `${protocol} ${port} ${check.protocol}`),
    ['http 80 tcp', 'tcp 9010 tcp', 'udp 53 udp'],
  )
  assert.deepEqual(browser.complaints, [])
})
