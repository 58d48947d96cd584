import type { StatementSync } from 'node:sqlite'
import { openFile } from './open-file.ts'

/** Something that was done, or refused. */
interface JournalEntry {
  /** RFC 3339. */
  readonly at: string
  readonly author: string
  readonly do: string
  readonly kind: string
  /** Empty where it concerned no resource. */
  readonly id: string
  readonly name?: string
  readonly child?: string
  readonly generation?: number
  /** Why it was refused. */
  readonly refused?: string
  readonly forced?: true
  readonly from?: string
}

/** What entries are looked for by. Times are in milliseconds since 1970; the later bound is open. */
export interface JournalFilter {
  /** A resource or a child. */
  readonly resource?: string | undefined
  readonly kind?: string | undefined
  readonly author?: string | undefined
  readonly do?: string | undefined
  readonly refused?: boolean | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

interface JournalPage {
  /** Newest first; numbers grow with every entry. */
  readonly items: readonly (JournalEntry & { readonly number: number })[]
  readonly next: string | null
  readonly total: number
}

/**
 * Who did what, in a file of its own, the latest so many. An entry survives the end of the process; that of the machine only
 * as far as the disk was told meanwhile: commands themselves are safe without it.
 */
export interface Journal {
  add(entry: JournalEntry): void
  page(
    filter: JournalFilter,
    window: { readonly limit: number; readonly offset: number; readonly before?: number | undefined },
  ): JournalPage
  close(): void
}

const schemaVersion = 1
const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL, do TEXT NOT NULL,
    kind TEXT NOT NULL, id TEXT NOT NULL, child TEXT NOT NULL, refused INTEGER NOT NULL, document TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS by_id ON entries (id);
  CREATE INDEX IF NOT EXISTS by_child ON entries (child);
  PRAGMA user_version = ${schemaVersion};
`

/** A journal in a file; without one, in memory. Throws where the file cannot be opened or a newer Causeway wrote it. */
export function sqliteJournal(path = ':memory:', most = 100_000): Journal {
  const db = openFile('journal', path, schema, schemaVersion)
  const insert = db.prepare(
    'INSERT INTO entries (at, author, do, kind, id, child, refused, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const trim = db.prepare('DELETE FROM entries WHERE number <= (SELECT max(number) FROM entries) - ?')
  let untrimmed = 0
  trim.run(most)
  return {
    add(entry) {
      const { at, author, do: verb, kind, id, child = '', refused } = entry
      insert.run(Date.parse(at), author, verb, kind, id, child, refused === undefined ? 0 : 1, JSON.stringify(entry))
      untrimmed += 1
      if (untrimmed < most / 100) return
      untrimmed = 0
      trim.run(most)
    },
    page(filter, { limit, offset, before }) {
      const [where, values] = conditionOf(filter)
      const total = Number(db.prepare(`SELECT count(*) AS n FROM entries ${where}`).get(...values)?.['n'])
      const [window, more] = conditionOf(filter, before)
      const select: StatementSync = db.prepare(
        `SELECT number, document FROM entries ${window} ORDER BY number DESC LIMIT ? OFFSET ?`,
      )
      const rows = select.all(...more, limit + 1, offset)
      const items = rows.slice(0, limit).map(row => ({
        number: Number(row['number']),
        ...(JSON.parse(String(row['document'])) as JournalEntry),
      }))
      return { items, next: rows.length > limit ? String(items.at(-1)?.number) : null, total }
    },
    close: () => db.close(),
  }
}

function conditionOf(filter: JournalFilter, before?: number): readonly [where: string, values: (string | number)[]] {
  const parts: [string, string | number][] = []
  const add = (part: string, value: string | number | undefined) => {
    if (value !== undefined) parts.push([part, value])
  }
  add('kind = ?', filter.kind)
  add('author = ?', filter.author)
  add('do = ?', filter.do)
  add('refused = ?', filter.refused === undefined ? undefined : Number(filter.refused))
  add('at >= ?', filter.from)
  add('at < ?', filter.to)
  add('number < ?', before)
  const { resource } = filter
  const values = parts.map(([, value]) => value)
  const texts = parts.map(([text]) => text)
  if (resource !== undefined) {
    texts.push('(id = ? OR child = ?)')
    values.push(resource, resource)
  }
  return [texts.length > 0 ? `WHERE ${texts.join(' AND ')}` : '', values]
}
