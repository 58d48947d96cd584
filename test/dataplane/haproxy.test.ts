import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

test('HAProxy, for real, in namespaces of its own', { timeout: 120_000 }, t => {
  const inside = new URL('haproxy-inside.ts', import.meta.url).pathname
  const prepare = 'ip link set lo up && mount -t tmpfs none /run && mkdir /run/netns && exec "$@"'
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
  const run = spawnSync('unshare', ['-rnm', 'sh', '-c', prepare, 'sh', process.execPath, inside], {
    encoding: 'utf8',
    env,
  })
  t.diagnostic(run.stdout)
  assert.equal(run.status, 0, `${run.stdout}\n${run.stderr}`)
})
