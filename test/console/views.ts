import type { Page, Request } from 'playwright-core'
import type { Scene } from './scene.ts'

/** A page of the console, as it is looked at. */
export interface View {
  readonly name: string
  readonly path: string
  readonly width?: number
  /** What to do before it is looked at, e.g. to open a dialog. */
  readonly act?: (page: Page) => Promise<void>
}

/** Every page of the console, and its main dialogs. */
export const viewsOf = (scene: Scene): readonly View[] => [
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
  { name: 'nat-gateway-forecast', path: `/nat-gateways/${scene.gateway}?tab=forecast` },
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
  {
    name: 'backend-health',
    path: `/load-balancers/${scene.balancer}`,
    act: page => press(page, /健康记录|History/),
  },
  { name: 'apply', path: `/load-balancers/${scene.balancer}`, act: page => press(page, /应用修改|Apply changes/) },
  {
    name: 'without',
    path: `/load-balancers/${scene.balancer}`,
    act: page => press(page, /如果没有它|What without it/),
  },
  { name: 'history', path: `/security-groups/${scene.group}?tab=history` },
  { name: 'security-groups', path: '/security-groups' },
  { name: 'security-group', path: `/security-groups/${scene.group}` },
  { name: 'ip-sets', path: '/ip-sets' },
  { name: 'policy-tests', path: '/policy-tests' },
  { name: 'policy-test-create', path: '/policy-tests', act: page => press(page, /^.{0,6}(创建|Create)$/) },
  { name: 'servers', path: '/servers' },
  { name: 'zones', path: '/zones' },
  { name: 'pending', path: '/pending' },
  { name: 'operations', path: '/operations' },
  { name: 'topology', path: '/topology' },
  {
    name: 'trace',
    path: `/topology?vpc=${scene.vpc}&trace=1&from=${scene.server}&to=198.51.100.10&port=80`,
  },
  { name: 'past', path: '/past' },
  { name: 'past-restore', path: '/past', act: page => press(page, /恢复为草稿|Restore as draft/) },
  { name: 'scenario', path: '/scenario' },
  { name: 'monitoring', path: '/monitoring' },
  { name: 'phone-vpcs', path: '/vpcs', width: 390 },
  { name: 'phone-load-balancer', path: `/load-balancers/${scene.balancer}`, width: 390 },
]

/** Opens a view in a window, and waits until everything that it asks of the server is there. */
export async function show(page: Page, url: string, { path, act }: View): Promise<void> {
  const settled = watchRequests(page)
  await page.goto(url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await settled()
  if (!act) return
  await act(page)
  await settled()
}

/** A wait until nothing has been asked of the server for a moment; the event stream, which never ends, aside. */
function watchRequests(page: Page): () => Promise<void> {
  const open = new Set<Request>()
  let last = performance.now()
  const done = (request: Request) => {
    last = performance.now()
    open.delete(request)
  }
  page.on('request', request => void (request.url().endsWith('/v1/events') || open.add(request)))
  page.on('requestfinished', done)
  page.on('requestfailed', done)
  return async () => {
    last = performance.now()
    while (open.size > 0 || performance.now() - last < quietMs) await page.waitForTimeout(50)
  }
}

const quietMs = 400

async function press(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().click()
  await page.getByRole('dialog').waitFor()
}
