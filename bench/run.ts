/**
 * Measures what Causeway costs and prints tables: `npm run bench [name…] [-- --write]`. Every benchmark runs in a sandbox of
 * its own, which takes all that it made with it. With `--write` the figures go to docs/benchmarks.md as well.
 */
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnInSandbox } from '../src/dataplane/sandbox.ts'
import { benchmarks, type Name } from './benchmarks.ts'
import { fetchNginx } from './load.ts'
import { machineTable } from './machine.ts'
import { filledIn, markdown, type Table } from './table.ts'

const document = join(import.meta.dirname, '../docs/benchmarks.md')
const [options, names] = [process.argv.slice(2).filter(isOption), process.argv.slice(2).filter(word => !isOption(word))]
const unknown = [...names.filter(name => !isName(name)), ...options.filter(option => option !== '--write')]
if (unknown.length > 0) {
  console.error(`there is no ${unknown.join(', ')}; there are: ${Object.keys(benchmarks).join(', ')}, and --write`)
  process.exit(2)
}
fetchNginx()
const tables: Table[] = [machineTable()]
console.log(markdown(tables[0]!))
for (const name of names.length > 0 ? names.filter(isName) : (Object.keys(benchmarks) as Name[])) {
  const started = performance.now()
  console.log(`\n## ${benchmarks[name].about}`)
  const found = await runInside(name)
  for (const table of found) console.log(`\n${markdown(table)}`)
  console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`)
  tables.push(...found)
}
if (options.includes('--write')) writeFileSync(document, tables.reduce(filledIn, readFileSync(document, 'utf8')))

async function runInside(name: Name): Promise<readonly Table[]> {
  const program = join(import.meta.dirname, 'inside.ts')
  const child = spawnInSandbox([process.execPath, ...process.execArgv, program, name], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Some of what Causeway sets is refused to others than root.
    userNamespace: process.getuid?.() !== 0,
  })
  const found: Table[] = []
  child.on('message', message => found.push(...(message as readonly Table[])))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the benchmark ${name} failed, see above`)
  return found
}

function isName(word: string): word is Name {
  return Object.hasOwn(benchmarks, word)
}

function isOption(word: string): boolean {
  return word.startsWith('-')
}
