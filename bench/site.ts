import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentOptions, ServerOptions } from '../src/cli/programs.ts'
import type { Client } from '../src/client/api-client.ts'
import { causewayClient } from '../src/client/client.ts'
import type { AgentStatus } from '../src/client/wire.ts'
import type { Host } from '../src/dataplane/host.ts'
import { linuxHost } from '../src/dataplane/linux-host.ts'
import { plan } from '../src/demo/plan.ts'
import { simulatedInternet, worldPrefix, worldUplink } from '../src/demo/world.ts'
import { diff } from '../src/host/diff.ts'
import type { Id } from '../src/model/model.ts'
import { lean } from '../src/programs/launch.ts'
import { placesOf, type Places } from '../src/programs/places.ts'
import type { ServerSurroundings } from '../src/programs/server.ts'
import { end } from './processes.ts'

/** The real server on its database, the real agent, and a simulated internet; all within the sandbox that this runs in. */
export interface Site {
  readonly client: Client
  readonly places: Places
  readonly server: ChildProcess
  /** The agent that runs now. */
  agent(): ChildProcess
  /** Starts an agent and waits until its machine is as the API was told; answers with the milliseconds that it took. */
  startAgent(): Promise<number>
  stopAgent(signal: NodeJS.Signals): Promise<void>
  /** Waits until the machine is as the API was told; fails where something failed. */
  settled(): Promise<AgentStatus>
  /** Waits until the machine is as a resource was told to be. */
  active(kind: 'vpc' | 'eip' | 'load-balancer', id: Id): Promise<void>
  /** Resolves when the API next says that the machine is as a resource was told to be. */
  nextActive(id: Id): Promise<void>
  close(): Promise<void>
}

const main = join(import.meta.dirname, '../src/main.ts')
const listen = '127.0.0.1:7480'

export async function startSite(pool: string): Promise<Site> {
  const places = placesOf(mkdtempSync(join(tmpdir(), 'causeway-bench-')))
  const internet = await startInternet()
  const options: ServerOptions & ServerSurroundings = {
    state: places.state,
    listen,
    zone: 'local',
    pool: [`bench=${pool}`],
    reserved: [plan.edge, plan.upstream],
    user: null,
    version: 'bench',
    aloud: false,
  }
  const server = startSelf('server', options)
  const client = causewayClient({ url: `http://${listen}` })
  await until(async () => (await client.status().catch(() => null)) !== null)
  const listening = new AbortController()
  const waiting = new Map<Id, () => void>()
  void (async () => {
    for await (const event of client.events(listening.signal))
      if (event.type === 'status' && event.status.phase === 'active') waiting.get(event.id)?.()
  })()
  let agent: ChildProcess | undefined

  function nextActive(id: Id): Promise<void> {
    return new Promise(resolve => waiting.set(id, resolve))
  }

  async function settled(since = 0): Promise<AgentStatus> {
    const { revision } = await client.status()
    for (const deadline = performance.now() + 60_000; performance.now() < deadline; await sleep(5)) {
      const [found] = (await client.status()).agents
      if (!found?.present || found.synced < revision || Date.parse(found.seenAt) < since) continue
      const failures = Object.entries(found.failures)
      if (failures.length > 0) throw new Error(`not everything could be brought about: ${failures.join('; ')}`)
      return found
    }
    throw new Error('the agent did not settle within a minute')
  }

  return {
    client,
    places,
    server,
    agent() {
      if (!agent) throw new Error('no agent runs')
      return agent
    },
    async startAgent() {
      const [from, since] = [performance.now(), Date.now()]
      const agentOptions: AgentOptions = {
        state: places.state,
        uplink: worldUplink,
        address: `${plan.edge}/24`,
        gateway: plan.upstream,
        host: 'bench',
      }
      agent = startSelf('agent', agentOptions)
      await settled(since)
      return performance.now() - from
    },
    async stopAgent(signal) {
      if (agent) await end(agent, signal)
    },
    settled: () => settled(),
    async active(kind, id) {
      const told = nextActive(id)
      // The news may have come before anybody waited for it.
      if ((await client.get(kind, id)).status.phase !== 'active') await told
      waiting.delete(id)
    },
    nextActive,
    async close() {
      listening.abort()
      client.close()
      for (const child of [agent, server]) if (child) await end(child)
      await internet.close()
      rmSync(places.state, { recursive: true, force: true })
    },
  }
}

async function startInternet(): Promise<Host> {
  const internet = linuxHost({ prefix: worldPrefix })
  const outcomes = await internet.apply(diff(new Map(), simulatedInternet('/proc/self/ns/net')))
  const failed = outcomes.find(outcome => outcome.failed !== undefined)
  if (failed)
    throw new Error(`the simulated internet: ${failed.step.item.kind} ${failed.step.item.name}: ${failed.failed}`)
  return internet
}

/** Starts one of our programs as `causeway up` does. */
export function startSelf(program: string, options: object): ChildProcess {
  return spawn(process.execPath, [...lean, main, 'run', program, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '../node_modules/.cache/node'), ...process.env },
  })
}

/** Waits until something is so, at most 20 seconds. */
export async function until(holds: () => Promise<boolean>, everyMs = 5): Promise<void> {
  for (const deadline = performance.now() + 20_000; !(await holds()); await sleep(everyMs)) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${holds.toString()}`)
  }
}
