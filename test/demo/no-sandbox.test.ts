import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

test('where no sandbox may be made, the demo says what it needs, and leaves with 1', t => {
  const bin = mkdtempSync(join(tmpdir(), 'causeway-bin-'))
  t.after(() => rmSync(bin, { recursive: true }))
  writeFileSync(join(bin, 'unshare'), '#!/bin/sh\necho "unshare failed: Operation not permitted" >&2\nexit 1\n', {
    mode: 0o755,
  })
  const main = join(import.meta.dirname, '../../src/main.ts')
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [main, 'demo', '--once'], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, LANG: 'en_US.UTF-8' },
  })
  assert.equal(error, undefined, 'it does not leave')
  assert.equal(signal, null)
  assert.equal(status, 1)
  assert.match(stdout + stderr, /needs user namespaces/)
  assert.doesNotMatch(stdout + stderr, /\n {4}at /)
})
