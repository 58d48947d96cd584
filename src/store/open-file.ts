import { DatabaseSync } from 'node:sqlite'

/**
 * Opens a database of one process whose writes survive the end of the process; that of the machine only as far as the disk was
 * told meanwhile. Throws, with what it is and where, where it cannot be opened or a newer Causeway wrote it.
 */
export function openFile(what: string, path: string, schema: string, newest: number): DatabaseSync {
  const db = new DatabaseSync(path)
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > newest) throw new Error(`a newer Causeway wrote it (schema ${version})`)
    if (version < newest) db.exec(schema)
    return db
  } catch (error) {
    db.close()
    throw new Error(`cannot open the ${what} ${path}: ${(error as Error).message}`, { cause: error })
  }
}
