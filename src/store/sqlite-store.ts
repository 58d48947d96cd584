import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { kindNames, kinds } from '../model/kinds.ts'
import {
  committed,
  emptyModel,
  type Generation,
  type Model,
  put,
  putGeneration,
  type Resource,
} from '../model/model.ts'
import { StoreFailed } from './store-failed.ts'
import type { Store } from './store.ts'
import { subject } from './subject.ts'

/** What the tables are; a file with a higher one was written by a newer Causeway. */
const schemaVersion = 1

const schema = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS resources (id TEXT PRIMARY KEY, document TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS generations (id TEXT PRIMARY KEY, document TEXT NOT NULL);
  PRAGMA user_version = ${schemaVersion};
`

/**
 * A store in one file. A commit that was answered is on the disk: it survives a crash of the process and of the machine.
 * Throws where another process has the file open, or a newer Causeway wrote it; a commit throws {@link StoreFailed} where the
 * disk refuses it.
 */
export function sqliteStore(path: string): Store {
  const { db, model: loaded } = open(path)
  const writers = writersOf(db)
  const newest = subject(loaded)
  return {
    snapshot: () => newest.value(),
    async commit(change) {
      const before = newest.value()
      const after = change(before)
      if (after === before) return before
      const model = committed(after)
      inTransaction(db, path, () => write(writers, after, model.revision))
      return newest.set(model)
    },
    watch: signal => newest.watch(signal),
    async close() {
      newest.close()
      db.close()
    },
  }
}

function open(path: string): { readonly db: DatabaseSync; readonly model: Model } {
  const db = new DatabaseSync(path)
  try {
    // Exclusive before WAL: then the file is locked for as long as it is open, and there is no shared memory beside it.
    db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT',
    )
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > schemaVersion)
      throw new Error(`a newer Causeway wrote it (schema ${version}, this one knows ${schemaVersion})`)
    db.exec(schema)
    return { db, model: load(db) }
  } catch (error) {
    db.close()
    const reason = error instanceof Error ? error.message : String(error)
    const told = /locked/.test(reason) ? 'another process is using it; stop that one first' : reason
    throw new Error(`cannot open the store ${path}: ${told}`, { cause: error })
  }
}

type Row = Readonly<Record<string, unknown>>

function load(db: DatabaseSync): Model {
  const rows = db.prepare('SELECT document FROM resources').all().map(resourceOf)
  // Who lies in a VPC is known once its subnets are there: earlier kinds first.
  const rank = new Map(kindNames.map((kind, i) => [kind, i]))
  rows.sort((a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0))
  const resources = rows.reduce(put, emptyModel)
  const model = db.prepare('SELECT document FROM generations').all().map(generationOf).reduce(putGeneration, resources)
  const revision = Number(db.prepare(`SELECT value FROM meta WHERE name = 'revision'`).get()?.['value'] ?? 0)
  return { ...model, revision, changes: emptyModel.changes }
}

/** A draft that equals what runs is written once, and is one object again when read. */
function resourceText(resource: Resource): string {
  return JSON.stringify(resource.draft === resource.live ? { ...resource, live: undefined } : resource)
}

/** Reads a row as today's schemas read a body: attributes that an older Causeway did not know get their defaults. */
function resourceOf(row: Row): Resource {
  const resource = JSON.parse(String(row['document'])) as Resource
  const { now, spec } = kinds[resource.kind]
  try {
    const draft = spec.parse(resource.draft)
    const live = 'live' in resource ? spec.parse(resource.live) : draft
    return { ...resource, now: now.parse(resource.now), draft, live } as Resource
  } catch (error) {
    throw new Error(`${resource.id} in the store does not fit this version of Causeway`, { cause: error })
  }
}

function generationOf(row: Row): Generation {
  return JSON.parse(String(row['document'])) as Generation
}

interface Writers {
  readonly resources: Writer
  readonly generations: Writer
  readonly revision: StatementSync
}

interface Writer {
  readonly put: StatementSync
  readonly remove: StatementSync
}

function writersOf(db: DatabaseSync): Writers {
  const writer = (table: string): Writer => ({
    put: db.prepare(`INSERT OR REPLACE INTO ${table} (id, document) VALUES (?, ?)`),
    remove: db.prepare(`DELETE FROM ${table} WHERE id = ?`),
  })
  const revision = db.prepare(`INSERT OR REPLACE INTO meta (name, value) VALUES ('revision', ?)`)
  return { resources: writer('resources'), generations: writer('generations'), revision }
}

/** Writes what changed, and nothing else. */
function write({ resources, generations, revision }: Writers, model: Model, number: number): void {
  for (const key of model.changes) {
    const resource = model.resources.get(key)
    const generation = model.generations.get(key)
    if (resource) resources.put.run(key, resourceText(resource))
    else if (generation) generations.put.run(key, JSON.stringify(generation))
    else (key.includes('@') ? generations : resources).remove.run(key)
  }
  revision.run(number)
}

function inTransaction(db: DatabaseSync, path: string, work: () => void): void {
  try {
    db.exec('BEGIN IMMEDIATE')
    work()
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw new StoreFailed(path, error)
  }
}
