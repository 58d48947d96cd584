import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { check } from '../../src/model/check.ts'
import { sqliteStore } from '../../src/store/sqlite-store.ts'

const writer = join(import.meta.dirname, 'writer.ts')

test('a command that was answered survives kill -9, at whatever moment', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'causeway-crash-'))
  const file = join(directory, 'store.db')
  let answers = 0
  try {
    for (let round = 1; round <= 20; round++) answers += await killedAfter(file, round, Math.random() * 20)
    assert.ok(answers > 100, `only ${answers} commands were answered in all`)
  } finally {
    rmSync(directory, { recursive: true })
  }
})

/** Kills a writer some time after so many answers, and checks the file against all of them; returns their number. */
async function killedAfter(file: string, least: number, ms: number): Promise<number> {
  const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const answered = () => said.split('\n').slice(0, -1)
  while (answered().length < least && child.exitCode === null) await once(child.stdout, 'data')
  await sleep(ms)
  child.kill('SIGKILL')
  await closed

  const lines = answered().map(line => line.split(' '))
  const store = sqliteStore(file)
  const model = store.snapshot()
  await store.close()
  const told = new Map(lines.map(([what, id]) => [id, what]))
  const wrong = [...told].filter(([id = '', what]) => model.resources.has(id) !== (what === 'made'))
  const last = Number(lines.at(-1)?.[2])
  // One command may have been stored whose answer was never heard.
  assert.ok(
    model.revision === last || model.revision === last + 1,
    `revision ${model.revision} after ${last} was answered`,
  )
  assert.ok(wrong.length <= model.revision - last, `answered but not so: ${wrong.join('; ')}`)
  assert.deepEqual(check(model), [])
  return lines.length
}

test('a full disk refuses commands, loses none that was answered, and leaves a store that opens', t => {
  const script = 'mount -t tmpfs -o size=600k tmpfs /mnt && exec "$0" "$1" /mnt/store.db'
  const { stdout, stderr, status } = spawnSync('unshare', ['-rm', 'sh', '-c', script, process.execPath, writer], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  if (status !== 0 && /unshare|mount/.test(stderr)) return t.skip(`needs user namespaces: ${stderr.trim()}`)
  const lines = stdout.trimEnd().split('\n')
  const answered = Number(lines.at(-3)?.split(' ')[2])
  assert.match(
    lines.at(-2) ?? stderr,
    new RegExp(`^failed at ${answered} nothing was changed: cannot write to the store .*full`),
  )
  assert.equal(lines.at(-1), `reopened ${answered}`)
})
