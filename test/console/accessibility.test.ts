import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { staged } from './stage.ts'
import { show, viewsOf } from './views.ts'

/** What axe finds serious or worse, a line each: the rule, where, and what it says. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${String(target)}: ${failureSummary}`),
    )
}

suite('the console for whoever cannot see it, or has no mouse', { timeout: 300_000 }, () => {
  let browser: Browser
  before(async () => {
    await builtConsole()
    browser = await startBrowser()
  })
  after(() => browser?.close())

  test('no page and no dialog has a serious fault', async t => {
    const { url, scene } = await staged(t)
    const page = await browser.open('about:blank', { language: 'en' })
    await page.addInitScript({ content: await readFile(fileURLToPath(import.meta.resolve('axe-core')), 'utf8') })
    const faults: string[] = []
    for (const view of viewsOf(scene)) {
      await page.setViewportSize({ width: view.width ?? 1280, height: 800 })
      await show(page, url, view)
      faults.push(...(await faultsOf(page)).map(fault => `${view.name}: ${fault}`))
    }
    assert.deepEqual(faults, [])
  })
})
