import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logging, written } from '../api/logging.ts'
import { personAt } from './person.ts'
import { visiting } from './visiting.ts'

void test('the access log is switched on, followed, filtered, and explained', async t => {
  const visit = await visiting(t)
  const { host, id } = await logging(t, visit, {})
  const page = await visit.browser.open(`${visit.url}/load-balancers/${id}?tab=access-log`)
  await page.getByText('访问日志未开启').waitFor()
  const facts = page.locator('.facts')
  await facts.getByText('关闭', { exact: true }).waitFor()
  await page.getByRole('button', { name: '开启访问日志' }).click()
  await page.getByText('草稿中已开启').waitFor()
  await personAt(page).apply()
  await page.getByText('还没有日志，或没有符合条件的日志。').waitFor()
  await facts.getByText('保存在本机', { exact: true }).waitFor()
  const remote = { address: '192.0.2.9', port: 6514, protocol: 'tcp', format: 'rfc5424' }
  await visit.client.patch('load-balancer', id, { accessLog: { local: true, remote } })
  await facts.getByText('保存在本机 · 通过 TCP 发送到 192.0.2.9:6514（RFC 5424）').waitFor()
  await visit.client.patch('load-balancer', id, { accessLog: { local: true, remote: null } })

  const hostile = '/<img src=x onerror=alert(1)>'
  const lines = [
    written(1, '/shop/cart?id=1'),
    written(2, '/api/slow', 504, '198.51.100.9').replace('----', 'sH--'),
    written(3, hostile, 404),
  ]
  host.write(lines)
  const row = (text: string) => page.locator('tr.ant-table-row').filter({ hasText: text })
  await row('/shop/cart?id=1').getByText('正常结束').waitFor()
  await row('/api/slow').getByText('后端未在时限内应答').waitFor()
  assert.equal(await page.locator('img[src="x"]').count(), 0, 'what clients wrote is text')

  await row('/api/slow').getByRole('button').click()
  await page.getByText('为什么').waitFor()
  await page.getByText('HAProxy 原始日志').waitFor()
  await page.getByText('等待后端 1 ms').waitFor()
  const { width = 0 } = (await row('/api/slow').boundingBox()) ?? {}
  assert.ok(width > 0 && width < 1280, `what is unfolded makes the table ${width} wide`)
  const [line, table] = await Promise.all(
    [page.locator('.access-log-raw'), page.locator('.access-log .ant-table-container')].map(each => each.boundingBox()),
  )
  assert.ok(line && table && line.x + line.width < table.x + table.width, 'the line itself is seen to its end')
  // What went wrong is what people look for: it is in sight on a small screen too.
  await page.setViewportSize({ width: 1024, height: 800 })
  const status = await row('/api/slow').getByText('504', { exact: true }).boundingBox()
  assert.ok(status && status.x + status.width < 1000, JSON.stringify(status))
  await page.setViewportSize({ width: 1280, height: 800 })

  await page.getByRole('searchbox', { name: '客户端' }).fill('198.51.100.0/24')
  await page.getByRole('searchbox', { name: '客户端' }).press('Enter')
  await row('/shop/cart').waitFor({ state: 'hidden' })
  await row('/api/slow').waitFor()
  await page.getByRole('searchbox', { name: '客户端' }).fill('nonsense')
  await page.getByRole('searchbox', { name: '客户端' }).press('Enter')
  await page.getByRole('alert').getByText('198.51.100').or(page.getByText('192.0.2.7 | 192.0.2.0/24')).first().waitFor()
  await page.getByRole('searchbox', { name: '客户端' }).fill('')
  await page.getByRole('searchbox', { name: '客户端' }).press('Enter')
  await page.getByRole('combobox', { name: '状态码' }).click()
  await page.locator('.ant-select-item-option', { hasText: '4xx' }).click()
  await row('/shop/cart').waitFor({ state: 'hidden' })
  await row('onerror').waitFor()

  await page.getByRole('switch', { name: '实时跟踪' }).click()
  // What was being asked at that moment is answered first.
  await page.waitForTimeout(500)
  host.write([...lines, written(4, '/unseen', 404)])
  await page.waitForTimeout(2500)
  assert.equal(await row('/unseen').count(), 0)
  await page.getByRole('switch', { name: '实时跟踪' }).click()
  await row('/unseen').waitFor()
  assert.deepEqual(visit.browser.complaints, [])
})
