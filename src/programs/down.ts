import { existsSync, readFileSync } from 'node:fs'
import { adopt, reconcile } from '../agent/reconcile.ts'
import type { DownOptions } from '../cli/programs.ts'
import { compileAll } from '../compile/compile.ts'
import type { HostState } from '../host/item.ts'
import { sqliteStore } from '../store/sqlite-store.ts'
import { hostOf } from './agent.ts'
import { clearPlaces, placesOf, readAgentNote, type Places } from './places.ts'

/** Removes everything of ours from the kernel, and what belongs to the running installation; nothing else. */
export async function runDown({ state, purge }: DownOptions): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.error('down changes the network of this machine: run it as root')
    return 2
  }
  const places = placesOf(state)
  const running = readAgentNote(places)
  if (running && isAlive(running.pid)) {
    console.error(
      `the agent still runs (process ${running.pid}) and would build everything again: stop it first, e.g. by \`systemctl stop causeway\``,
    )
    return 1
  }
  const host = hostOf(places)
  const held = adopt(await host.observe(undefined, await lastWish(places)), new Map())
  const { steps, failed } = await reconcile(host, held, new Map())
  await host.close()
  for (const { step, failed: why } of failed)
    console.error(`${step.item.kind} ${step.item.name} in ${step.item.netns}: ${why}`)
  if (failed.length > 0) return 1
  clearPlaces(places, purge)
  console.error(`causeway: removed ${steps} objects of ours from this machine${purge ? `, and ${state}` : ''}`)
  return 0
}

/** What was wanted last: it names the namespaces of others in which something of ours is. */
async function lastWish({ database }: Places): Promise<HostState> {
  if (!existsSync(database)) return new Map()
  const store = sqliteStore(database)
  try {
    return compileAll(store.snapshot(), { name: '', uplink: null, mtu: 1500 })
  } finally {
    await store.close()
  }
}

function isAlive(pid: number): boolean {
  // A number may have gone to somebody else's process since.
  const file = `/proc/${pid}/cmdline`
  return existsSync(file) && readFileSync(file, 'utf8').split('\0').includes('agent')
}
