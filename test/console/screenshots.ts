import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { serve } from '../../src/api/serve.ts'
import { causewayClient } from '../../src/client/client.ts'
import { prepared } from '../api/running.ts'
import { startBrowser, type Language } from './browser.ts'
import { answer, report, setScene } from './scene.ts'
import { show, viewsOf, type View } from './views.ts'

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
    const over = new AbortController()
    after.push(() => over.abort())
    const [eip] = (await client.get('nat-gateway', scene.gateway)).eips
    void answer(agent, (await client.get('eip', eip ?? '')).address, over.signal)
    const chosen = viewsOf(scene).filter(({ name }) => wanted.length === 0 || wanted.includes(name))
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
  chosen: readonly View[],
  browser: Awaited<ReturnType<typeof startBrowser>>,
  url: string,
) {
  const folder = join(import.meta.dirname, '../../screenshots', language)
  await mkdir(folder, { recursive: true })
  for (const view of chosen) {
    const { name, width = 1280, act } = view
    const page = await browser.open('about:blank', { language, width })
    await show(page, url, view)
    // A page that lies under a dialog is dimmed only as far as it is seen.
    if (act === undefined) await growToContent(page)
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
    await page.context().close()
  }
}

/** Makes the window as high as its page: Chromium without a screen sometimes paints nothing of what lies below it. */
async function growToContent(page: Page): Promise<void> {
  const height = await page.evaluate<number>('document.documentElement.scrollHeight')
  await page.setViewportSize({ width: page.viewportSize()?.width ?? 1280, height })
  await page.waitForTimeout(200)
}

await takeAll(process.argv.slice(2))
