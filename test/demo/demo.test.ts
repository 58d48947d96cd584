import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test from 'node:test'

const main = join(import.meta.dirname, '../../src/main.ts')

async function demo(...args: string[]) {
  const child = spawn(process.execPath, [main, 'demo', '--once', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { out, err, code: code as number | null, pid: child.pid }
}

test('both topologies serve real requests, each by its own address', { timeout: 180_000 }, async () => {
  const { out, err, code } = await demo('--lang', 'en')
  assert.equal(code, 0, out + err)
  const rows = out
    .split('\n')
    .filter(line => /│ [AB] /.test(line))
    .map(line => line.split('│').map(cell => cell.trim()))
  const sources = (topology: string) => new Set(rows.filter(row => row[1] === topology).map(row => row[4]))
  assert.equal(rows.length, 8)
  assert.equal(sources('A').size, 1)
  assert.equal(sources('B').size, 1)
  assert.notDeepEqual(sources('A'), sources('B'))
  assert.ok(rows.every(row => row[5] === '192.0.2.10'))
  const seconds = Number(/([\d.]+) s after the first call/.exec(out)?.[1])
  assert.ok(seconds <= 15, `${seconds} s`)
  assert.deepEqual(
    readdirSync(tmpdir()).filter(name => name.startsWith('causeway-demo-') && out.includes(name)),
    [],
  )
})

test('a step left out is named', { timeout: 180_000 }, async () => {
  const { out, err, code } = await demo('--lang', 'zh', '--topology', 'a', '--skip', 'snat-rule')
  assert.equal(code, 0, out + err)
  assert.match(out, /没有覆盖 demo-a-net .* 的 SNAT 规则/)
  assert.match(out, /不可用/)
})

test('a route that nobody applied is named', { timeout: 180_000 }, async () => {
  const { out, err, code } = await demo('--lang', 'en', '--topology', 'b', '--skip', 'apply-route-table')
  assert.equal(code, 0, out + err)
  assert.match(out, /unavailable \(no route\)/)
  assert.match(out, /is not applied → apply the changes of rt-/)
})

test('a step that there is not is refused, with those that there are', async () => {
  const { err, code } = await demo('--skip', 'breakfast')
  assert.equal(code, 2)
  assert.match(err, /breakfast.*snat-rule/)
})
