import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setScene } from './scene.ts'
import { visiting } from './visiting.ts'

void test('what was measured is drawn, tabled and handed out, on its page and beside the resource', async t => {
  const { client, agent, store, url, browser } = await visiting(t)
  const { gateway, balancer } = await setScene(client)
  const now = Date.now()
  for (const [i, connections] of [100, 2500].entries()) {
    const figures = { bytesIn: 1000 * (i + 1), bytesOut: 10, connections, connectionLimit: 10_000 }
    await agent.agent.report({
      host: 'one',
      synced: store.snapshot().revision,
      failures: {},
      backends: {},
      events: [],
      counters: {},
      samples: { at: now - 20_000 + i * 10_000, since: now - 60_000, of: { [gateway]: figures } },
    })
  }
  const page = await browser.open(`${url}/monitoring`)
  await page.getByText('该时间范围内暂无监控数据').waitFor()
  await page.getByRole('combobox', { name: '资源类型' }).click()
  await page.locator('.ant-select-item-option', { hasText: 'NAT 网关' }).click()
  await page.getByRole('figure', { name: /SNAT 连接使用率.*25 %/ }).waitFor()
  await page.getByText('7 天', { exact: true }).click()
  await page.getByRole('figure', { name: /带宽/ }).waitFor()
  await page.getByText('1 小时', { exact: true }).click()
  await page.getByText('表格', { exact: true }).click()
  await page.getByRole('cell', { name: '2.5k' }).waitFor()

  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: '导出数据' }).click()
  const download = await downloading
  assert.equal(download.suggestedFilename(), `${gateway}-1h.csv`)
  assert.match(await readFile(await download.path(), 'utf8'), /^time,.*connections \(1\)/)

  await page.goto(`${url}/load-balancers/${balancer}?tab=monitoring`)
  await page.getByRole('combobox', { name: '监控对象' }).click()
  await page.locator('.ant-select-item-option', { hasText: 'beijing-1' }).click()
  await page.getByText('该时间范围内暂无监控数据').waitFor()
  assert.deepEqual(browser.complaints, [])
})
