import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test from 'node:test'
import { spawnInSandbox } from '../../src/dataplane/sandbox.ts'

test(
  'a real directory issues and renews certificates through the balancer’s own listener, whatever happens meanwhile',
  { timeout: 400_000 },
  async t => {
    const directory = await mkdtemp(join(tmpdir(), 'causeway-acme-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    const inside = [process.execPath, join(import.meta.dirname, 'acme-inside.ts'), join(directory, 's')] as const
    const sandbox = spawnInSandbox(inside, { stdio: ['ignore', 'ignore', 'pipe'] })
    const [said, [code]] = await Promise.all([text(sandbox.stderr!), once(sandbox, 'exit')])
    assert.equal(code, 0, said)
  },
)
