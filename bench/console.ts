import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import type { KindName } from '../src/model/kinds.ts'
import { kinds } from '../src/model/kinds.ts'
import { countBusy } from '../test/console/busy.ts'
import { startBrowser, type Browser } from '../test/console/browser.ts'
import { builtConsole } from '../test/console/built.ts'
import { startSite, type Site } from './site.ts'
import { judged, median, type Table } from './table.ts'

const turns = 3
const each = 1000
const url = 'http://127.0.0.1:7480'

/** How soon a browser shows a thousand of a kind, and two hundred things of one VPC. */
export async function measureConsole(): Promise<readonly Table[]> {
  await builtConsole()
  const site = await startSite('198.18.0.0/16')
  const browser = await startBrowser()
  try {
    const vpc = await fill(site)
    const lists: string[][] = []
    for (const kind of ['vpc', 'server', 'eip', 'ip-set'] as const) lists.push(await measureList(browser, kind))
    return [
      {
        mark: 'lists',
        head: [
          '1,000 of a kind',
          'first visit, ms',
          'from the menu, ms',
          'by its address, seen before, ms',
          'of that the processor for the page, ms',
          'next page, ms',
          'search, ms',
          'longest frame while scrolling, ms',
        ],
        rows: lists,
      },
      { mark: 'picture', head: ['', ''], rows: await measurePicture(browser, vpc) },
    ]
  } finally {
    await browser.close()
    await site.close()
  }
}

/** Makes a thousand of several kinds; answers with a VPC that has 200 of them. */
async function fill({ client }: Site): Promise<string> {
  const vpcs: string[] = []
  for (let i = 0; i < each; i++)
    vpcs.push((await client.create('vpc', { name: `net-${i}`, cidr: '10.0.0.0/16', type: 'small' })).id)
  for (let i = 0; i < each; i++) await client.create('eip', { name: `address-${i}`, zone: 'local' })
  for (let i = 0; i < each; i++)
    await client.create('ip-set', { name: `set-${i}`, type: 'ip', members: ['198.51.100.7'] })
  for (const vpc of vpcs.slice(0, 5)) {
    const subnet = await client.create('subnet', { name: 'web', vpc, cidr: '10.0.1.0/24' })
    for (let i = 0; i < each / 5; i++) await client.create('server', { name: `web-${i}`, subnet: subnet.id })
  }
  return vpcs[0] ?? ''
}

async function measureList(browser: Browser, kind: KindName): Promise<string[]> {
  const path = `${url}/${kinds[kind].plural}`
  const took = {
    first: [] as number[],
    again: [] as number[],
    menu: [] as number[],
    busy: [] as number[],
    next: [] as number[],
    search: [] as number[],
    frame: [] as number[],
  }
  for (let i = 0; i < turns; i++) {
    const page = await browser.open('about:blank', { language: 'en' })
    const rows = () => page.locator('tbody tr[data-row-key]')
    const twenty = () => page.evaluate(untilTwenty)
    const shown = (text: RegExp) => page.getByText(text).waitFor()
    took.first.push(
      await timed(async () => {
        await page.goto(path)
        await twenty()
      }),
    )
    const busyMs = await countBusy(page)
    took.again.push(
      await timed(async () => {
        await page.reload()
        await twenty()
      }),
    )
    took.busy.push(await busyMs())
    await page.getByRole('link', { name: kinds.zone.label.en, exact: true }).click()
    await rows().first().waitFor()
    await page.waitForURL(/zones/)
    took.menu.push(
      await timed(async () => {
        await page.getByRole('link', { name: kinds[kind].label.en, exact: true }).click()
        await twenty()
      }),
    )
    const key = await rows().first().getAttribute('data-row-key')
    took.next.push(
      await timed(async () => {
        await page.getByTitle('2', { exact: true }).click()
        await page.locator(`tr[data-row-key="${key}"]`).waitFor({ state: 'detached' })
      }),
    )
    await page.goto(`${path}?size=100`)
    await rows().nth(99).waitFor()
    took.frame.push(await page.evaluate<number>(scrolling))
    const box = page.getByRole('searchbox', { name: /^Search/ })
    await box.fill(key ?? '')
    took.search.push(
      await timed(async () => {
        await page.keyboard.press('Enter')
        await shown(/^1 in all$/)
      }),
    )
    await page.context().close()
  }
  return [
    kinds[kind].label.en,
    median(took.first).toFixed(0),
    judged(median(took.menu), 1000, 'less', 0),
    judged(median(took.again), 1000, 'less', 0),
    median(took.busy).toFixed(0),
    median(took.next).toFixed(0),
    median(took.search).toFixed(0),
    median(took.frame).toFixed(0),
  ]
}

/** Resolves with the frame that shows twenty rows: locators look but twice a second. Runs in the page. */
const untilTwenty = `(async () => {
  while (document.querySelectorAll('tbody tr[data-row-key]').length < 20) await new Promise(requestAnimationFrame)
})()`

/** Scrolls through the page; the longest time between two frames. Runs in the page. */
const scrolling = `(async () => {
  const frame = () => new Promise(requestAnimationFrame)
  let longest = 0
  for (let before = await frame(), y = 0; y < document.documentElement.scrollHeight; y += 60) {
    window.scrollTo(0, y)
    const now = await frame()
    longest = Math.max(longest, now - before)
    before = now
  }
  return longest
})()`

async function measurePicture(browser: Browser, vpc: string): Promise<string[][]> {
  const closed: number[] = []
  const open: number[] = []
  for (let i = 0; i < turns; i++) {
    const page = await browser.open('about:blank', { language: 'en' })
    const started = performance.now()
    await page.goto(`${url}/topology?vpc=${vpc}`)
    await page.getByRole('button', { name: /200 servers/ }).waitFor()
    closed.push(performance.now() - started)
    open.push(
      await timed(async () => {
        await page.getByRole('button', { name: 'Open groups' }).click()
        await page.locator('.react-flow__node a').nth(200).waitFor()
      }),
    )
    await page.context().close()
  }
  return [
    [
      'from the address to the picture of a VPC with 200 servers, one group, ms',
      judged(median(closed), 2000, 'less', 0),
    ],
    ['from opening the group until every server is drawn, ms', judged(median(open), 2000, 'less', 0)],
    [
      'first visit to a list, KiB of scripts, styles and words, as gzip',
      judged((await firstLoad(browser)) / 1024, 400, 'less', 0),
    ],
  ]
}

async function firstLoad(browser: Browser): Promise<number> {
  const page: Page = await browser.open('about:blank', { language: 'en' })
  const bodies: Promise<Buffer>[] = []
  page.on('response', response => {
    if (!new URL(response.url()).pathname.startsWith('/v1')) bodies.push(response.body())
  })
  await page.goto(`${url}/vpcs`)
  await page.locator('tbody tr[data-row-key]').nth(19).waitFor()
  const sizes = (await Promise.all(bodies)).map(body => gzipSync(body, { level: 9 }).length)
  await page.context().close()
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
