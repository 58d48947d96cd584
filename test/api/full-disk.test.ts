import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { memoryStore } from '../../src/store/memory-store.ts'
import { StoreFailed } from '../../src/store/store-failed.ts'
import { prepared, running } from './running.ts'

test('a full disk is told as such, in both languages; with room again the server goes on, and nothing was lost', t => {
  const inside = join(import.meta.dirname, 'full-disk-inside.ts')
  const script = 'mount -t tmpfs -o size=3m tmpfs /mnt && exec "$0" "$1" /mnt'
  const { stdout, stderr, status } = spawnSync('unshare', ['-rm', 'sh', '-c', script, process.execPath, inside], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  if (status !== 0 && /unshare|mount/.test(stderr)) return t.skip(`needs user namespaces: ${stderr.trim()}`)
  assert.equal(status, 0, stderr)
  const answers = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as [number, string | null, string | null, boolean])
  const kept = answers.pop()
  assert.equal(answers[0]?.[0], 201)
  assert.equal(answers.at(-1)?.[0], 201)
  const refused = answers.filter(([code]) => code !== 201)
  assert.ok(refused.length > 10, stdout)
  const words = new Set(refused.map(([code, name, message]) => `${code} ${name} ${message}`))
  assert.deepEqual([...words].sort(), [
    '507 disk-full nothing was changed: the disk of the state directory /mnt is full; free space and try again',
    '507 disk-full 未作任何修改：状态目录 /mnt 所在磁盘已满；请释放空间后重试',
  ])
  // Who keeps the machine reads of it once, and of nothing else.
  assert.equal(stderr.match(/^causeway server: the disk of the state directory is full: .*$/gm)?.length, 1, stderr)
  assert.doesNotMatch(stderr, /Error:/)
  assert.deepEqual(kept, [answers.length - refused.length])
})

test('a store that cannot write says what and where, and its operation is logged as refused', async t => {
  const store = await prepared(memoryStore())
  let broken = false
  const server = await running(t, {
    ...store,
    commit: async change => {
      if (broken) throw new StoreFailed('/state/model.sqlite', new Error('disk I/O error'))
      return store.commit(change)
    },
  })
  broken = true
  const { status, body } = await server.ask('POST', '/v1/eips', {})
  assert.equal(status, 503)
  assert.equal(body['code'], 'store-failed')
  assert.equal(body['message'], 'nothing was changed: /state/model.sqlite cannot be written to (disk I/O error)')
  const { body: log } = await server.ask('GET', '/v1/operations?outcome=refused')
  assert.equal((log['items'] as { refused: string }[])[0]?.refused, 'store-failed')
  assert.deepEqual(server.bugs, [])
})
