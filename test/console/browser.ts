import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'

export type Language = 'en' | 'zh-CN'

export interface Browser {
  /** A person's own window, with nothing of anybody else's in it. */
  open(url: string, options?: { readonly language?: Language; readonly width?: number }): Promise<Page>
  /** What pages complained of: errors of scripts, and everything that the security policy refused. */
  readonly complaints: string[]
  close(): Promise<void>
}

/** A real Chromium, without a screen and without looking anybody up. */
export async function startBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'causeway-chromium-'))
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  const complaints: string[] = []
  const contexts: BrowserContext[] = []
  return {
    complaints,
    async open(url, { language = 'zh-CN', width = 1280 } = {}) {
      // Without motion nothing moves away from under a click, however slow the machine is.
      const still = { reducedMotion: 'reduce' } as const
      const context = await browser.newContext({ locale: language, viewport: { width, height: 800 }, ...still })
      context.setDefaultTimeout(60_000)
      contexts.push(context)
      const page = await context.newPage()
      page.on('pageerror', error => complaints.push(String(error)))
      page.on('console', message => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text())
      })
      await page.goto(url)
      return page
    },
    async close() {
      await Promise.all(contexts.map(context => context.close()))
      await browser.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}
