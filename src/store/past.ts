import type { DatabaseSync } from 'node:sqlite'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Model } from '../model/model.ts'
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
/** Longer documents are written compressed. */
const longText = 2048

/** `past` holds what was before; `buried` which generations went, and when: their documents never change. */
export const pastSchema = `
  CREATE TABLE IF NOT EXISTS moments (revision INTEGER PRIMARY KEY, at INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS moments_by_time ON moments (at);
  CREATE TABLE IF NOT EXISTS past (
    revision INTEGER NOT NULL, id TEXT NOT NULL, size INTEGER NOT NULL, document, PRIMARY KEY (revision, id)
  );
  CREATE TABLE IF NOT EXISTS buried (id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
`

/** The past of a store's database, which holds the model of this revision now. */
export function pastOf(
  db: DatabaseSync,
  present: number,
  now: () => number,
  { keptMs, mostBytes }: Retention = retention,
): Past {
  const insert = db.prepare('INSERT INTO past (revision, id, size, document) VALUES (?, ?, ?, ?)')
  const insertMoment = db.prepare('INSERT OR REPLACE INTO moments (revision, at) VALUES (?, ?)')
  const bury = db.prepare('INSERT OR REPLACE INTO buried (id, revision) VALUES (?, ?)')
  const exhume = db.prepare('DELETE FROM buried WHERE id = ?')
  const moveOut = db.prepare(`UPDATE past SET document = ? WHERE id = ? AND document = ''`)
  const resource = db.prepare('SELECT document FROM resources WHERE id = ?')
  const generation = db.prepare('SELECT document FROM generations WHERE id = ?')
  const seenAt = db.prepare('SELECT max(revision) AS n FROM moments WHERE at <= ?')
  const firsts = db.prepare('SELECT id, min(revision) AS n FROM past WHERE revision > ? GROUP BY id')
  const document = db.prepare('SELECT document FROM past WHERE revision = ? AND id = ?')
  const number = (sql: string, ...values: number[]) => Number(db.prepare(sql).get(...values)?.['n'] ?? 0)
  let last = number('SELECT max(at) AS n FROM moments')
  let bytes = number('SELECT sum(size) AS n FROM past')
  let untrimmed = 0
  if (last === 0) insertMoment.run(present, (last = now()))

  function noteOne(revision: number, key: string, isThere: boolean): void {
    const kept = key.includes('@') ? beforeGeneration(revision, key, isThere) : beforeResource(key)
    const size = rowBytes + key.length + (kept?.length ?? 0)
    insert.run(revision, key, size, kept)
    bytes += size
  }

  function beforeResource(id: string): string | Uint8Array | null {
    const found = resource.get(id)?.['document']
    return found === undefined ? null : packed(String(found))
  }

  /** Empty for a generation that goes: its document stays where it is. One whose key is given again, as of a region, makes room. */
  function beforeGeneration(revision: number, key: string, isThere: boolean): string | null {
    if (!isThere) {
      bury.run(key, revision)
      return ''
    }
    if (exhume.run(key).changes > 0) moveOut.run(String(generation.get(key)?.['document']), key)
    return null
  }

  function trim(): void {
    const aged = number('SELECT max(revision) AS n FROM moments WHERE at <= ?', last - keptMs)
    let floor = aged
    if (bytes > mostBytes) {
      let excess = bytes - mostBytes
      for (const row of db.prepare('SELECT revision, sum(size) AS n FROM past GROUP BY revision').iterate()) {
        if (excess <= 0) break
        excess -= Number(row['n'])
        floor = Math.max(floor, Number(row['revision']))
      }
    }
    if (floor === 0) return
    db.prepare('DELETE FROM past WHERE revision <= ?').run(floor)
    db.prepare('DELETE FROM moments WHERE revision < ?').run(floor)
    db.prepare('DELETE FROM generations WHERE id IN (SELECT id FROM buried WHERE revision <= ?)').run(floor)
    db.prepare('DELETE FROM buried WHERE revision <= ?').run(floor)
    bytes = number('SELECT sum(size) AS n FROM past')
  }

  return {
    note(revision, { changes, resources, generations }) {
      // A clock that is set back changes nothing about what was before what.
      last = Math.max(last, now())
      insertMoment.run(revision, last)
      for (const key of changes) noteOne(revision, key, resources.has(key) || generations.has(key))
      if (++untrimmed < trimEvery) return
      untrimmed = 0
      trim()
    },
    revisionAt(time) {
      const found = seenAt.get(time)?.['n']
      return found === null || found === undefined ? null : Number(found)
    },
    *since(revision) {
      for (const row of firsts.all(revision)) {
        const key = String(row['id'])
        const kept = document.get(Number(row['n']), key)?.['document'] ?? null
        if (kept === null) yield [key, null]
        else yield [key, kept === '' ? String(generation.get(key)?.['document']) : unpacked(kept)]
      }
    },
    oldest: () => number('SELECT min(at) AS n FROM moments'),
    moments: (from, to, most) =>
      db
        .prepare('SELECT revision, at FROM moments WHERE at >= ? AND at < ? ORDER BY revision DESC LIMIT ?')
        .all(from, to, most)
        .map(row => ({ revision: Number(row['revision']), at: Number(row['at']) })),
  }
}

const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

function packed(text: string): string | Uint8Array {
  return text.length > longText ? zstdCompressSync(text, fast) : text
}

function unpacked(kept: unknown): string {
  return kept instanceof Uint8Array ? zstdDecompressSync(kept).toString() : String(kept)
}
