import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

interface Look {
  readonly when: string
  readonly code: number
  readonly en: string
  readonly zh: string
  readonly problems: readonly { readonly code: string; readonly at: string }[]
  /** As metrics tell it. */
  readonly counted: number
}

test('status says that the server cannot write its state or its log, where, and what to do, for as long as it cannot', t => {
  const inside = join(import.meta.dirname, 'status-inside.ts')
  const script = `mount -t tmpfs tmpfs /mnt && mkdir /mnt/state /mnt/log &&
    mount -t tmpfs -o size=4m tmpfs /mnt/state && mount -t tmpfs -o size=1m tmpfs /mnt/log &&
    "$0" "$1" /mnt/state /mnt/log 2>/mnt/log/server.log || { cat /mnt/log/server.log >&2; exit 1; }`
  const { stdout, stderr, status } = spawnSync('unshare', ['-rm', 'sh', '-c', script, process.execPath, inside], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  if (status !== 0 && /^(?:unshare|mount):/m.test(stderr)) return t.skip(`needs user namespaces: ${stderr.trim()}`)
  assert.equal(status, 0, stderr)
  const looks = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Look)
  const told = looks.map(({ when, code, problems }) => [when, code, ...problems.map(each => `${each.code} ${each.at}`)])
  assert.deepEqual(told, [
    ['well', 0],
    ['full', 1, 'disk-full /mnt/state/state'],
    ['room', 0],
    ['full log', 1, 'disk-full /mnt/log/server.log'],
    ['read-only', 1, 'store-failed /mnt/state/state'],
    ['gone', 1, 'store-failed /mnt/state/state'],
    ['back', 0],
  ])
  for (const { problems, counted } of looks) assert.equal(counted, problems.length)
  const saying = (when: string) => looks.find(each => each.when === when)
  assert.match(
    saying('full')?.en ?? '',
    /^  \/mnt\/state\/state: the disk of the state directory is full: .*free space/m,
  )
  assert.match(saying('full')?.zh ?? '', /^  \/mnt\/state\/state: 状态目录所在磁盘已满：.*请释放空间/m)
  assert.match(saying('full log')?.en ?? '', /^  \/mnt\/log\/server\.log: the disk of the server log is full/m)
  assert.match(saying('read-only')?.en ?? '', /mounted read-only/)
  assert.match(saying('gone')?.zh ?? '', /状态目录已不存在/)
})
