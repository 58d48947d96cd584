import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import * as fc from 'fast-check'
import { is } from 'immutable'
import type { Command } from '../../src/model/command.ts'
import { edit } from '../../src/model/edit.ts'
import { all, type Model } from '../../src/model/model.ts'
import { Refused } from '../../src/model/problem.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { sqliteStore } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { commandOf } from '../any-command.ts'
import { anyMoves, freshModel } from '../any-model.ts'

const directory = mkdtempSync(join(tmpdir(), 'causeway-store-'))
after(() => rmSync(directory, { recursive: true }))
let files = 0
const newFile = () => join(directory, `store-${files++}.db`)

const eip = { do: 'create', kind: 'eip', body: {} } as const satisfies Command

function contract(name: string, open: () => Store): void {
  describe(`the ${name} store`, () => {
    test('is empty at first', async () => {
      const store = open()
      assert.equal(store.snapshot().revision, 0)
      assert.equal(store.snapshot().resources.size, 0)
      await store.close()
    })

    test('grows its revision by one with each commit, and shows what was committed', async () => {
      const { store, run } = await furnished(open())
      const before = store.snapshot().revision
      const model = await run(eip)
      assert.equal(model.revision, before + 1)
      assert.equal(store.snapshot(), model)
      assert.equal([...all(model, 'eip')].length, 1)
      assert.equal(model.changes.size, 0)
      const [{ id } = { id: '' }] = all(model, 'eip')
      assert.deepEqual([...model.changed].sort(), [id, `${id}@1`])
      await store.close()
    })

    test('commits nothing where a change changes nothing', async () => {
      const { store } = await furnished(open())
      const before = store.snapshot()
      assert.equal(await store.commit(model => model), before)
      assert.equal(store.snapshot(), before)
      await store.close()
    })

    test('throws what a change throws, and keeps what it had', async () => {
      const { store, run } = await furnished(open())
      const before = store.snapshot()
      await assert.rejects(run({ do: 'create', kind: 'vpc', body: { cidr: 'nonsense' } }), Refused)
      assert.equal(store.snapshot(), before)
      await store.close()
    })

    test('runs changes asked for at once one after another, each on the newest model', async () => {
      const { store, run } = await furnished(open())
      const before = store.snapshot().revision
      const models = await Promise.all(Array.from({ length: 20 }, () => run(eip)))
      assert.deepEqual(
        models.map(m => m.revision),
        models.map((_, i) => before + 1 + i),
      )
      assert.equal(new Set([...all(store.snapshot(), 'eip')].map(e => e.now.address)).size, 20)
      await store.close()
    })

    test('shows a watcher the present model, then the newest; skips, but never goes back', async () => {
      const { store, run } = await furnished(open())
      const start = store.snapshot().revision
      const seen: number[] = []
      for await (const model of store.watch(new AbortController().signal)) {
        seen.push(model.revision)
        if (model.revision === start) for (let i = 0; i < 5; i++) await run(eip)
        if (model.revision >= start + 5) break
      }
      assert.deepEqual(seen, [start, start + 5])
      await store.close()
    })

    test('ends a watch that is aborted, and every watch when it closes', async () => {
      const { store } = await furnished(open())
      const abort = new AbortController()
      const [aborted, open1] = [drained(store.watch(abort.signal)), drained(store.watch(new AbortController().signal))]
      abort.abort()
      assert.equal(await aborted, 1)
      await store.close()
      assert.equal(await open1, 1)
    })
  })
}

contract('memory', () => memoryStore())
contract('SQLite', () => sqliteStore(newFile()))

describe('the SQLite store', () => {
  test('holds after a restart exactly what it held before', async () => {
    await fc.assert(
      fc.asyncProperty(anyMoves, async list => {
        const file = newFile()
        const { store, run } = await furnished(sqliteStore(file))
        for (const move of list) {
          const command = commandOf(store.snapshot(), move)
          if (command) await run(command).catch(refusal)
        }
        const before = store.snapshot()
        await store.close()
        const again = sqliteStore(file)
        assertSameModel(again.snapshot(), before)
        await again.close()
      }),
      { numRuns: 20 },
    )
  })

  test('refuses a file that is in use, and says so', async () => {
    const file = newFile()
    const store = sqliteStore(file)
    assert.throws(() => sqliteStore(file), /cannot open the store .*another process is using it/)
    await store.close()
    await sqliteStore(file).close()
  })

  test('reads what an older Causeway wrote, and refuses what a newer one did', async () => {
    const file = newFile()
    const { store, run } = await furnished(sqliteStore(file))
    await run(eip)
    await store.close()
    alter(file, `UPDATE resources SET document = json_remove(document, '$.now.billing') WHERE id LIKE 'eip-%'`)
    const again = sqliteStore(file)
    assert.deepEqual(
      [...all(again.snapshot(), 'eip')].map(e => e.now.billing),
      ['bandwidth'],
    )
    await again.close()
    alter(file, `UPDATE resources SET document = json_set(document, '$.now.orbit', 7) WHERE id LIKE 'eip-%'`)
    assert.throws(() => sqliteStore(file), /cannot open the store .*eip-\w+ in the store does not fit this version/)
    alter(file, 'PRAGMA user_version = 99')
    assert.throws(() => sqliteStore(file), /a newer Causeway wrote it/)
  })
})

function alter(file: string, sql: string): void {
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}

/** A store with what a fresh model holds, and a way to run commands on it. */
async function furnished(store: Store) {
  const { model: fresh, context } = freshModel()
  await store.commit(() => ({
    ...fresh,
    revision: 0,
    changes: fresh.resources.keySeq().toSet().concat(fresh.generations.keys()),
  }))
  const run = (command: Command) => store.commit(model => edit(model, command, context).model)
  return { store, run }
}

function refusal(error: unknown): void {
  if (!(error instanceof Refused)) throw error
}

async function drained(models: AsyncIterable<Model>): Promise<number> {
  let count = 0
  for await (const _ of models) count++
  return count
}

function assertSameModel(actual: Model, expected: Model): void {
  const { resources, generations, ...indexes } = expected
  assert.deepEqual(actual.resources.toJS(), resources.toJS())
  assert.deepEqual(actual.generations.toJS(), generations.toJS())
  for (const name of ['byKind', 'users', 'byAddress', 'byAttachment', 'changes'] as const)
    assert.ok(is(actual[name], indexes[name]), name)
  assert.deepEqual(actual.members.toJS(), indexes.members.toJS())
  assert.equal(actual.revision, indexes.revision)
  for (const [id, resource] of resources) {
    const other = actual.resources.get(id)
    assert.equal(other?.draft === other?.live, resource.draft === resource.live, `${id}: one version, or two`)
  }
}
