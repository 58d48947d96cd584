import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Parameters } from './clients.ts'
import type { Given } from './row.ts'
import { startSite, type Site } from './site.ts'

/** A request that is refused: with a code, and a sentence in which this is found. */
export type Refusal = readonly [
  action: string,
  parameters: Parameters | ((given: Given) => Parameters),
  code: number,
  says: RegExp | ((given: Given) => string),
]

/** Tests that requests are refused, and that nothing has changed then. */
export function testRefusals(
  about: string,
  prepare: (site: Site) => Promise<Given>,
  refusals: readonly Refusal[],
): void {
  test(`${about}: what is refused`, async t => {
    const site = await startSite(t)
    const given = await prepare(site)
    const before = site.cloud.model()
    for (const [action, parameters, code, says] of refusals) {
      const sought = typeof says === 'function' ? says(given) : says
      await t.test(`${action}: ${sought}`, async () => {
        const asked = typeof parameters === 'function' ? parameters(given) : parameters
        const { ret_code: told, message = '', ...rest } = await site.ask('python', action, asked)
        assert.equal(told, code, message)
        assert.ok(typeof sought === 'string' ? message.includes(sought) : sought.test(message), message)
        assert.deepEqual(rest, {})
        assert.equal(site.cloud.model(), before)
      })
    }
    assert.deepEqual(site.bugs, [])
  })
}
