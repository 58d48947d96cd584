import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { causewayClient } from '../../src/client/client.ts'
import { linuxHost } from '../../src/dataplane/linux-host.ts'
import { apiHands } from '../../src/demo/api-hands.ts'
import { startServers } from '../../src/demo/http-servers.ts'
import { plan } from '../../src/demo/plan.ts'
import type { Site } from '../../src/demo/script.ts'
import { perform } from '../../src/demo/steps.ts'
import { simulatedInternet, worldPrefix, worldUplink } from '../../src/demo/world.ts'
import { diff } from '../../src/host/diff.ts'

/** What the tests in a sandbox share: `up` on a simulated internet, in the state directory that the command line names. */
export const [state = ''] = process.argv.slice(2)
const main = join(import.meta.dirname, '../../src/main.ts')
const listen = '127.0.0.1:7480'
export const client = causewayClient({ url: `http://${listen}` })

/** Builds the simulated internet, with its servers; call what it returns at the end. */
export async function startWorld(): Promise<() => Promise<void>> {
  const world = linuxHost({ prefix: worldPrefix })
  await world.apply(diff(new Map(), simulatedInternet('/proc/self/ns/net')))
  const servers = await startServers()
  return async () => {
    for (const server of servers) server.close()
    await world.close()
  }
}

export async function playTopologyA(): Promise<Site> {
  const site: Site = { topology: 'a', skip: new Set(), backends: [] }
  await perform(site, apiHands(client), async (_, take) => void (await take?.()))
  return site
}

export function up(): ChildProcess {
  const options = ['--uplink', worldUplink, '--address', `${plan.edge}/24`, '--gateway', plan.upstream]
  const more = ['--pool', `isp=${plan.pool}`, '--state', state, '--listen', listen]
  return spawn(process.execPath, [main, 'up', ...options, ...more], { stdio: ['ignore', 'inherit', 'inherit'] })
}

export function run(program: string, ...args: string[]): number {
  try {
    execFileSync(process.execPath, [main, program, ...args, '--state', state], { stdio: 'pipe' })
    return 0
  } catch (error) {
    return (error as { readonly status: number }).status
  }
}

/** Everything that our programs could leave behind or break. */
export function traces() {
  const namespaces = readdirSync('/run/netns').sort()
  const links = JSON.parse(execFileSync('ip', ['-j', 'link']).toString()) as { readonly ifname: string }[]
  const tables = execFileSync('nft', ['list', 'tables']).toString()
  return { namespaces, links: links.map(link => link.ifname), tables, proxies: proxies() }
}

export function proxies(): number[] {
  return readdirSync('/proc')
    .filter(pid => /^\d+$/.test(pid))
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('haproxy')
      } catch {
        return false
      }
    })
    .map(Number)
}

export function agentPid(): number {
  const file = join(state, 'run/agent.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }).pid : 0
}

export async function counters(): Promise<Readonly<Record<string, number>>> {
  const status = await client.status()
  return status.agents[0]?.synced === status.revision ? status.agents[0].counters : {}
}

export async function caughtUp(): Promise<void> {
  await until('an agent that has caught up', async () => {
    const status = await client.status().catch(() => null)
    return status !== null && status.agents.some(each => each.present && each.synced === status.revision)
  })
}

export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await holds().catch(() => false)); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`no ${what} within a minute`)
  }
}
