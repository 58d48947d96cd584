import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { serve } from '../../src/api/serve.ts'
import { causewayClient } from '../../src/client/client.ts'
import { prepared } from '../api/running.ts'
import { startBrowser, type Language } from './browser.ts'
import { report, setScene, type Scene } from './scene.ts'

interface Shot {
  readonly name: string
  readonly path: string
  readonly width?: number
  /** What to do before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>
}

const shots = (scene: Scene): readonly Shot[] => [
  { name: 'vpcs', path: '/vpcs' },
  { name: 'vpc', path: `/vpcs/${scene.vpc}` },
  { name: 'vpc-related', path: `/vpcs/${scene.vpc}?tab=related` },
  { name: 'vpc-create', path: '/vpcs', act: page => press(page, /创建 VPC 网络|Create VPC network/) },
  { name: 'subnets', path: '/subnets' },
  { name: 'route-tables', path: '/route-tables' },
  { name: 'route-table', path: `/route-tables/${scene.routeTable}` },
  { name: 'route-add', path: `/route-tables/${scene.routeTable}`, act: page => press(page, /添加路由|Add route/) },
  { name: 'nat-gateways', path: '/nat-gateways' },
  { name: 'nat-gateway', path: `/nat-gateways/${scene.gateway}` },
  { name: 'nat-gateway-create', path: '/nat-gateways', act: page => press(page, /^.{0,6}(创建|Create)$/) },
  { name: 'snat-rule-add', path: `/nat-gateways/${scene.gateway}`, act: page => press(page, /添加规则|Add rule/) },
  { name: 'eips', path: '/eips' },
  { name: 'eip', path: `/eips/${scene.eip}` },
  { name: 'load-balancers', path: '/load-balancers' },
  { name: 'load-balancer', path: `/load-balancers/${scene.balancer}` },
  {
    name: 'listener-create',
    path: `/load-balancers/${scene.balancer}`,
    act: page => press(page, /创建监听器|Create listener/),
  },
  { name: 'backend-add', path: `/load-balancers/${scene.balancer}`, act: page => press(page, /添加后端|Add backend/) },
  { name: 'backend-why', path: `/load-balancers/${scene.balancer}`, act: page => press(page, /为什么|Why/) },
  { name: 'apply', path: `/load-balancers/${scene.balancer}`, act: page => press(page, /应用修改|Apply changes/) },
  { name: 'history', path: `/security-groups/${scene.group}?tab=history` },
  { name: 'security-groups', path: '/security-groups' },
  { name: 'security-group', path: `/security-groups/${scene.group}` },
  { name: 'ip-sets', path: '/ip-sets' },
  { name: 'servers', path: '/servers' },
  { name: 'zones', path: '/zones' },
  { name: 'pending', path: '/pending' },
  { name: 'operations', path: '/operations' },
  { name: 'topology', path: '/topology' },
  { name: 'scenario', path: '/scenario' },
  { name: 'monitoring', path: '/monitoring' },
  { name: 'phone-vpcs', path: '/vpcs', width: 390 },
  { name: 'phone-load-balancer', path: `/load-balancers/${scene.balancer}`, width: 390 },
]

async function press(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().click()
  await page.getByRole('dialog').waitFor()
}

/** Takes a picture of every page in both languages into `screenshots/`; with words, only of the pages with such names. */
async function takeAll(wanted: readonly string[]): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), 'causeway-'))
  const store = await prepared()
  const socketPath = join(state, 'agent.sock')
  const server = await serve({ store, listen: { host: '127.0.0.1', port: 0 }, socketPath })
  const client = causewayClient({ url: server.url })
  const agent = causewayClient({ socketPath })
  const browser = await startBrowser()
  const after: (() => void)[] = []
  try {
    const scene = await setScene(client)
    await report(agent, client, scene)
    const reporting = setInterval(() => void report(agent, client, scene), 2000)
    after.push(() => clearInterval(reporting))
    const chosen = shots(scene).filter(({ name }) => wanted.length === 0 || wanted.includes(name))
    for (const language of ['zh-CN', 'en'] as const) await takeIn(language, chosen, browser, server.url)
    for (const complaint of new Set(browser.complaints)) console.error(complaint)
  } finally {
    for (const each of after) each()
    await browser.close()
    client.close()
    agent.close()
    await server.close()
    await store.close()
    await rm(state, { recursive: true, force: true })
  }
}

async function takeIn(
  language: Language,
  chosen: readonly Shot[],
  browser: Awaited<ReturnType<typeof startBrowser>>,
  url: string,
) {
  const folder = join(import.meta.dirname, '../../screenshots', language)
  await mkdir(folder, { recursive: true })
  for (const { name, path, width = 1280, act } of chosen) {
    const page = await browser.open(url + path, { language, width })
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => {})
    await act?.(page)
    await page.waitForTimeout(400)
    // A page that lies under a dialog is dimmed only as far as it is seen.
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: act === undefined, animations: 'disabled' })
    await page.context().close()
  }
}

await takeAll(process.argv.slice(2))
