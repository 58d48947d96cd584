import type { Id } from '../model/model.ts'
import type { Problem } from '../model/problem.ts'
import { openFile } from '../store/open-file.ts'
import type { OpenOrder } from './order.ts'

/** How far the server came with having a certificate issued. */
export interface Progress {
  /** An order that was begun and is not done with. */
  readonly order: OpenOrder | null
  /** What was issued last, by its fingerprint, and by whom. */
  readonly issued: { readonly fingerprint: string; readonly directory: string } | null
  readonly failure: Failure | null
}

export interface Failure {
  readonly problem: Problem
  /** How many there were in a row. */
  readonly count: number
  /** When to try again, in milliseconds since 1970. */
  readonly nextAt: number
  /** When to try again at the earliest, whatever changes: the directory said so. */
  readonly notBefore: number
  /** What it was tried with: where that is something else by now, there is no need to wait. */
  readonly basis: string
}

/** Where every certificate stands that directories issue. Survives the end of the process; keys are in it. */
export interface ProgressStore {
  of(id: Id): Progress
  put(id: Id, progress: Progress): void
  ids(): readonly Id[]
  forget(id: Id): void
  close(): void
}

const none: Progress = { order: null, issued: null, failure: null }

const schemaVersion = 1
const schema = `
  CREATE TABLE IF NOT EXISTS progress (id TEXT PRIMARY KEY, document TEXT NOT NULL);
  PRAGMA user_version = ${schemaVersion};
`

/** Progress in a file; without one, in memory. Throws where the file cannot be opened or a newer Causeway wrote it. */
export function sqliteProgress(path = ':memory:'): ProgressStore {
  const db = openFile('progress of certificates', path, schema, schemaVersion)
  const known = new Map<Id, Progress>(
    db
      .prepare('SELECT id, document FROM progress')
      .all()
      .map(row => [String(row['id']), JSON.parse(String(row['document'])) as Progress]),
  )
  const replace = db.prepare('INSERT OR REPLACE INTO progress (id, document) VALUES (?, ?)')
  const remove = db.prepare('DELETE FROM progress WHERE id = ?')
  return {
    of: id => known.get(id) ?? none,
    put(id, progress) {
      replace.run(id, JSON.stringify(progress))
      known.set(id, progress)
    },
    ids: () => [...known.keys()],
    forget(id) {
      remove.run(id)
      known.delete(id)
    },
    close: () => db.close(),
  }
}
