import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { report, setScene } from './scene.ts'
import { visiting } from './visiting.ts'

async function choose(page: Page, label: string, text: string, option: RegExp): Promise<void> {
  const box = page.getByRole('combobox', { name: label, exact: true })
  await box.click()
  await box.fill(text)
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: option }).first().click()
}

void test('a packet is traced by name, its way is lit in the picture, and where it ends is marked', async t => {
  const { client, url, browser } = await visiting(t)
  const scene = await setScene(client)
  const page = await browser.open(`${url}/topology?vpc=${scene.vpc}`)
  await page.getByRole('button', { name: '跟踪数据包' }).click()
  const panel = page.getByRole('complementary', { name: '跟踪数据包' })
  await choose(page, '起点', '公网', /公网/)
  await choose(page, '终点', 'shop', /shop › web/)
  await panel.getByText('可以到达，应答也能返回。').waitFor()
  await panel.getByText(/到达：由.*监听器 web .*接收/).waitFor()
  const balancer = page.locator(`.react-flow__node[data-id="${scene.balancer}"]`)
  await balancer.getByRole('img', { name: '数据包到达此处' }).waitFor()
  assert.match((await balancer.locator('.network-node').getAttribute('class')) ?? '', /\blit\b/)
  const gateway = page.locator(`.react-flow__node[data-id="${scene.gateway}"] .network-node`)
  assert.doesNotMatch((await gateway.getAttribute('class')) ?? '', /\blit\b/)
  assert.match(page.url(), /trace=1&from=internet&to=lbl-/)

  // Without its rules the group lets nobody in: a draft at first, then as it runs.
  await client.patch('security-group', scene.group, { rules: [] })
  await panel.getByText('应用全部草稿后').click()
  await panel.getByText('无法到达：被丢弃。').waitFor()
  await balancer.getByRole('img', { name: '数据包在此终止' }).waitFor()
  await panel.getByText('运行中').click()
  await panel.getByText('可以到达，应答也能返回。').waitFor()
  await client.apply('security-group', scene.group)
  await panel.getByText('无法到达：被丢弃。').waitFor()
  await panel.getByText(/安全组 .* 中没有放行它的规则，被丢弃/).waitFor()

  await panel.getByRole('button', { name: '实际发送一个数据包' }).click()
  await panel.getByText(/无法询问任何主机/).waitFor()
  await panel.getByRole('button', { name: '关闭' }).click()
  await panel.waitFor({ state: 'detached' })
  assert.deepEqual(browser.complaints, [])
})

void test('an address that nobody has may be typed, in English, too', async t => {
  const { client, url, browser } = await visiting(t)
  const scene = await setScene(client)
  const page = await browser.open(`${url}/topology?vpc=${scene.vpc}&trace=1`, { language: 'en' })
  await choose(page, 'From', 'worker-1', /worker-1/)
  await choose(page, 'To', '198.18.0.7', /Address 198\.18\.0\.7/)
  await page.getByRole('spinbutton', { name: 'Port' }).fill('443')
  await page.getByRole('spinbutton', { name: 'Port' }).blur()
  const panel = page.getByRole('complementary', { name: 'Trace a packet' })
  await panel
    .getByText(/SNAT rule .* rewrites the source|It does not get there/)
    .first()
    .waitFor()
  await panel.getByRole('checkbox', { name: 'Every step' }).check()
  await panel.locator('code.kernel').first().waitFor()
  assert.deepEqual(browser.complaints, [])
})

void test('what rules count is read from the machines, and stands beside them', async t => {
  const { client, agent, url, browser } = await visiting(t)
  const scene = await setScene(client)
  const group = await client.get('security-group', scene.group)
  const rule = group.rules.find(({ name }) => name === 'http')
  const leaving = new AbortController()
  t.after(() => leaving.abort())
  /** The machine that reports says what it is asked. */
  const answering = async () => {
    while (!leaving.signal.aborted) {
      await report(agent, client, scene)
      for (const { id, question } of await agent.agent.questions('one', 500, leaving.signal)) {
        if (question.type !== 'rules') continue
        const counted = { packets: 1234, bytes: 74_040 }
        const only = { family: 'ip', chain: 'x', index: 0, handle: 7, for: rule?.id ?? '', counted } as const
        await agent.agent.answer({ id, host: 'one', answer: [{ netns: question.netns[0] ?? '', rules: [only] }] })
      }
    }
  }
  const answered = answering().catch(() => {})
  const page = await browser.open(`${url}/security-groups/${scene.group}`)
  await page.getByRole('columnheader', { name: '新建连接' }).waitFor()
  await page.getByRole('row', { name: /http/ }).getByText('1,234').waitFor()
  leaving.abort()
  await answered
  assert.deepEqual(browser.complaints, [])
})
