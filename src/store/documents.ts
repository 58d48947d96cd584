import { openFile } from './open-file.ts'

/** Something that is kept under an id, as a whole. */
interface Entry {
  readonly id: string
}

/** Documents in a file of their own, the latest so many: they outlive the process that works with them. */
export interface Documents<T extends Entry> {
  put(document: T): void
  remove(id: string): void
  /** All that are kept, oldest first. */
  all(): readonly T[]
  close(): void
}

const schemaVersion = 1

/** Documents in a file; without one, in memory. Throws where the file cannot be opened or a newer Causeway wrote it. */
export function sqliteDocuments<T extends Entry>(
  what: 'trials' | 'verdicts',
  path = ':memory:',
  most = 1000,
): Documents<T> {
  const schema = `
    CREATE TABLE IF NOT EXISTS ${what} (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL);
    PRAGMA user_version = ${schemaVersion};
  `
  const db = openFile(what, path, schema, schemaVersion)
  const put = db.prepare(
    `INSERT INTO ${what} (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
  )
  const trim = db.prepare(`DELETE FROM ${what} WHERE number <= (SELECT max(number) FROM ${what}) - ?`)
  return {
    put(document) {
      put.run(document.id, JSON.stringify(document))
      trim.run(most)
    },
    remove: id => void db.prepare(`DELETE FROM ${what} WHERE id = ?`).run(id),
    all: () =>
      db
        .prepare(`SELECT document FROM ${what} ORDER BY number`)
        .all()
        .map(row => JSON.parse(String(row['document'])) as T),
    close: () => db.close(),
  }
}
