import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientNames, type Parameters } from './clients.ts'
import type { Given } from './row.ts'
import { startSite, type Site } from './site.ts'

/** One request that cannot be done, and what is answered. */
export interface Refusal {
  readonly about: string
  readonly action: string
  readonly given?: (site: Site) => Promise<Given>
  readonly parameters: Parameters | ((given: Given) => Parameters)
  readonly code: number
  readonly message: RegExp
}

/** Sends each as every client does: it is refused with its code, and nothing has changed. */
export function testRefusals(refusals: readonly Refusal[]): void {
  for (const { about, action, given, parameters, code, message } of refusals) {
    test(`${action} is refused: ${about}`, async t => {
      const site = await startSite(t)
      const made = (await given?.(site)) ?? {}
      const before = site.cloud.model()
      for (const client of clientNames) {
        const asked = typeof parameters === 'function' ? parameters(made) : parameters
        const answer = await site.ask(client, action, asked)
        assert.equal(answer.ret_code, code, `${client}: ${JSON.stringify(answer)}`)
        assert.match(answer.message ?? '', message, client)
        assert.deepEqual(Object.keys(answer).sort(), ['message', 'ret_code'])
      }
      assert.equal(site.cloud.model(), before)
      assert.deepEqual(site.bugs, [])
    })
  }
}
