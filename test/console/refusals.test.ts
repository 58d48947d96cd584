import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placed } from '../../src/console/form/faults.ts'
import type { WireProblem } from '../../src/client/wire.ts'
import { personAt } from './person.ts'
import { visiting } from './visiting.ts'

function problem(at: string): WireProblem {
  return { code: 'duplicate', at, message: `wrong: ${at}` }
}

test('a problem stands at its field, at the field around it or the first within it, and else at none', () => {
  const names = [['port'], ['check', 'protocol'], ['check', 'path'], ['stickiness', 'type'], ['eips']]
  const { faults, rest } = placed(
    names,
    ['check.path', 'port', 'port', 'stickiness', 'eips[2]', '', 'retries'].map(problem),
  )
  assert.deepEqual(faults, [
    { name: ['port'], errors: ['wrong: port', 'wrong: port'] },
    { name: ['check', 'path'], errors: ['wrong: check.path'] },
    { name: ['stickiness', 'type'], errors: ['wrong: stickiness'] },
    { name: ['eips'], errors: ['wrong: eips[2]'] },
  ])
  assert.deepEqual(
    rest.map(({ at }) => at),
    ['', 'retries'],
  )
})

test('all that contradicts itself in a listener is seen where it is asked for, behind no lid, and what was typed stays', async t => {
  const { url, client, browser } = await visiting(t)
  const { id } = await client.create('load-balancer', {
    name: 'front',
    eips: [{}],
    listeners: [
      {
        name: 'web',
        port: 80,
        stickiness: { type: 'insert', cookie: 'SHOP' },
        retryOn: 'idempotent',
        clientLimits: { requestsPerS: 5 },
        check: { protocol: 'http', path: '/up' },
        backends: [{ address: '198.18.0.7', port: 80 }],
      },
      { name: 'any', protocol: 'tcp', port: 81 },
    ],
  })
  const page = await browser.open(`${url}/load-balancers/${id}`)
  const person = personAt(page)
  const { dialog } = person
  const item = (text: string) => dialog.locator('.ant-form-item').filter({ hasText: text })

  await page.getByRole('button', { name: '修改 web' }).click()
  await person.pick('TCP')
  await person.fill('端口', '81')
  await dialog.getByRole('button', { name: '提交' }).click()
  // Two are in sight, the others behind the lid, which opens.
  await item('端口').getByText('与 any 重复').waitFor()
  await item('会话保持').getByText('Cookie 仅适用于').waitFor()
  await item('每秒请求数').getByText('仅 HTTP 和 HTTPS').waitFor()
  assert.equal(await dialog.getByRole('alert').filter({ hasText: '操作未成功' }).count(), 0)
  assert.equal(await dialog.getByLabel('端口', { exact: true }).inputValue(), '81')
  assert.equal(await dialog.getByLabel('检查路径').inputValue(), '/up')

  // What is mended is wrong no more, and what no field can show stands above them.
  await person.pick('HTTP', '监听协议')
  await person.fill('端口', '80')
  await dialog.getByRole('checkbox', { name: '启用 HTTPS 重定向' }).check()
  await dialog.getByRole('button', { name: '提交' }).click()
  const head = dialog.getByRole('alert').filter({ hasText: '操作未成功' })
  await head.getByText(/^后端: .*重定向/).waitFor()
  const box = await head.boundingBox()
  assert.ok(box && box.y >= 0 && box.y + box.height <= 800, JSON.stringify(box))
  assert.equal(await item('端口').locator('.ant-form-item-explain-error').count(), 0)
  assert.equal(await dialog.locator('.ant-form-item-explain-error').count(), 0)
  await dialog.getByRole('checkbox', { name: '启用 HTTPS 重定向' }).uncheck()

  // What the new protocol does not ask for goes with the old one.
  await person.pick('TCP')
  await person.pick('关闭', '会话保持')
  await dialog.getByLabel('每秒请求数').fill('')
  await person.send('提交')
  const [web] = (await client.get('load-balancer', id)).listeners
  assert.ok(web)
  const { protocol, retryOn, stickiness, clientLimits, check } = web
  assert.deepEqual([protocol, retryOn, stickiness.type], ['tcp', 'connect', 'none'])
  assert.deepEqual([clientLimits.requestsPerS, check.path], [null, '/up'])

  await page.getByRole('article', { name: 'web' }).getByRole('button', { name: '添加后端' }).click()
  await person.fill('IP 地址', '198.18.0.7')
  await dialog.getByRole('button', { name: '提交' }).click()
  await head.getByText(/^与 lbb-\w+ 重复$/).waitFor()
  assert.deepEqual(browser.complaints, [])
})

test('a number is sent as it stands in its box, or not at all', async t => {
  const { url, client, browser } = await visiting(t)
  const { id } = await client.create('load-balancer', { name: 'front', eips: [{}] })
  const page = await browser.open(`${url}/load-balancers/${id}`)
  const person = personAt(page)
  const { dialog } = person
  await page.getByRole('button', { name: '创建监听器' }).click()
  const port = dialog.getByLabel('端口', { exact: true })
  const item = dialog.locator('.ant-form-item').filter({ has: page.getByLabel('端口', { exact: true }) })
  const type = async (text: string) => {
    await port.press('Control+A')
    await port.press('Delete')
    await port.pressSequentially(text)
  }
  for (const [typed, complaint] of [
    ['70000', '不能大于 65535'],
    ['0', '不能小于 1'],
    ['80.5', '应为整数'],
    ['8o', '应为数字'],
    ['', '必填'],
  ] as const) {
    await type(typed)
    await dialog.getByRole('button', { name: '提交' }).click()
    await item.getByText(complaint).waitFor()
    assert.equal(await port.inputValue(), typed)
  }
  await type('8088')
  await person.send('提交')
  assert.deepEqual(
    (await client.get('load-balancer', id)).listeners.map(listener => listener.port),
    [8088],
  )

  // What a public IP may have is for the server to know, which says so at its field.
  await person.open('负载均衡器')
  await person.press('创建')
  await person.fill('名称', 'other')
  await dialog.getByRole('radio', { name: '购买并绑定' }).check()
  await dialog.getByLabel('带宽 (Mbps)').fill('5000')
  await dialog.getByRole('button', { name: '立即创建' }).click()
  await dialog.getByText('不能大于 1000').waitFor()
  assert.equal((await client.list('load-balancer')).total, 1)
  assert.deepEqual(browser.complaints, [])
})
