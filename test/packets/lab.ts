import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { addKey } from '../../src/api/keys.ts'
import { serve, type ServeOptions } from '../../src/api/serve.ts'
import { signersOf } from '../../src/api/signers.ts'
import { causewayClient } from '../../src/client/client.ts'
import type { Client } from '../../src/client/api-client.ts'
import type { AgentStatus, HostEvent, WireEvent } from '../../src/client/wire.ts'
import { chance, utcNow } from '../../src/commands/commands.ts'
import { RuntimeSocket } from '../../src/dataplane/proxy-socket.ts'
import { spawnInSandbox } from '../../src/dataplane/sandbox.ts'
import { plan } from '../../src/demo/plan.ts'
import { internet, worldServers } from '../../src/demo/world.ts'
import { ensureDefaults } from '../../src/model/defaults.ts'
import { makePlaces, placesOf } from '../../src/programs/places.ts'
import { cloudOf } from '../../src/qingcloud/cloud.ts'
import { addQingcloud } from '../../src/qingcloud/routes.ts'
import { sqliteLedger } from '../../src/qingcloud/sqlite-ledger.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { placeIn, type Place } from './place.ts'
import type { Errand, Ran, Reply, Request } from './talk.ts'

type Turn = Extract<WireEvent, { type: 'backend' }>

/** The real server and the real agent, in a sandbox with a simulated internet around it. */
export interface Lab {
  readonly client: Client
  /** Where people reach the server. */
  readonly url: string
  /** Whom clients of the QingCloud API sign as. */
  readonly key: { readonly id: string; readonly secret: string }
  /** Someone who lives in a namespace. */
  at(netns: string): Place
  /** Runs a command in a namespace, or with null where the agent runs; fails with what it printed. */
  run(netns: string | null, ...argv: readonly [string, ...string[]]): Promise<string>
  /** Waits until the machine is as the API was told, without a failure. Patient: the kernel's network lock is shared with all else that the machine does. */
  settled(): Promise<AgentStatus>
  startAgent(): Promise<number>
  killAgent(): Promise<void>
  /** The process that serves a balancer, or is a further node of it, as the machine numbers it. */
  proxyOf(node: string): number
  /** What that process answers on its runtime socket. */
  askProxy(node: string, command: string): Promise<string>
  /** What the machine told of itself since the beginning. */
  readonly events: readonly HostEvent[]
  /** What was heard of backends, in order. */
  readonly turns: readonly Turn[]
  /** How many packets the internet got from the machine, by whether their source is public. */
  arrivals(): Promise<{ readonly private: number; readonly public: number }>
  /** Takes it all down, and fails where a packet with a private source was seen on the internet. */
  close(): Promise<void>
}

/** What the router of the internet counts of what comes from us. */
const lookout = `table ip lookout {
  counter private {}
  counter public {}
  chain arrivals {
    type filter hook prerouting priority -300;
    iifname "edge" ip saddr != 203.0.113.0/24 counter name private
    iifname "edge" ip saddr 203.0.113.0/24 counter name public
  }
}`

export async function startLab(): Promise<Lab> {
  const places = placesOf(mkdtempSync(join(tmpdir(), 'causeway-lab-')))
  const ending = new AbortController()
  const undo: (() => unknown)[] = [() => rmSync(places.state, { recursive: true, force: true })]
  async function down() {
    ending.abort()
    for (const each of undo.splice(0).reverse()) await each()
  }
  try {
    makePlaces(places, null)
    const store = memoryStore()
    const pools = [{ name: 'lab', addresses: [plan.pool], reserved: [] }]
    await store.commit(model => ensureDefaults(model, { now: utcNow(), author: 'lab', ...chance, pools }))
    const bugs: unknown[] = []
    const listen = { host: '127.0.0.1', port: 0 }
    const onBug = (bug: unknown) => void bugs.push(bug)
    const key = await addKey(places.keys, 'operator')
    const ledger = sqliteLedger()
    undo.push(() => ledger.close())
    const extend: ServeOptions['extend'] = (app, core) =>
      addQingcloud(app, cloudOf(core, signersOf(places.keys), ledger), { onBug })
    const server = await serve({ store, listen, socketPath: places.socket, onBug, extend })
    undo.push(() => server.close())
    const client = causewayClient({ url: server.url })
    undo.push(() => client.close())
    const inside = await startInside(places.state)
    undo.push(() => inside.end())
    undo.push(() => inside.ask({ to: 'end-agent', signal: 'SIGKILL' }).catch(() => {}))
    const events: HostEvent[] = []
    const turns: Turn[] = []
    let ended = ''
    void listenTo(client, ending.signal, events, turns)

    const run: Lab['run'] = async (netns, ...argv) => {
      const { code, out } = (await inside.ask({ to: 'run', netns, argv })) as Ran
      assert.equal(code, 0, `${argv.join(' ')} in ${netns ?? 'the machine'}: ${out}`)
      return out
    }
    const lab: Lab = {
      client,
      url: server.url,
      key,
      events,
      turns,
      run,
      at: netns => placeIn(netns, ask => inside.ask({ to: 'resident', netns, ask })),
      settled: () => settled(client, () => ended),
      async startAgent() {
        const pid = (await inside.ask({ to: 'start-agent' })) as number
        ended = ''
        void inside.ask({ to: 'wait-for-agent' }).then(
          how => (ended = String(how)),
          () => {},
        )
        return pid
      },
      killAgent: async () => void (await inside.ask({ to: 'end-agent', signal: 'SIGKILL' })),
      proxyOf: node => Number(readFileSync(join(places.proxies, `${node}.pids`), 'utf8').split('\n')[0]),
      async askProxy(node, command) {
        const socket = new RuntimeSocket(join(places.proxies, `${node}.sock`), () => {})
        const [answer = ''] = await socket.ask(command)
        socket.close()
        return answer
      },
      async arrivals() {
        const counted = await run(internet, 'nft', 'list', 'counters')
        const count = (name: string) => Number(new RegExp(`counter ${name} \\{\\s+packets (\\d+) `).exec(counted)?.[1])
        return { private: count('private'), public: count('public') }
      },
      async close() {
        try {
          assert.deepEqual(bugs, [])
          assert.equal((await lab.arrivals()).private, 0, 'a packet with a private source was seen on the internet')
        } finally {
          await down()
        }
      },
    }
    await run(internet, 'nft', lookout)
    for (const { netns, name } of worldServers) await lab.at(netns).serveHttp(plan.port, name)
    await lab.startAgent()
    await lab.settled()
    return lab
  } catch (error) {
    await down()
    throw error
  }
}

interface Inside {
  ask(errand: Errand): Promise<unknown>
  end(): Promise<void>
}

async function startInside(state: string): Promise<Inside> {
  const program = fileURLToPath(new URL('inside.ts', import.meta.url))
  // Without this our processes would report to the test runner in its own language.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawnInSandbox([process.execPath, program, state], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env,
  })
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>()
  let count = 0
  const gone = once(child, 'exit')
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the sandbox ended'))
    waiting.clear()
  })
  child.on('message', ({ id, answer, error }: Reply) => {
    const asker = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) asker?.resolve(answer)
    else asker?.reject(new Error(error))
  })
  // The first word comes unasked.
  await new Promise((resolve, reject) => waiting.set(0, { resolve, reject }))
  return {
    ask: errand =>
      new Promise((resolve, reject) => {
        waiting.set(++count, { resolve, reject })
        child.send({ id: count, errand } satisfies Request)
      }),
    async end() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function listenTo(client: Client, signal: AbortSignal, events: HostEvent[], turns: Turn[]): Promise<void> {
  for await (const event of client.events(signal)) {
    if (event.type === 'host') events.push(event.event)
    if (event.type === 'backend') turns.push(event)
  }
}

async function settled(client: Client, ended: () => string): Promise<AgentStatus> {
  const wish = (await client.status()).revision
  for (const deadline = performance.now() + 60_000; ; await sleep(20)) {
    const { agents } = await client.status()
    const agent = agents.find(each => each.present && each.synced >= wish)
    if (agent) {
      assert.deepEqual(agent.failures, {})
      return agent
    }
    if (ended() !== '') throw new Error(`the agent ended by itself: ${ended()}`)
    if (performance.now() > deadline) throw new Error(`the agent did not settle: ${JSON.stringify(agents)}`)
  }
}
