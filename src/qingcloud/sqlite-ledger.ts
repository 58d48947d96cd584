import { randomId } from '../commands/commands.ts'
import type { Id, Resource } from '../model/model.ts'
import { openFile } from '../store/open-file.ts'
import type { Job, JobEnd, Ledger } from './ledger.ts'

/** How long what was deleted can still be described. */
export const mournMs = 2 * 3600_000
const mostJobs = 10_000
const mostOpen = 1_000
const mostGraves = 10_000
const mostAttachments = 1_000
const mostSpellings = 200_000

const schemaVersion = 1
const schema = `
  CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL, ending TEXT
  );
  CREATE TABLE IF NOT EXISTS graves (id TEXT PRIMARY KEY, at INTEGER NOT NULL, document TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS graves_by_time ON graves (at);
  CREATE TABLE IF NOT EXISTS requests (request TEXT PRIMARY KEY, until INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS requests_by_time ON requests (until);
  CREATE TABLE IF NOT EXISTS attachments (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, content TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS spellings (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, written TEXT NOT NULL);
  PRAGMA user_version = ${schemaVersion};
`

/**
 * A ledger in a file; without one, in memory. What is noted survives the end of the process; that of the machine only as far
 * as the disk was told meanwhile. Throws where the file cannot be opened or a newer Causeway wrote it.
 */
export function sqliteLedger(path = ':memory:', now = Date.now): Ledger {
  const db = openFile('ledger', path, schema, schemaVersion)
  const statements = {
    begin: db.prepare('INSERT INTO jobs (id, document) VALUES (?, ?)'),
    end: db.prepare('UPDATE jobs SET ending = ? WHERE id = ?'),
    job: db.prepare('SELECT document, ending FROM jobs WHERE id = ?'),
    jobs: db.prepare('SELECT document, ending FROM jobs ORDER BY number DESC'),
    unended: db.prepare(`SELECT document FROM jobs WHERE ending IS NULL ORDER BY number DESC LIMIT ${mostOpen}`),
    trimJobs: db.prepare(`DELETE FROM jobs WHERE number <= (SELECT max(number) FROM jobs) - ${mostJobs}`),
    bury: db.prepare('INSERT OR REPLACE INTO graves (id, at, document) VALUES (?, ?, ?)'),
    buried: db.prepare('SELECT at, document FROM graves WHERE id = ? AND at > ?'),
    trimGraves: db.prepare(
      `DELETE FROM graves WHERE at <= ? OR at < (SELECT at FROM graves ORDER BY at DESC LIMIT 1 OFFSET ${mostGraves})`,
    ),
    claim: db.prepare('INSERT OR IGNORE INTO requests (request, until) VALUES (?, ?)'),
    release: db.prepare('DELETE FROM requests WHERE request = ?'),
    expire: db.prepare('DELETE FROM requests WHERE until < ?'),
    attach: db.prepare('INSERT INTO attachments (id, content) VALUES (?, ?)'),
    attachment: db.prepare('SELECT content FROM attachments WHERE id = ?'),
    spell: db.prepare('INSERT OR REPLACE INTO spellings (id, written) VALUES (?, ?)'),
    spelling: db.prepare('SELECT written FROM spellings WHERE id = ?'),
    trimSpellings: db.prepare(
      `DELETE FROM spellings WHERE number <= (SELECT max(number) FROM spellings) - ${mostSpellings}`,
    ),
    trimAttachments: db.prepare(
      `DELETE FROM attachments WHERE number <= (SELECT max(number) FROM attachments) - ${mostAttachments}`,
    ),
  }
  const open = new Map<string, Job>()
  const openOf = new Map<Id, Set<string>>()
  for (const row of statements.unended.all().reverse()) keepOpen(jobOf(row))
  let untrimmed = 0

  function keepOpen(job: Job): void {
    open.set(job.id, job)
    for (const id of job.resources) openOf.set(id, (openOf.get(id) ?? new Set()).add(job.id))
    for (const oldest of open.values()) {
      if (open.size <= mostOpen) break
      close(oldest)
    }
  }

  function close({ id, resources }: Job): void {
    open.delete(id)
    for (const resource of resources) {
      const left = openOf.get(resource)
      left?.delete(id)
      if (left?.size === 0) openOf.delete(resource)
    }
  }

  /** Forgets what is too old or too much, now and then. */
  function trim(): void {
    untrimmed += 1
    if (untrimmed < 100) return
    untrimmed = 0
    statements.trimJobs.run()
    statements.trimGraves.run(now() - mournMs)
    statements.expire.run(now())
    statements.trimAttachments.run()
    statements.trimSpellings.run()
  }

  return {
    begin(job) {
      const id = randomId('j')
      const begun: Job = { id, ...job, end: null }
      statements.begin.run(id, JSON.stringify(begun))
      keepOpen(begun)
      trim()
      return id
    },
    end(id, end) {
      statements.end.run(JSON.stringify(end), id)
      const job = open.get(id)
      if (job) close(job)
    },
    job(id) {
      const row = statements.job.get(id)
      return row && jobOf(row)
    },
    *jobs() {
      for (const row of statements.jobs.all()) yield jobOf(row)
    },
    open: resource => [...(openOf.get(resource) ?? [])].flatMap(id => open.get(id) ?? []).toReversed(),
    bury(resources) {
      for (const resource of resources) statements.bury.run(resource.id, now(), JSON.stringify(resource))
      trim()
    },
    buried(id) {
      const row = statements.buried.get(id, now() - mournMs)
      return row && { resource: JSON.parse(String(row['document'])) as Resource, at: Number(row['at']) }
    },
    claim(request, until) {
      trim()
      return statements.claim.run(request, until).changes === 1
    },
    release: request => void statements.release.run(request),
    spell(id, written) {
      statements.spell.run(id, written)
      trim()
    },
    spelling(id) {
      const row = statements.spelling.get(id)
      return row && String(row['written'])
    },
    attach(content) {
      const id = randomId('uda')
      statements.attach.run(id, content)
      trim()
      return id
    },
    attachment(id) {
      const row = statements.attachment.get(id)
      return row && String(row['content'])
    },
    close: () => db.close(),
  }
}

function jobOf(row: Readonly<Record<string, unknown>>): Job {
  const job = JSON.parse(String(row['document'])) as Job
  const ending = row['ending']
  return typeof ending === 'string' ? { ...job, end: JSON.parse(ending) as JobEnd } : job
}
