import type { DatabaseSync } from 'node:sqlite'
import type { Model } from '../model/model.ts'
import { packed, unpacked } from './packed.ts'
import type { Moment } from './store.ts'

/** What every resource was before it changed, as long as that is kept; what a store goes back with. */
export interface Past {
  /** To be called with what a commit makes, before that is written, inside of its transaction. */
  note(revision: number, after: Model): void
  /** The revision that a moment saw, in milliseconds since 1970; null where that is not kept. */
  revisionAt(time: number): number | null
  /** What changed since a revision, as it was then; null where it was not there. Generations as they are kept, by `<id>@<number>`. */
  since(revision: number): Iterable<readonly [key: string, document: string | null]>
  /** The oldest moment that is kept. */
  oldest(): number
  /** The moments in which something changed between two times, the newest first. */
  moments(from: number, to: number, most: number): readonly Moment[]
}

/** So long, and in so many bytes at most. */
export interface Retention {
  readonly keptMs: number
  readonly mostBytes: number
}

const retention: Retention = { keptMs: 90 * 86_400_000, mostBytes: 256 * 2 ** 20 }
/** What is too old goes with every so many commits: never much at once. */
const trimEvery = 100
/** What a row takes beside its document. */
const rowBytes = 64

/**
 * `former` holds what was before each commit, and when that was: one row per change, in the order in which they came, so that a
 * commit writes to one more place only. `buried` says which generations went, and when: their documents never change.
 */
export const pastSchema = `
  CREATE TABLE IF NOT EXISTS former (
    revision INTEGER NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL, document,
    PRIMARY KEY (revision, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS buried (id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
`

/** The past of a store's database, which holds the model of this revision now. */
export function pastOf(
  db: DatabaseSync,
  present: number,
  now: () => number,
  { keptMs, mostBytes }: Retention = retention,
): Past {
  const insert = db.prepare('INSERT INTO former (revision, id, at, size, document) VALUES (?, ?, ?, ?, ?)')
  const bury = db.prepare('INSERT OR REPLACE INTO buried (id, revision) VALUES (?, ?)')
  const exhume = db.prepare('DELETE FROM buried WHERE id = ?')
  const moveOut = db.prepare(`UPDATE former SET document = ? WHERE id = ? AND document = ''`)
  const resource = db.prepare('SELECT document FROM resources WHERE id = ?')
  const generation = db.prepare('SELECT document FROM generations WHERE id = ?')
  const upTo = db.prepare('SELECT revision, at FROM former WHERE revision <= ? ORDER BY revision DESC LIMIT 1')
  const firsts = db.prepare('SELECT id, min(revision) AS n FROM former WHERE revision > ? GROUP BY id')
  const document = db.prepare('SELECT document FROM former WHERE revision = ? AND id = ?')
  const setMeta = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
  const number = (sql: string, ...values: number[]) => Number(db.prepare(sql).get(...values)?.['n'] ?? 0)
  const first = number('SELECT min(revision) AS n FROM former')
  let newest = momentOf(upTo.get(present))
  let base = baseOf()
  let last = newest?.at ?? base?.at ?? 0
  let bytes = number('SELECT sum(size) AS n FROM former')
  let untrimmed = 0

  /** The oldest moment of which all that came after it is kept; null where it is not known when that was. */
  function baseOf(): Moment | null {
    if (first === 0) return keepBase({ revision: present, at: now() })
    const revision = number(`SELECT value AS n FROM meta WHERE name = 'past-revision'`)
    return revision === first - 1
      ? { revision, at: number(`SELECT value AS n FROM meta WHERE name = 'past-at'`) }
      : null
  }

  function keepBase(moment: Moment): Moment {
    setMeta.run('past-revision', moment.revision)
    setMeta.run('past-at', moment.at)
    return moment
  }

  function noteOne(revision: number, key: string, isThere: boolean): void {
    const kept = key.includes('@') ? beforeGeneration(revision, key, isThere) : beforeResource(key)
    const size = rowBytes + key.length + (kept?.length ?? 0)
    insert.run(revision, key, last, size, kept)
    bytes += size
  }

  function beforeResource(id: string): string | Uint8Array | null {
    const found = resource.get(id)?.['document']
    if (found === undefined) return null
    return typeof found === 'string' ? packed(found) : (found as Uint8Array)
  }

  /** Empty for a generation that goes: its document stays where it is. One whose key is given again, as of a region, makes room. */
  function beforeGeneration(revision: number, key: string, isThere: boolean): string | null {
    if (!isThere) {
      bury.run(key, revision)
      return ''
    }
    if (exhume.run(key).changes > 0) moveOut.run(keptOf(key), key)
    return null
  }

  function keptOf(generationKey: string): string | Uint8Array {
    return generation.get(generationKey)?.['document'] as string | Uint8Array
  }

  /** The newest moment that was not after a time. Times grow with revisions, and none of these is left out. */
  function momentBefore(time: number): Moment | null {
    let found = base && base.at <= time ? base : null
    let [from, to] = [base ? base.revision + 1 : first, newest?.revision ?? 0]
    while (from <= to) {
      const middle = Math.floor((from + to) / 2)
      const moment = momentOf(upTo.get(middle))
      if (moment && moment.at <= time) {
        found = moment
        from = middle + 1
      } else to = middle - 1
    }
    return found
  }

  function trim(): void {
    let floor = momentBefore(last - keptMs)
    if (bytes > mostBytes) {
      let excess = bytes - mostBytes
      const rows = db.prepare('SELECT revision, at, sum(size) AS n FROM former GROUP BY revision ORDER BY revision')
      for (const row of rows.iterate()) {
        if (excess <= 0) break
        excess -= Number(row['n'])
        const moment = momentOf(row)
        if (moment && moment.revision > (floor?.revision ?? 0)) floor = moment
      }
    }
    if (!floor || floor.revision <= (base?.revision ?? 0)) return
    db.prepare('DELETE FROM former WHERE revision <= ?').run(floor.revision)
    db.prepare('DELETE FROM generations WHERE id IN (SELECT id FROM buried WHERE revision <= ?)').run(floor.revision)
    db.prepare('DELETE FROM buried WHERE revision <= ?').run(floor.revision)
    base = keepBase(floor)
    bytes = number('SELECT sum(size) AS n FROM former')
  }

  return {
    note(revision, { changes, resources, generations }) {
      // A clock that is set back changes nothing about what was before what.
      last = Math.max(last, now())
      // One that changed nothing is a moment as well.
      for (const key of changes.size > 0 ? changes : [''])
        noteOne(revision, key, resources.has(key) || generations.has(key))
      newest = { revision, at: last }
      if (++untrimmed < trimEvery) return
      untrimmed = 0
      trim()
    },
    revisionAt: time => momentBefore(time)?.revision ?? null,
    *since(revision) {
      for (const row of firsts.all(revision)) {
        const key = String(row['id'])
        if (key === '') continue
        const kept = document.get(Number(row['n']), key)?.['document'] ?? null
        if (kept === null) yield [key, null]
        else yield [key, unpacked(kept === '' ? keptOf(key) : kept)]
      }
    },
    oldest: () => base?.at ?? number('SELECT at AS n FROM former ORDER BY revision LIMIT 1'),
    moments(from, to, most) {
      const until = momentBefore(to - 1)
      const rows = db
        .prepare(
          'SELECT DISTINCT revision, at FROM former WHERE revision <= ? AND at >= ? ORDER BY revision DESC LIMIT ?',
        )
        .all(until?.revision ?? 0, from, most)
      const found = rows.flatMap(row => momentOf(row) ?? [])
      return base && base.at >= from && base.at < to && found.length < most ? [...found, base] : found
    },
  }
}

function momentOf(row: Readonly<Record<string, unknown>> | undefined): Moment | null {
  return row ? { revision: Number(row['revision']), at: Number(row['at']) } : null
}
