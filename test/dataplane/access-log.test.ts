import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

test('the access log of a real HAProxy', { timeout: 240_000 }, t => {
  const inside = join(import.meta.dirname, 'access-log-inside.ts')
  const prepare = 'ip link set lo up && mount -t tmpfs none /run && mkdir /run/netns && exec "$@"'
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
  // In a process namespace too, so that no HAProxy is left over however the test ends.
  const sandbox = ['-rnmpf', '--mount-proc', '--kill-child', 'sh', '-c', prepare, 'sh']
  const run = spawnSync('unshare', [...sandbox, process.execPath, inside], { encoding: 'utf8', env })
  t.diagnostic(run.stdout)
  assert.equal(run.status, 0, `${run.stdout}\n${run.stderr}`)
})
