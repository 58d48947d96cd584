import assert from 'node:assert/strict'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { causewayClient } from '../../src/client/client.ts'
import { linuxHost } from '../../src/dataplane/linux-host.ts'
import { apiHands } from '../../src/demo/api-hands.ts'
import { plan } from '../../src/demo/plan.ts'
import type { Site } from '../../src/demo/script.ts'
import { perform } from '../../src/demo/steps.ts'
import { simulatedInternet, worldPrefix, worldUplink } from '../../src/demo/world.ts'
import { diff } from '../../src/host/diff.ts'

/** Runs in a sandbox of its own, whose uplink leads to a simulated internet: `up`, what may befall it, and `down`. */
const [state = ''] = process.argv.slice(2)
const main = join(import.meta.dirname, '../../src/main.ts')
const listen = '127.0.0.1:7480'
const client = causewayClient({ url: `http://${listen}` })

const world = linuxHost({ prefix: worldPrefix })
await world.apply(diff(new Map(), simulatedInternet('/proc/self/ns/net')))
execFileSync('nft', ['add', 'table', 'ip', 'somebody'])
execFileSync('ip', ['netns', 'add', 'somebody'])
const before = traces()

const first = up()
await caughtUp()
const site: Site = { topology: 'a', skip: new Set(), backends: [] }
await perform(site, apiHands(client), async (_, take) => void (await take?.()))
await caughtUp()
const built = traces()
assert.ok(built.namespaces.includes(`cw-${site.balancer}`))
assert.equal(built.proxies.length, 1)

const agent = agentPid()
assert.ok(((await counters())['rounds'] ?? 0) > 1)
process.kill(agent, 'SIGKILL')
await until('another agent', async () => agentPid() !== agent && (await counters())['rounds'] === 1)
assert.equal((await counters())['steps'], 0, 'a new agent changed something')

first.kill('SIGTERM')
assert.equal((await once(first, 'exit'))[0], 0)
assert.deepEqual(traces(), built, 'stopping changed the data plane')

const second = up()
await caughtUp()
assert.equal((await counters())['steps'], 0, 'a restart changed something')
assert.deepEqual(traces(), built, 'a restart changed the data plane')
assert.notEqual(run('down'), 0, 'down must refuse while the agent runs')
second.kill('SIGTERM')
await once(second, 'exit')

assert.equal(run('down'), 0)
assert.deepEqual(traces(), before, 'down left something, or took too much')
assert.ok(existsSync(join(state, 'model.sqlite')))
assert.equal(run('down', '--purge'), 0)
assert.ok(!existsSync(state))
await world.close()
client.close()

function up(): ChildProcess {
  const options = ['--uplink', worldUplink, '--address', `${plan.edge}/24`, '--gateway', plan.upstream]
  const more = ['--pool', `isp=${plan.pool}`, '--state', state, '--listen', listen]
  return spawn(process.execPath, [main, 'up', ...options, ...more], { stdio: ['ignore', 'inherit', 'inherit'] })
}

function run(program: string, ...args: string[]): number {
  try {
    execFileSync(process.execPath, [main, program, ...args, '--state', state], { stdio: 'pipe' })
    return 0
  } catch (error) {
    return (error as { readonly status: number }).status
  }
}

/** Everything that our programs could leave behind or break. */
function traces() {
  const namespaces = readdirSync('/run/netns').sort()
  const links = JSON.parse(execFileSync('ip', ['-j', 'link']).toString()) as { readonly ifname: string }[]
  const tables = execFileSync('nft', ['list', 'tables']).toString()
  return { namespaces, links: links.map(link => link.ifname), tables, proxies: proxies() }
}

function proxies(): number[] {
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

function agentPid(): number {
  const file = join(state, 'run/agent.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }).pid : 0
}

async function counters(): Promise<Readonly<Record<string, number>>> {
  const status = await client.status()
  return status.agents[0]?.synced === status.revision ? status.agents[0].counters : {}
}

async function caughtUp(): Promise<void> {
  await until('an agent that has caught up', async () => {
    const status = await client.status().catch(() => null)
    return status !== null && status.agents.some(each => each.present && each.synced === status.revision)
  })
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await holds().catch(() => false)); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`no ${what} within 20 s`)
  }
}
