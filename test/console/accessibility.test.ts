import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { answer } from './scene.ts'
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
    const { url, scene, client } = await staged(t)
    const over = new AbortController()
    t.after(() => over.abort())
    const [eip] = (await client.get('nat-gateway', scene.gateway)).eips
    void answer(client, (await client.get('eip', eip ?? '')).address, over.signal)
    const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core')), 'utf8')
    const views = viewsOf(scene).values()
    const faults: string[] = []
    const look = async () => {
      const page = await browser.open('about:blank', { language: 'en' })
      await page.addInitScript({ content: axe })
      for (const view of views) {
        await page.setViewportSize({ width: view.width ?? 1280, height: 800 })
        await show(page, url, view)
        faults.push(...(await faultsOf(page)).map(fault => `${view.name}: ${fault}`))
      }
    }
    // Most of the time is spent waiting: several windows wait together.
    await Promise.all([look(), look(), look()])
    assert.deepEqual(faults, [])
  })

  test('menus, dialogs and tabs are used by keyboard alone', async t => {
    const { url } = await staged(t)
    const page = await browser.open(`${url}/vpcs`, { language: 'en' })
    const key = (name: string) => page.keyboard.press(name)
    const menu = page.getByRole('button', { name: 'Actions on shanghai' })
    await menu.waitFor()
    await key('Tab')
    await focused(page.getByRole('link', { name: 'Skip to the content' }))

    await menu.focus()
    await key('Enter')
    await focused(page.getByRole('menuitem', { name: 'Open' }))
    await key('Escape')
    await focused(menu)
    await key('Enter')
    await focused(page.getByRole('menuitem', { name: 'Open' }))
    await key('ArrowDown')
    await key('ArrowDown')
    await focused(page.getByRole('menuitem', { name: 'Edit' }))
    await key('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name' }).waitFor()
    for (let i = 0; i < 40; i++) {
      await key('Tab')
      assert.ok(await page.evaluate(isInDialog), `the keyboard left the dialog after ${i} steps`)
    }
    await key('Escape')
    await dialog.waitFor({ state: 'hidden' })

    await page.getByRole('link', { name: /^rtr-/ }).last().focus()
    await key('Enter')
    const tabs = page.getByRole('tab')
    await tabs.first().focus()
    await key('ArrowRight')
    await key('Enter')
    await tabs
      .nth(1)
      .and(page.getByRole('tab', { selected: true }))
      .waitFor()
  })
})

/** Whether the keyboard is in a dialog, or in the browser's own bars. Runs in the page. */
const isInDialog = `document.activeElement === document.body || document.activeElement.closest('[role=dialog]') !== null`

/** Waits until the keyboard is there. */
async function focused(what: Locator): Promise<void> {
  await what.and(what.page().locator(':focus')).waitFor()
}
