import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, setScene } from './scene.ts'
import { personAt } from './person.ts'
import { visiting } from './visiting.ts'

void test('one goes back by moments, sees what differed, and has what ran then as drafts', async t => {
  const { client, url, browser } = await visiting(t)
  const { group, vpc } = await setScene(client)
  const set = (await client.list('ip-set')).items[0]!
  const rules = (await client.get('security-group', group)).live!.rules
  await client.act('security-group', group, 'discard')
  const then = new Date().toISOString()
  await client.patch('security-group', group, { rules: [] })
  await client.act('security-group', group, 'apply')
  await client.patch('vpc', vpc, { name: 'beijing' })
  await client.remove('ip-set', set.id)

  const page = await browser.open(`${url}/vpcs`)
  const person = personAt(page)
  await person.open('历史回溯')
  // Without a wish it shows what the last change did.
  await page.getByRole('row', { name: /IP\/端口集合.*offices.*删除/ }).waitFor()
  assert.equal(await page.getByRole('row', { name: /VPC 网络/ }).count(), 0)
  await page.getByRole('slider', { name: '起始时刻' }).press('ArrowLeft')
  await page.getByRole('row', { name: /VPC 网络.*beijing.*修改/ }).waitFor()
  await page.getByRole('slider', { name: '起始时刻' }).press('ArrowLeft')
  await page.getByRole('row', { name: /安全组.*default.*修改/ }).waitFor()
  await page.getByRole('heading', { name: '可达性' }).waitFor()
  await page
    .getByRole('row', { name: /失去|公网/ })
    .first()
    .waitFor()

  await page.goto(`${url}/past?from=${then}`)
  await page.getByRole('row', { name: /安全组.*default.*修改/ }).waitFor()
  await person.press('恢复为草稿')
  await person.dialog.getByText('将重新创建').waitFor()
  await person.dialog.getByText('保持不变（立即生效的属性）').waitFor()
  await person.dialog.getByRole('button', { name: '恢复为草稿' }).click()
  await page.getByRole('heading', { level: 1, name: '待应用的修改' }).waitFor()
  const drafted = await client.get('security-group', group)
  assert.deepEqual([drafted.rules, drafted.live?.rules], [rules, []], 'nothing was applied')
  assert.equal((await client.get('ip-set', set.id)).name, 'offices')
  assert.deepEqual(browser.complaints, [])
})

void test('a gateway says how long its connections last, and one click makes it larger', async t => {
  const { client, agent, store, url, browser } = await visiting(t)
  const { gateway } = await setScene(client)
  const report = { failures: {}, backends: {}, events: [], counters: {} }
  await agent.agent.report({ host: 'one', synced: store.snapshot().revision, ...report })
  const over = new AbortController()
  t.after(() => over.abort())
  const [eip = ''] = (await client.get('nat-gateway', gateway)).eips
  void answer(agent, (await client.get('eip', eip)).address, over.signal)
  const page = await browser.open(`${url}/nat-gateways/${gateway}?tab=forecast`)
  await page.getByRole('row', { name: /198\.51\.100\.10:443.*TCP.*8600/ }).waitFor()
  await page.getByRole('progressbar', { name: '已用连接数' }).waitFor()
  await page.getByRole('button', { name: '升级为中型规格' }).click()
  await page.getByText('已升级为中型规格').waitFor()
  assert.equal((await client.get('nat-gateway', gateway)).size, 'medium')
  assert.deepEqual(browser.complaints, [])
})

void test('where the ports of a public IP run out, one click gives a gateway more of them, and its rules in the draft', async t => {
  const { client, agent, store, url, browser } = await visiting(t)
  const { gateway } = await setScene(client)
  await client.patch('nat-gateway', gateway, { size: 'large' })
  const report = { failures: {}, backends: {}, events: [], counters: {} }
  await agent.agent.report({ host: 'one', synced: store.snapshot().revision, ...report })
  const over = new AbortController()
  t.after(() => over.abort())
  const before = await client.get('nat-gateway', gateway)
  void answer(agent, (await client.get('eip', before.eips[0] ?? '')).address, over.signal, 63_000)
  const page = await browser.open(`${url}/nat-gateways/${gateway}?tab=forecast`)
  await page.getByRole('button', { name: /^增加 \d+ 个公网 IP$/ }).click()
  await page.getByText('已绑定；规则已写入草稿，请应用修改').waitFor()
  const { eips, snatRules, live } = await client.get('nat-gateway', gateway)
  assert.ok(eips.length > before.eips.length)
  assert.deepEqual(
    snatRules.map(rule => rule.eips),
    [eips],
  )
  assert.deepEqual(
    live?.snatRules.map(rule => rule.eips),
    [before.eips],
    'nothing was applied',
  )
  assert.deepEqual(browser.complaints, [])
})
