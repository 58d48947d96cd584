import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { kindNames, kinds } from '../model/kinds.ts'
import {
  committed,
  emptyModel,
  type Generation,
  type Model,
  put,
  putGeneration,
  remove,
  removeGeneration,
  type Resource,
} from '../model/model.ts'
import { packed, unpacked } from './packed.ts'
import { pastOf, pastSchema, type Past, type Retention } from './past.ts'
import { StoreFailed } from './store-failed.ts'
import type { Store } from './store.ts'
import { subject } from './subject.ts'

/** What the tables are; a file with a higher one was written by a newer Causeway. */
const schemaVersion = 3

const schema = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS resources (id TEXT PRIMARY KEY, document NOT NULL);
  CREATE TABLE IF NOT EXISTS generations (id TEXT PRIMARY KEY, document NOT NULL);
  ${pastSchema}
  PRAGMA user_version = ${schemaVersion};
`

export interface SqliteStoreOptions {
  /** Milliseconds since 1970; the real clock when left out. */
  readonly now?: () => number
  /** How much of the past is kept; 90 days, in 256 MiB at most, when left out. */
  readonly retention?: Retention
}

/** So many models of the past are remembered as a whole. */
const mostKept = 8

/**
 * A store in one file. A commit that was answered is on the disk: it survives a crash of the process and of the machine.
 * Throws where another process has the file open, or a newer Causeway wrote it; a commit throws {@link StoreFailed} where the
 * disk refuses it.
 */
export function sqliteStore(path: string, { now = Date.now, retention }: SqliteStoreOptions = {}): Store {
  const { db, model: loaded } = open(path)
  const past = pastOf(db, loaded.revision, now, retention)
  const kept = new Map<number, Model>()
  const writers = writersOf(db)
  const newest = subject(loaded)
  return {
    snapshot: () => newest.value(),
    async commit(change) {
      const before = newest.value()
      const after = change(before)
      if (after === before) return before
      const model = committed(after)
      inTransaction(db, path, () => {
        past.note(model.revision, after)
        write(writers, after, model.revision)
      })
      return newest.set(model)
    },
    at(time) {
      const revision = past.revisionAt(time)
      const present = newest.value()
      if (revision === null || revision === present.revision) return revision === null ? null : present
      const known = kept.get(revision) ?? modelBefore(present, revision, past.since(revision))
      kept.delete(revision)
      kept.set(revision, known)
      for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest)
      return known
    },
    oldest: () => past.oldest(),
    moments: (from, to, most) => past.moments(from, to, most),
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
    // Where nothing has to be made nothing is written: it opens on a full disk, too.
    if (version < schemaVersion) db.exec(schema)
    return { db, model: load(db) }
  } catch (error) {
    db.close()
    const reason = error instanceof Error ? error.message : String(error)
    const told = /locked/.test(reason) ? 'another process is using it; stop that one first' : reason
    throw new Error(`cannot open the store ${path}: ${told}`, { cause: error })
  }
}

function load(db: DatabaseSync): Model {
  const rows = db.prepare('SELECT document FROM resources').all()
  const resources = withAll(
    emptyModel,
    rows.map(row => resourceOf(unpacked(row['document']))),
  )
  const model = db
    .prepare('SELECT document FROM generations WHERE id NOT IN (SELECT id FROM buried)')
    .all()
    .map(row => generationOf(unpacked(row['document'])))
    .reduce(putGeneration, resources)
  const revision = Number(db.prepare(`SELECT value FROM meta WHERE name = 'revision'`).get()?.['value'] ?? 0)
  return { ...model, revision, changes: emptyModel.changes }
}

/** Who lies in a VPC is known once its subnets are there: earlier kinds first. */
function withAll(model: Model, resources: Resource[]): Model {
  const rank = new Map(kindNames.map((kind, i) => [kind, i]))
  return resources.sort((a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0)).reduce(put, model)
}

/** The model of an earlier revision, by what became other since. */
function modelBefore(present: Model, revision: number, since: ReturnType<Past['since']>): Model {
  const changed = [...since]
  const [generations, resources] = [
    changed.filter(([key]) => key.includes('@')),
    changed.filter(([key]) => !key.includes('@')),
  ]
  const without = resources.reduce((model, [id]) => remove(model, id), present)
  const then = resources.flatMap(([, document]) => (document === null ? [] : resourceOf(document)))
  const model = generations.reduce(
    (each, [key, document]) => {
      const [of = '', number] = key.split('@')
      return document === null
        ? removeGeneration(each, of, Number(number))
        : putGeneration(each, generationOf(document))
    },
    withAll(without, then),
  )
  return { ...model, revision, changes: emptyModel.changes, changed: emptyModel.changes }
}

/** A draft that equals what runs is written once, and is one object again when read. */
function resourceText(resource: Resource): string {
  return JSON.stringify(resource.draft === resource.live ? { ...resource, live: undefined } : resource)
}

/** Reads a row as today's schemas read a body: attributes that an older Causeway did not know get their defaults. */
function resourceOf(document: string): Resource {
  const resource = JSON.parse(document) as Resource
  const { now, spec } = kinds[resource.kind]
  try {
    const draft = spec.parse(resource.draft)
    const live = 'live' in resource ? spec.parse(resource.live) : draft
    return { ...resource, now: now.parse(resource.now), draft, live } as Resource
  } catch (error) {
    throw new Error(`${resource.id} in the store does not fit this version of Causeway`, { cause: error })
  }
}

function generationOf(document: string): Generation {
  return JSON.parse(document) as Generation
}

interface Writers {
  readonly putResource: StatementSync
  readonly removeResource: StatementSync
  readonly putGeneration: StatementSync
  readonly revision: StatementSync
}

function writersOf(db: DatabaseSync): Writers {
  const upsert = (table: string) => db.prepare(`INSERT OR REPLACE INTO ${table} (id, document) VALUES (?, ?)`)
  return {
    putResource: upsert('resources'),
    removeResource: db.prepare('DELETE FROM resources WHERE id = ?'),
    putGeneration: upsert('generations'),
    revision: db.prepare(`INSERT OR REPLACE INTO meta (name, value) VALUES ('revision', ?)`),
  }
}

/** Writes what changed, and nothing else. The document of a generation that goes stays for those who go back: it is buried. */
function write(writers: Writers, model: Model, number: number): void {
  for (const key of model.changes) {
    const resource = model.resources.get(key)
    const generation = model.generations.get(key)
    if (resource) writers.putResource.run(key, packed(resourceText(resource)))
    else if (generation) writers.putGeneration.run(key, packed(JSON.stringify(generation)))
    else if (!key.includes('@')) writers.removeResource.run(key)
  }
  writers.revision.run(number)
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
