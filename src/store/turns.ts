import type { SQLOutputValue } from 'node:sqlite'
import { openFile } from './open-file.ts'

/** A backend that was seen to enter a state. */
interface Turn {
  readonly backend: string
  /** RFC 3339. */
  readonly at: string
  readonly state: string
  /** Why, as far as that is known. */
  readonly reason: string
}

/** A turn with what it followed. */
interface KnownTurn extends Turn {
  /** The machine that saw it. */
  readonly host: string
  /** The state that it left, and after how many milliseconds; null for the first that is known. */
  readonly was: string | null
  readonly lastedMs: number | null
}

interface TurnPage {
  /** Newest first. */
  readonly items: readonly KnownTurn[]
  readonly next: string | null
  readonly total: number
}

/**
 * How the states of backends turned, in a file of its own: the newest so many of each and machine, none of them old. It may be
 * told the same again; nothing is written while nothing turns.
 */
export interface Turns {
  /** Notes what a machine saw; drops what it has, and turns into the state that a backend is in. A reason may come later. */
  add(host: string, turns: readonly Turn[]): void
  /** What a backend is known to be in, and since when. */
  latest(host: string, backend: string): Pick<Turn, 'at' | 'state'> | undefined
  page(backends: readonly string[], limit: number, after?: string): TurnPage
  /** What backends were in at a moment, in milliseconds since 1970, as each machine saw it. */
  at(time: number, backends: readonly string[]): readonly (Turn & { readonly host: string })[]
  /** Notes that backends are no more: what they went through is kept for a while, and none of it holds for one that comes back. */
  end(backends: Iterable<string>): void
  /** Forgets what is too old, but for the state that each of these backends was in then. Others are no more. */
  prune(backends: ReadonlySet<string>): void
  close(): void
}

const schemaVersion = 1
const schema = `
  CREATE TABLE IF NOT EXISTS turns (
    number INTEGER PRIMARY KEY AUTOINCREMENT, backend TEXT NOT NULL, host TEXT NOT NULL, at INTEGER NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL, was TEXT, lasted INTEGER,
    UNIQUE (backend, host, at, state)
  );
  PRAGMA user_version = ${schemaVersion};
`

/** Of each backend and machine. */
const mostTurns = 200
const keptMs = 90 * 24 * 60 * 60_000
const mostReason = 500
/** The state of those that are no more; nobody is told of it. */
const gone = 'gone'
/** Of all together; where that is not enough, those go first that are no more, the longest gone first. */
const mostRows = 500_000

/** Turns in a file; without one, in memory. Throws where the file cannot be opened or a newer Causeway wrote it. */
export function sqliteTurns(path = ':memory:', now: () => number = Date.now): Turns {
  const db = openFile('turns', path, schema, schemaVersion)
  // By the order in which they were told: a machine's clock may be set back.
  const newest = db.prepare('SELECT at, state FROM turns WHERE backend = ? AND host = ? ORDER BY number DESC LIMIT 1')
  const explain = db.prepare(
    `UPDATE turns SET reason = CASE reason WHEN '' THEN ? ELSE reason END
     WHERE backend = ? AND host = ? AND at = ? AND state = ?`,
  )
  const insert = db.prepare(
    'INSERT INTO turns (backend, host, at, state, reason, was, lasted) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const trim = db.prepare(
    `DELETE FROM turns WHERE number IN (SELECT number FROM turns WHERE backend = ? AND host = ?
     ORDER BY number DESC LIMIT -1 OFFSET ${mostTurns})`,
  )
  const expire = db.prepare(
    `DELETE FROM turns WHERE at < ?1 AND EXISTS (SELECT 1 FROM turns AS later
     WHERE later.backend = turns.backend AND later.host = turns.host AND later.at > turns.at AND later.at <= ?1)`,
  )
  const bury =
    db.prepare(`DELETE FROM turns WHERE state = '${gone}' AND at < ?1 AND NOT EXISTS (SELECT 1 FROM turns AS other
     WHERE other.backend = turns.backend AND other.host = turns.host AND other.number <> turns.number)`)
  const among = 'backend IN (SELECT value FROM json_each(?))'
  const told = `${among} AND state <> '${gone}'`
  const count = db.prepare(`SELECT count(*) AS n FROM turns WHERE ${told}`)
  const select = db.prepare(
    `SELECT * FROM turns WHERE ${told} AND (at, number) < (?, ?) ORDER BY at DESC, number DESC LIMIT ?`,
  )
  const then = db.prepare(
    `SELECT * FROM turns WHERE ${among} AND at <= ?2 AND NOT EXISTS (SELECT 1 FROM turns AS later
     WHERE later.backend = turns.backend AND later.host = turns.host AND later.at <= ?2
     AND (later.at, later.number) > (turns.at, turns.number))`,
  )
  const machines = db.prepare('SELECT DISTINCT backend, host FROM turns WHERE backend = ?')
  const everyBackend = db.prepare('SELECT DISTINCT backend FROM turns')
  const size = db.prepare('SELECT count(*) AS n FROM turns')
  const longestGone =
    db.prepare(`DELETE FROM turns WHERE backend IN (SELECT backend FROM turns AS each WHERE state = '${gone}'
     AND NOT EXISTS (SELECT 1 FROM turns AS later WHERE later.backend = each.backend AND later.number > each.number)
     ORDER BY at LIMIT 1000)`)

  const latest: Turns['latest'] = (host, backend) => {
    const row = newest.get(backend, host)
    return row && row['state'] !== gone ? { at: iso(Number(row['at'])), state: String(row['state']) } : undefined
  }

  function end(backends: Iterable<string>): void {
    const there = [...backends].flatMap(backend => {
      const hosts = machines.all(backend).map(row => String(row['host']))
      return hosts.filter(host => latest(host, backend)).map(host => [backend, host] as const)
    })
    together(there, ([backend, host]) => insert.run(backend, host, now(), gone, '', null, null))
  }

  /** All of it is written, or none. */
  function together<Each>(list: readonly Each[], write: (each: Each) => unknown): void {
    if (list.length === 0) return
    db.exec('BEGIN')
    try {
      for (const each of list) write(each)
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  function note(host: string, { backend, at, state, reason }: Turn): void {
    const time = Date.parse(at)
    const words = reason.slice(0, mostReason)
    if (explain.run(words, backend, host, time, state).changes > 0) return
    const before = latest(host, backend)
    if (before?.state === state) return
    const lasted = before ? Math.max(0, time - Date.parse(before.at)) : null
    insert.run(backend, host, time, state, words, before?.state ?? null, lasted)
    trim.run(backend, host)
  }

  return {
    latest,
    add: (host, turns) => together(turns, turn => note(host, turn)),
    page(backends, limit, after) {
      const [at = Number.MAX_SAFE_INTEGER, number = 0] = after?.split('.').map(Number) ?? []
      const list = JSON.stringify(backends)
      const rows = select.all(list, at, number, limit + 1)
      const last = rows[limit - 1]
      return {
        items: rows.slice(0, limit).map(turnOf),
        next: rows.length > limit ? `${Number(last?.['at'])}.${Number(last?.['number'])}` : null,
        total: Number(count.get(list)?.['n']),
      }
    },
    at: (time, backends) =>
      then.all(JSON.stringify(backends), time).flatMap(row => (row['state'] === gone ? [] : turnOf(row))),
    end,
    prune(backends) {
      end(everyBackend.all().flatMap(row => (backends.has(String(row['backend'])) ? [] : String(row['backend']))))
      expire.run(now() - keptMs)
      bury.run(now() - keptMs)
      while (Number(size.get()?.['n']) > mostRows && longestGone.run().changes > 0);
    },
    close: () => db.close(),
  }
}

function turnOf(row: Readonly<Record<string, SQLOutputValue>>): KnownTurn {
  const text = (name: string) => String(row[name])
  return {
    backend: text('backend'),
    at: iso(Number(row['at'])),
    state: text('state'),
    reason: text('reason'),
    host: text('host'),
    was: row['was'] === null ? null : text('was'),
    lastedMs: row['lasted'] === null ? null : Number(row['lasted']),
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
