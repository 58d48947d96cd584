import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sections } from '../../src/qingcloud/actions.ts'
import { clientNames } from './clients.ts'
import { rows } from './rows.ts'
import { checkShape } from './shape.ts'
import { startSite } from './site.ts'

for (const { action, about, given, parameters = {}, answer, then, role, clients = clientNames } of rows) {
  test(`${action}${about === undefined ? '' : `: ${about}`}`, async t => {
    for (const client of clients) {
      const site = await startSite(t)
      const made = (await given?.(site)) ?? {}
      const asked = typeof parameters === 'function' ? parameters(made) : parameters
      const said = await site.ask(client, action, asked, role)
      assert.equal(said.message, undefined, `${client}: ${said.message}`)
      const expected = typeof answer === 'function' ? answer(made) : answer
      checkShape(said, { action: `${action}Response`, ret_code: 0, ...expected }, `${client}: answer`)
      await then?.(site, made, said)
      assert.deepEqual(site.bugs, [])
    }
  })
}

test('every action has a row', () => {
  const tested = new Set(rows.map(({ action }) => action))
  const names = Object.values(sections).flatMap(actions => actions.map(({ name }) => name))
  assert.deepEqual(
    names.filter(name => !tested.has(name)),
    [],
  )
})

test('no action is there twice', () => {
  const names = Object.values(sections)
    .flat()
    .flatMap(({ name, aliases }) => [name, ...aliases])
  assert.equal(new Set(names).size, names.length)
})
