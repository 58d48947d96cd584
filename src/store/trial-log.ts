import { openFile } from './open-file.ts'

/** Something that is kept under an id, as a whole. */
interface Entry {
  readonly id: string
}

/** Trials in a file of their own, the latest so many: they outlive the process that watches over them. */
export interface TrialLog<T extends Entry> {
  put(trial: T): void
  remove(id: string): void
  /** All that are kept, oldest first. */
  all(): readonly T[]
  close(): void
}

const schemaVersion = 1
const schema = `
  CREATE TABLE IF NOT EXISTS trials (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL);
  PRAGMA user_version = ${schemaVersion};
`

/** Trials in a file; without one, in memory. Throws where the file cannot be opened or a newer Causeway wrote it. */
export function sqliteTrialLog<T extends Entry>(path = ':memory:', most = 1000): TrialLog<T> {
  const db = openFile('trials', path, schema, schemaVersion)
  const put = db.prepare(
    'INSERT INTO trials (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document',
  )
  const trim = db.prepare('DELETE FROM trials WHERE number <= (SELECT max(number) FROM trials) - ?')
  return {
    put(trial) {
      put.run(trial.id, JSON.stringify(trial))
      trim.run(most)
    },
    remove: id => void db.prepare('DELETE FROM trials WHERE id = ?').run(id),
    all: () =>
      db
        .prepare('SELECT document FROM trials ORDER BY number')
        .all()
        .map(row => JSON.parse(String(row['document'])) as T),
    close: () => db.close(),
  }
}
