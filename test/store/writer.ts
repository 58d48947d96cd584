import { writeSync } from 'node:fs'
import { chance, commandsOn, utcNow } from '../../src/commands/commands.ts'
import { sqliteStore } from '../../src/store/sqlite-store.ts'
import { ensureDefaults } from '../../src/model/defaults.ts'

/** Writes to the store named by its first argument, without end, and says on stdout what was answered, line by line. */
const store = sqliteStore(process.argv[2] ?? '')
const pools = [{ name: 'bgp', addresses: ['10.0.0.0/8'], reserved: [] }]
await store.commit(model => ensureDefaults(model, { now: utcNow(), author: 'writer', ...chance, pools }))

const commands = commandsOn(store)
const say = (line: string) => writeSync(1, `${line}\n`)
const made: string[] = []
try {
  for (;;) {
    const body = { description: 'x'.repeat(500) }
    const { resource, revision } = await commands.run({ do: 'create', kind: 'eip', body }, 'writer')
    const id = resource?.id ?? ''
    made.push(id)
    say(`made ${id} ${revision}`)
    const gone = made.length > 3 ? made.shift() : undefined
    if (gone === undefined || Math.random() < 0.5) continue
    say(`gone ${gone} ${(await commands.run({ do: 'delete', kind: 'eip', id: gone }, 'writer')).revision}`)
  }
} catch (error) {
  say(`failed at ${store.snapshot().revision} ${error instanceof Error ? error.message : String(error)}`)
  await store.close()
  say(`reopened ${sqliteStore(process.argv[2] ?? '').snapshot().revision}`)
}
