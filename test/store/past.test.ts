import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import * as fc from 'fast-check'
import { is, Set as ISet } from 'immutable'
import { edit } from '../../src/model/edit.ts'
import { all, emptyModel, put, type Model } from '../../src/model/model.ts'
import { kindNames } from '../../src/model/kinds.ts'
import { Refused } from '../../src/model/problem.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { sqliteStore } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { commandOf, type Move } from '../any-command.ts'
import { anyMoves, freshModel } from '../any-model.ts'

const directory = mkdtempSync(join(tmpdir(), 'causeway-past-'))
after(() => rmSync(directory, { recursive: true }))
let files = 0
const newFile = () => join(directory, `store-${files++}.db`)
const start = Date.UTC(2026, 0, 1)

/** A clock that moves by itself, mostly forward. */
function clock() {
  let time = start
  return { now: () => time, pass: (ms: number) => void (time += ms) }
}

/** Puts into a store what every installation begins with. */
const furnish = (store: Store) =>
  store.commit(() => {
    const { model } = freshModel()
    return { ...model, changes: ISet([...model.resources.keys(), ...model.generations.keys()]) }
  })

/** What a model says, whatever came before it. */
function said({ revision, resources, generations }: Model) {
  return { revision, resources: resources.toJS(), generations: generations.toJS() }
}

/** Every index is what it would be if the resources had been put there one after the other. */
function assertIndexed(model: Model): void {
  const rank = new Map(kindNames.map((kind, i) => [kind, i]))
  const list = [...model.resources.values()].sort((a, b) => rank.get(a.kind)! - rank.get(b.kind)!)
  const anew = list.reduce(put, emptyModel)
  for (const index of ['byKind', 'users', 'byAddress', 'byAttachment'] as const) {
    assert.ok(is(model[index], anew[index]), index)
  }
  assert.deepEqual(model.members.toJS(), anew.members.toJS())
}

/** Goes through moves on a store, and remembers what every moment saw. */
async function goThrough(
  store: Store,
  moves: readonly Move[],
  time: ReturnType<typeof clock>,
  seen: [number, Model][],
) {
  const { context } = freshModel()
  for (const [i, move] of moves.entries()) {
    // Now and then several commits fall into one moment, and a clock is set back.
    time.pass(i % 5 === 0 ? 0 : i % 11 === 0 ? -3 : 10)
    const command = commandOf(store.snapshot(), move)
    if (!command) continue
    try {
      await store.commit(model => edit(model, command, context).model)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
    const [latest] = store.moments(0, Infinity, 1)
    seen.push([latest!.at, store.snapshot()])
  }
}

function assertRemembers(store: Store, seen: readonly (readonly [number, Model])[]): void {
  const byTime = new Map(seen)
  for (const [time, model] of byTime) {
    const found = store.at(time)
    assert.ok(found)
    assert.deepEqual(said(found), said(model))
    assertIndexed(found)
    assert.equal(store.at(time + 1)?.revision, [...byTime].findLast(([at]) => at <= time + 1)?.[1].revision)
  }
}

for (const [name, open] of [
  ['memory', (time: ReturnType<typeof clock>) => memoryStore(undefined, time.now)],
  ['SQLite', (time: ReturnType<typeof clock>) => sqliteStore(newFile(), time)],
] as const) {
  test(`whatever is done, the ${name} store tells of every moment what it saw then`, () =>
    fc.assert(
      fc.asyncProperty(anyMoves, async moves => {
        const time = clock()
        const store = open(time)
        const seen: [number, Model][] = [[time.now(), store.snapshot()]]
        time.pass(1)
        await furnish(store)
        seen.push([time.now(), store.snapshot()])
        await goThrough(store, moves, time, seen)
        assertRemembers(store, seen)
        assert.equal(store.at(start - 1), null)
        assert.equal(store.oldest(), start)
        await store.close()
      }),
      { numRuns: 20, interruptAfterTimeLimit: 8000 },
    ))
}

test('another process knows the same past, and goes on with it', () =>
  fc.assert(
    fc.asyncProperty(anyMoves, anyMoves, async (before, afterwards) => {
      const [time, path] = [clock(), newFile()]
      const seen: [number, Model][] = []
      for (const moves of [before, afterwards]) {
        const store = sqliteStore(path, time)
        if (store.snapshot().revision === 0) await furnish(store)
        await goThrough(store, moves, time, seen)
        await store.close()
      }
      const store = sqliteStore(path, time)
      assertRemembers(store, seen)
      await store.close()
    }),
    { numRuns: 10, interruptAfterTimeLimit: 8000 },
  ))

test('what was answered is remembered after kill -9, in the order in which it was answered', async () => {
  const path = newFile()
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  while (text.split('\n').length < 60) await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')
  const store = sqliteStore(path)
  const byRevision = new Map(store.moments(0, Infinity, 10_000).map(({ revision, at }) => [revision, at]))
  const there = new Set<string>()
  for (const line of text.split('\n').slice(0, -1)) {
    const [what, id = '', revision] = line.split(' ')
    if (what === 'made') there.add(id)
    else there.delete(id)
    const model = store.at(byRevision.get(Number(revision))!)
    // Several may fall into one millisecond: then the last of them holds.
    if (model?.revision !== Number(revision)) continue
    assert.deepEqual(new Set([...all(model, 'eip')].map(eip => eip.id)), there)
  }
  await store.close()
})

/** A store on which one EIP is changed so many times, an hour apart. */
async function changed(times: number, options: object = {}, description = (i: number) => `${i}`) {
  const [time, path] = [clock(), newFile()]
  const store = sqliteStore(path, { ...time, ...options })
  const { context } = freshModel()
  await furnish(store)
  const body = { description: description(-1) }
  await store.commit(before => edit(before, { do: 'create', kind: 'eip', body }, context).model)
  const [eip] = all(store.snapshot(), 'eip')
  for (let i = 0; i < times; i++) {
    time.pass(3_600_000)
    const patch = { do: 'patch', kind: 'eip', id: eip!.id, body: { description: description(i) } } as const
    await store.commit(before => edit(before, patch, context).model)
  }
  const told = (hoursAgo: number) => store.at(time.now() - hoursAgo * 3_600_000)?.resources.get(eip!.id)?.description
  return { store, told, path, time }
}

test('the past is kept for as long as was said, and what is kept is whole', async () => {
  const { store, told, time } = await changed(400, { retention: { keptMs: 50 * 3_600_000, mostBytes: 1e9 } })
  for (const hours of [0, 1, 20, 50]) assert.equal(told(hours), `${399 - hours}`)
  assert.equal(told(399), undefined)
  assert.ok(store.oldest() >= time.now() - 151 * 3_600_000)
  await store.close()
})

/** A text that is long enough to be compressed, and is not much shorter then. */
const long = (i: number) =>
  `${i} ${Array.from({ length: 1000 }, (_, k) => ((i * 7919 + k * 104_729) % 36).toString(36)).join('')}`

test('the past takes no more room than was said, the oldest goes first', async () => {
  const { store, told, path } = await changed(600, { retention: { keptMs: 1e12, mostBytes: 100_000 } }, long)
  assert.equal(told(1), long(598))
  assert.equal(told(599), undefined)
  await store.close()
  assert.ok(statSync(path).size < 600_000, String(statSync(path).size))
})

test('a file of before is taken over: its past begins then', async () => {
  const { store, path } = await changed(3)
  const model = store.snapshot()
  await store.close()
  const db = new DatabaseSync(path)
  db.exec('DROP TABLE former; DROP TABLE buried; PRAGMA user_version = 1')
  db.close()
  const later = clock()
  later.pass(1e9)
  const again = sqliteStore(path, later)
  assert.equal(again.oldest(), later.now())
  assert.deepEqual(said(again.at(later.now())!), said(model))
  assert.equal(again.at(later.now() - 1), null)
  await again.close()
})

test('a file in which long documents were texts is taken over with its past, and goes on', async () => {
  const { store, path, time } = await changed(5, {}, long)
  const [model, earlier] = [store.snapshot(), store.at(time.now() - 2 * 3_600_000)!]
  await store.close()
  const db = new DatabaseSync(path)
  let found = 0
  for (const table of ['resources', 'generations'] as const) {
    const write = db.prepare(`UPDATE ${table} SET document = ? WHERE id = ?`)
    for (const { id, document } of db.prepare(`SELECT id, document FROM ${table}`).all()) {
      if (!(document instanceof Uint8Array)) continue
      write.run(inflateRawSync(document).toString(), String(id))
      found++
    }
  }
  assert.ok(found > 0)
  db.exec('PRAGMA user_version = 2')
  db.close()
  const again = sqliteStore(path, time)
  assert.deepEqual(said(again.snapshot()), said(model))
  assert.deepEqual(said(again.at(time.now() - 2 * 3_600_000)!), said(earlier))
  const [eip] = all(model, 'eip')
  time.pass(3_600_000)
  const patch = { do: 'patch', kind: 'eip', id: eip!.id, body: { description: 'short' } } as const
  await again.commit(before => edit(before, patch, freshModel().context).model)
  assert.deepEqual(said(again.at(time.now() - 3_600_000)!), said(model))
  assert.deepEqual(said(again.at(time.now() - 3 * 3_600_000)!), said(earlier))
  await again.close()
})

test('who deletes the past begins anew with what is', async () => {
  const { store, told, path, time } = await changed(20)
  assert.equal(told(3), '16')
  await store.close()
  const db = new DatabaseSync(path)
  db.exec('DELETE FROM former')
  db.close()
  time.pass(1000)
  const again = sqliteStore(path, time)
  assert.equal(again.oldest(), time.now())
  assert.equal(again.at(time.now() - 1), null)
  assert.deepEqual(said(again.at(time.now())!), said(again.snapshot()))
  await again.close()
})

test('a commit writes what changed as it was before, and nothing else', async () => {
  const { store, path } = await changed(50)
  await store.close()
  const db = new DatabaseSync(path)
  const rows = db.prepare('SELECT revision, count(*) AS n FROM former GROUP BY revision ORDER BY revision').all()
  assert.ok(rows.slice(2).every(row => row['n'] === 1))
  assert.equal(rows.length, 52)
  db.close()
})
