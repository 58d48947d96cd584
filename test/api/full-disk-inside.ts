import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from '../../src/api/serve.ts'
import { sqliteSeries } from '../../src/monitor/series.ts'
import { sqliteJournal } from '../../src/store/journal.ts'
import { sqliteStore } from '../../src/store/sqlite-store.ts'
import { tellBug } from '../../src/store/tell-bug.ts'
import { prepared } from './running.ts'

/** Serves from a small disk, named by the first argument, fills it, frees it, and says on stdout what was answered. */
const disk = process.argv[2] ?? ''
const filler = join(disk, 'filler')
const store = await prepared(sqliteStore(join(disk, 'model.sqlite')))
const journal = sqliteJournal(join(disk, 'operations.sqlite'))
const series = sqliteSeries(join(disk, 'metrics.sqlite'), { onFailure: tellBug })
const server = await serve({ store, journal, series, listen: { host: '127.0.0.1', port: 0 } })

async function create(language: string): Promise<void> {
  const response = await fetch(`${server.url}/v1/vpcs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': language },
    body: JSON.stringify({ cidr: '10.0.0.0/16', description: 'x'.repeat(1000) }),
  })
  const { code, message, id } = (await response.json()) as Record<string, string>
  console.log(JSON.stringify([response.status, code ?? null, message ?? null, id !== undefined]))
}

/** Leaves not a byte: what does not fit in one piece may fit in a smaller one. */
function fill(): void {
  for (let size = 1 << 20; size >= 1; size = size >> 1) {
    try {
      for (;;) writeFileSync(filler, 'x'.repeat(size), { flag: 'a' })
    } catch {
      continue
    }
  }
}

await create('en')
fill()
// What the log of the database has room for already may still be written.
for (let i = 0; i < 40; i++) await create(i % 2 === 0 ? 'en' : 'zh')
rmSync(filler)
await create('en')
await server.close()
series.close()
journal.close()
await store.close()
console.log(JSON.stringify([sqliteStore(join(disk, 'model.sqlite')).snapshot().byKind.get('vpc')?.size]))
