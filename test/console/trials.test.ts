import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'
import { personAt } from './person.ts'
import { staged } from './stage.ts'

let browser: Browser

suite('an apply that is watched, in the console', { timeout: 300_000 }, () => {
  before(async () => {
    await builtConsole()
    browser = await startBrowser()
  })
  after(() => browser?.close())

  test('it is asked for in the dialog, counts down on the page, and is taken back or kept by a click', async t => {
    const { url, client } = await staged(t)
    const group = await client.create('security-group', { name: 'edge', rules: [{ protocol: 'tcp', ports: '80' }] })
    const { page, dialog } = personAt(await browser.open(`${url}/security-groups/${group.id}`))
    const apply = async (ports: string) => {
      await client.patch('security-group', group.id, { rules: [{ protocol: 'tcp', ports }] })
      await page.getByRole('button', { name: '应用修改' }).click()
      await dialog.getByRole('checkbox', { name: /^若活跃的后端失效/ }).check()
      await dialog.getByRole('checkbox', { name: /^若我未在此时间内确认/ }).check()
      await dialog.getByRole('button', { name: '应用修改' }).click()
      await page.getByText(/若不确认，刚应用的修改将在 \d+ 秒后自动撤回/).waitFor()
    }
    await apply('8080')
    await page.getByRole('button', { name: '撤回' }).click()
    await page.getByText('已恢复为版本 1，版本 2 已撤回').waitFor()
    assert.equal((await client.get('security-group', group.id)).rules[0]?.ports, '80')
    await client.patch('security-group', group.id, { rules: [{ protocol: 'tcp', ports: '81' }] })
    await client.apply('security-group', group.id)
    await page.getByText('版本 2 已撤回').waitFor({ state: 'detached' })
    await apply('9090')
    await page.getByRole('button', { name: '保留' }).click()
    await page.getByText('已保留。').waitFor()
    const [trial] = await client.trials.list()
    assert.equal(trial?.state, 'confirmed')
    assert.equal((await client.get('security-group', group.id)).rules[0]?.ports, '9090')
  })
})
