import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runServer } from '../../src/programs/server.ts'

const surroundings = { reserved: [], user: null, version: 'test', aloud: false }

test('a server that cannot start says in one line what to do', async t => {
  const state = mkdtempSync(join(tmpdir(), 'causeway-'))
  t.after(() => rmSync(state, { recursive: true }))
  const said = t.mock.method(console, 'error', () => {})
  const start = (listen: string, place: string) =>
    runServer({ state: place, listen, zone: 'local', pool: [] }, surroundings, AbortSignal.abort())

  const other = createServer().listen(0, '127.0.0.1')
  t.after(() => other.close())
  await once(other, 'listening')
  const address = other.address()
  assert.ok(typeof address === 'object' && address)
  assert.equal(await start(`127.0.0.1:${address.port}`, join(state, 'taken')), 1)

  mkdirSync(join(state, 'broken'))
  writeFileSync(
    join(state, 'broken', 'model.sqlite'),
    'no database, though long enough to be taken for one'.repeat(100),
  )
  assert.equal(await start('127.0.0.1:0', join(state, 'broken')), 1)

  const lines = said.mock.calls.map(call => String(call.arguments[0]))
  assert.equal(lines.length, 2)
  assert.match(lines[0] ?? '', /something listens on 127\.0\.0\.1:\d+ already/)
  assert.match(lines[1] ?? '', /the state in .*broken cannot be used \(file is not a database\)/)
})
