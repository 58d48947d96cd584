import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { causewayClient } from '../../src/client/client.ts'
import { runServer } from '../../src/programs/server.ts'
import { placesOf } from '../../src/programs/places.ts'
import { type } from './trial.ts'

/** Runs a server whose state and log have a small disk each, lets one thing after another go wrong, and says what `status` says. */
const [disk = '', logDisk = ''] = process.argv.slice(2)
const state = join(disk, 'state')
const log = join(logDisk, 'server.log')
mkdirSync(state)
const ending = new AbortController()
const running = runServer(
  { state, listen: '127.0.0.1:0', zone: 'local', pool: [] },
  { reserved: [], user: null, version: 'test', aloud: true },
  ending.signal,
)
let url: string | undefined
while ((url = /http:\S+/.exec(readFileSync(log, 'utf8'))?.[0]) === undefined) await setTimeout(20)
const told = ['--url', url]
const agent = causewayClient({ socketPath: placesOf(state).socket })

async function look(when: string): Promise<void> {
  // What was found a moment ago is not looked for again.
  await setTimeout(600)
  const { revision } = await agent.status()
  await agent.agent.report({ host: 'one', synced: revision, failures: {}, backends: {}, events: [], counters: {} })
  const [en, zh, json] = await Promise.all([
    type(['status', ...told]),
    type(['status', ...told, '--lang', 'zh']),
    type(['status', ...told, '-o', 'json']),
  ])
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const counted = Number(/^causeway_server_problems (\d+)$/m.exec(metrics)?.[1])
  const { problems } = JSON.parse(json.out) as { problems: readonly object[] }
  console.log(JSON.stringify({ when, code: en.code, en: en.out, zh: zh.out, problems, counted }))
}

/** Leaves not a byte: what does not fit in one piece may fit in a smaller one. */
function fill(place: string): void {
  for (let size = 1 << 20; size >= 1; size = size >> 1) {
    try {
      for (;;) writeFileSync(join(place, 'filler'), 'x'.repeat(size), { flag: 'a' })
    } catch {
      continue
    }
  }
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

await look('well')
fill(disk)
await look('full')
rmSync(join(disk, 'filler'))
await look('room')
fill(logDisk)
await look('full log')
rmSync(join(logDisk, 'filler'))
run('mount', '--bind', state, state)
run('mount', '-o', 'remount,bind,ro', state)
await look('read-only')
run('umount', state)
renameSync(state, `${state}.away`)
await look('gone')
renameSync(`${state}.away`, state)
await look('back')
agent.close()
ending.abort()
await running
