import { DatabaseSync } from 'node:sqlite'
import { chunkLength, decode, encode, type Chunk } from './chunk.ts'
import { tiers } from './roll-up.ts'

/** Chunks of values by tier, resource and time: those that may still change in memory, all in a file of bounded size. */
export interface ChunkStore {
  /** The number that the file keeps a meter under. */
  numberOf(meter: string): number
  /** The chunk that a slot is in, to be changed. A slot is the time since 1970 in the steps of its tier. */
  at(tier: number, id: string, slot: number): Chunk
  /** The values of every meter from one slot until before another; NaN is none. */
  values(tier: number, id: string, from: number, until: number): ReadonlyMap<number, Float32Array>
  /** How much of the file is in use. */
  bytes(): number
  /** Forgets what is too old, and the oldest of the rest where the file grew too large. Done every minute by itself. */
  prune(): void
  close(): void
}

const schemaVersion = 1
const schema = `
  CREATE TABLE IF NOT EXISTS meters (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS chunks (
    tier INTEGER NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (tier, number, id)
  ) WITHOUT ROWID;
  PRAGMA user_version = ${schemaVersion};
`

/** What changed is written after this long at the latest. */
const writeAfterMs = 5 * 60_000
/** A chunk whose time is over for so long changes no more. */
const closedAfterMs = 2 * 60_000
const tickMs = 1000
const writesPerTick = 300
const pruneMs = 60_000
const mostBytes = 512 * 1024 * 1024

interface Open {
  readonly tier: number
  readonly number: number
  readonly id: string
  readonly chunk: Chunk
  /** When it was first changed since it was last written; null where it was not. */
  changedAt: number | null
}

/** Throws where the file cannot be opened, or a newer Causeway wrote it. */
export function chunkStore(
  path: string,
  now: () => number,
  onFailure: (error: unknown) => void,
  most = mostBytes,
): ChunkStore {
  const db = opened(path)
  const select = db.prepare('SELECT content FROM chunks WHERE tier = ? AND number = ? AND id = ?')
  const replace = db.prepare('INSERT OR REPLACE INTO chunks (tier, number, id, content) VALUES (?, ?, ?, ?)')
  const expire = db.prepare('DELETE FROM chunks WHERE tier = ? AND number < ?')
  const oldest = db.prepare('SELECT min(number) AS number FROM chunks WHERE tier = ?')
  const numbers = new Map(
    db
      .prepare('SELECT name, number FROM meters')
      .all()
      .map(row => [String(row['name']), Number(row['number'])]),
  )
  const open = new Map<string, Open>()
  let prunedAt = 0
  /** Until then nothing falls due: whoever looks every second must not walk thousands of chunks. */
  let quietUntil = 0

  const keyOf = (tier: number, number: number, id: string) => `${tier} ${number} ${id}`
  const lengthMs = (tier: number) => (tiers[tier]?.step ?? 0) * chunkLength * 1000

  function read(tier: number, number: number, id: string): Chunk | undefined {
    const known = open.get(keyOf(tier, number, id))?.chunk
    if (known) return known
    const row = select.get(tier, number, id)
    return row && decode(row['content'] as Uint8Array)
  }

  function write(list: readonly Open[]): void {
    if (list.length === 0) return
    db.exec('BEGIN')
    try {
      for (const each of list) replace.run(each.tier, each.number, each.id, encode(each.chunk))
      db.exec('COMMIT')
      for (const each of list) each.changedAt = null
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  /** Some of what must be written, letting go of what changes no more; where that is all, it is quiet until the next falls due. */
  function dueAt(time: number): readonly Open[] {
    const due: Open[] = []
    let next = time + writeAfterMs
    for (const [key, each] of open) {
      const quiet = quietOf(each)
      if (quiet >= time) next = Math.min(next, quiet)
      else if (each.changedAt === null) open.delete(key)
      else due.push(each)
      if (due.length >= writesPerTick) return due
    }
    // What cannot be written now is tried again at the next tick.
    if (due.length === 0) quietUntil = next
    return due
  }

  /** Until when nothing has to be done about a chunk. */
  function quietOf({ tier, number, changedAt }: Open): number {
    const closesAt = (number + 1) * lengthMs(tier) + closedAfterMs
    return changedAt === null ? closesAt : Math.min(closesAt, changedAt + writeAfterMs)
  }

  /** Writes some of what waits for it. */
  function tick(): void {
    const time = now()
    if (time >= quietUntil) write(dueAt(time))
    if (time - prunedAt > pruneMs) prune()
  }

  function prune(): void {
    const time = now()
    prunedAt = time
    tiers.forEach(({ keep }, tier) => expire.run(tier, Math.floor((time - keep * 1000) / lengthMs(tier))))
    // Where that is not little enough, the oldest of the longest memory goes first.
    for (let tier = tiers.length - 1; tier >= 0 && bytes() > most; tier--) {
      while (bytes() > most) {
        const first = oldest.get(tier)?.['number']
        if (typeof first !== 'number') break
        expire.run(tier, first + 1)
      }
    }
  }

  function bytes(): number {
    const of = (name: string) => Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
    return (of('page_count') - of('freelist_count')) * of('page_size')
  }

  const ticking = setInterval(() => {
    try {
      tick()
    } catch (error) {
      onFailure(error)
    }
  }, tickMs).unref()
  return {
    numberOf(meter) {
      const known = numbers.get(meter)
      if (known !== undefined) return known
      const number = numbers.size + 1
      db.prepare('INSERT INTO meters (number, name) VALUES (?, ?)').run(number, meter)
      numbers.set(meter, number)
      return number
    },
    at(tier, id, slot) {
      const number = Math.floor(slot / chunkLength)
      const key = keyOf(tier, number, id)
      const known = open.get(key) ?? {
        tier,
        number,
        id,
        chunk: read(tier, number, id) ?? new Map<number, Float32Array>(),
        changedAt: null,
      }
      open.set(key, known)
      if (known.changedAt === null) {
        known.changedAt = now()
        quietUntil = Math.min(quietUntil, quietOf(known))
      }
      return known.chunk
    },
    values(tier, id, from, until) {
      const found = new Map<number, Float32Array>()
      for (let number = Math.floor(from / chunkLength); number * chunkLength < until; number++) {
        for (const [meter, values] of read(tier, number, id) ?? []) {
          const whole = found.get(meter) ?? new Float32Array(until - from).fill(NaN)
          found.set(meter, whole)
          const start = number * chunkLength
          const part = values.subarray(Math.max(0, from - start), Math.min(chunkLength, until - start))
          whole.set(part, Math.max(0, start - from))
        }
      }
      return found
    },
    bytes,
    prune,
    close() {
      clearInterval(ticking)
      write([...open.values()].filter(({ changedAt }) => changedAt !== null))
      db.close()
    },
  }
}

function opened(path: string): DatabaseSync {
  const db = new DatabaseSync(path)
  try {
    db.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = 16777216`)
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > schemaVersion) throw new Error(`a newer Causeway wrote it (schema ${version})`)
    db.exec(schema)
    return db
  } catch (error) {
    db.close()
    throw new Error(`cannot open the series ${path}: ${(error as Error).message}`, { cause: error })
  }
}
