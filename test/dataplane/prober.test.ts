import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { spawnInSandbox } from '../../src/dataplane/sandbox.ts'

test('backends are checked by ICMP and UDP from inside a namespace', { timeout: 240_000 }, async t => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const inside = join(import.meta.dirname, 'prober-inside.ts')
  const child = spawnInSandbox([process.execPath, inside], { stdio: ['ignore', 'pipe', 'inherit'], env })
  const said = child.stdout ? text(child.stdout) : Promise.resolve('')
  const [code] = (await once(child, 'exit')) as [number | null]
  t.diagnostic(await said)
  assert.equal(code, 0, `this needs user, network, mount and process namespaces (unshare)\n${await said}`)
})
