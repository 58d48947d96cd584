import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { spawnInSandbox } from '../../src/dataplane/sandbox.ts'

for (const [promise, file] of [
  ['the kernel keeps the promise of a host', 'linux-host-inside.ts'],
  ['what others do to the kernel is noticed', 'drift-inside.ts'],
  ['every namespace has its own settings', 'settings-inside.ts'],
  ['a changed ruleset cuts the flows that it would not let through', 'flows-inside.ts'],
] as const) {
  test(promise, { timeout: 300_000 }, async t => {
    const inside = fileURLToPath(new URL(file, import.meta.url))
    // Without this the inner run would report to the outer one in a language of machines.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const child = spawnInSandbox([process.execPath, inside], { stdio: ['ignore', 'pipe', 'pipe'], env })
    let said = ''
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    t.diagnostic(said)
    assert.equal(code, 0, `this needs user, network, mount and process namespaces (unshare)\n${said}`)
  })
}
