import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns } from '../../src/demo/world.ts'
import { startLab, type Lab } from '../packets/lab.ts'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt, type Person } from './person.ts'

const [backend] = plan.regions[0].servers
let lab: Lab
let browser: Browser

suite('a person with the page in one hand', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    lab = await startLab()
    browser = await startBrowser()
  })
  after(async () => {
    await browser?.close()
    await lab?.close()
  })

  test('借助 NAT 网关的 SNAT 功能: every step, and a request is served', async () => {
    const person = personAt(await browser.open(lab.url))
    await person.open('VPC 网络')
    await person.press('创建 VPC 网络')
    await person.fill('名称', 'vpc-a')
    await person.fill('名称', 'net-a', 1)
    await person.send('立即创建')

    await person.open('NAT 网关')
    await person.press('创建')
    await person.fill('名称', 'nat-a')
    await person.choose('VPC 网络', 'vpc-a')
    await person.pick('购买并绑定')
    await person.send('立即创建')
    await person.enter('nat-a')
    await person.press('添加规则')
    await person.pick('私有网络')
    await person.choose('私有网络', 'net-a')
    await person.send('提交')
    await person.apply()

    await balancer(person, 'a')
    await openPort(person)
    await served(person, 'a')
  })

  test('借助 VPC 的 SNAT 能力: every step, and a request is served', async () => {
    const person = personAt(await browser.open(lab.url))
    await person.open('VPC 网络')
    await person.press('创建 VPC 网络')
    await person.fill('名称', 'vpc-b')
    await person.pick('小型')
    await person.pick('购买并绑定')
    await person.fill('名称', 'net-b', 1)
    await person.send('立即创建')

    await balancer(person, 'b')

    await person.page.getByRole('link', { name: 'net-b' }).first().click()
    await person.page.getByRole('heading', { name: 'net-b' }).waitFor()
    await person.page.getByRole('link', { name: /^rt-/ }).first().click()
    await person.press('添加路由')
    await person.fill('目标网络', backend)
    await person.pick('路由器')
    await person.choose('VPC 网络', 'vpc-b')
    await person.send('提交')
    await person.apply()

    await openPort(person)
    await served(person, 'b')
  })

  test('no page complained', () => assert.deepEqual(browser.complaints, []))
})

/** A balancer with a public IP that was there before, an HTTP listener, and a backend far away by its public IP. */
async function balancer(person: Person, letter: string): Promise<void> {
  await person.open('公网 IP')
  await person.press('创建')
  await person.fill('名称', `eip-${letter}`)
  await person.send('立即创建')

  await person.open('负载均衡器')
  await person.press('创建')
  await person.fill('名称', `lb-${letter}`)
  await person.pick('使用已有')
  await person.choose('选择公网 IP', `eip-${letter}`)
  await person.choose('私有网络', `net-${letter}`)
  await person.send('立即创建')
  await person.enter(`lb-${letter}`)
  await person.press('创建监听器')
  await person.pick('HTTP', '监听协议')
  await person.fill('端口', '80')
  await person.send('提交')
  await person.apply()
  await person.press('添加后端')
  await person.fill('IP 地址', backend)
  await person.fill('端口', '80')
  await person.send('提交')
  await person.apply()
}

/** Lets the port in at the group that everything here uses, unless the other topology's steps did. */
async function openPort(person: Person): Promise<void> {
  await person.open('安全组')
  await person.enter('default')
  const rules = person.page.getByRole('row', { name: /sgr-/ })
  await rules.first().waitFor()
  if ((await rules.getByText('80', { exact: true }).count()) > 0) return
  await person.press('添加规则')
  await person.choose('协议', 'TCP')
  await person.fill('端口', '80')
  await person.send('提交')
  await person.apply()
}

/** The state turns 活跃 without reloading, and a client out there gets the backend's page. */
async function served(person: Person, letter: string): Promise<void> {
  await person.open('负载均衡器')
  await person.enter(`lb-${letter}`)
  const { page } = person
  const row = page.getByRole('row', { name: backend })
  await row.getByText('活跃', { exact: true }).waitFor({ timeout: 60_000 })
  const found = (await lab.client.list('eip')).items.find(({ name }) => name === `eip-${letter}`)
  const [answer] = await lab.at(clientNetns).pages(`http://${found?.address ?? ''}/`, 1)
  assert.equal(typeof answer === 'string' ? answer : answer?.name, 'north-1')
}
