/** Run by lab.ts inside a sandbox: a simulated internet, the real agent, and threads that live in namespaces. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { AgentOptions } from '../../src/cli/programs.ts'
import { close, open } from '../../src/dataplane/libc.ts'
import { linuxHost } from '../../src/dataplane/linux-host.ts'
import { enter, netnsPath } from '../../src/dataplane/netns.ts'
import { plan } from '../../src/demo/plan.ts'
import { simulatedInternet, worldPrefix, worldUplink } from '../../src/demo/world.ts'
import { diff } from '../../src/host/diff.ts'
import type { Ask, Errand, Ran, Reply, Request } from './talk.ts'

interface Resident {
  ask(ask: Ask): Promise<unknown>
}

const [state = ''] = process.argv.slice(2)
const residents = new Map<string, Resident>()
let agent: ChildProcess | undefined

const internet = linuxHost({ prefix: worldPrefix })
const outcomes = await internet.apply(diff(new Map(), simulatedInternet('/proc/self/ns/net')))
const failed = outcomes.find(outcome => outcome.failed !== undefined)
if (failed)
  throw new Error(`the simulated internet: ${failed.step.item.kind} ${failed.step.item.name}: ${failed.failed}`)

process.on('message', ({ id, errand }: Request) => {
  const reply = (rest: Omit<Reply, 'id'>) => process.send?.({ id, ...rest } satisfies Reply)
  run(errand).then(
    said => reply({ answer: said }),
    (error: Error) => reply({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit())
process.send?.({ id: 0 } satisfies Reply)

async function run(errand: Errand): Promise<unknown> {
  switch (errand.to) {
    case 'resident':
      return residents.getOrInsertComputed(errand.netns, moveIn).ask(errand.ask)
    case 'run':
      return runCommand(errand.netns, errand.argv)
    case 'start-agent':
      return startAgent()
    case 'wait-for-agent':
      return endOfAgent()
    case 'end-agent':
      return endAgent(errand.signal)
  }
}

function moveIn(netns: string): Resident {
  const worker = new Worker(new URL('resident.ts', import.meta.url), { workerData: { path: netnsPath(netns) } })
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>()
  let count = 0
  const fail = (error: Error) => {
    residents.delete(netns)
    for (const { reject } of waiting.values()) reject(new Error(`${netns}: ${error.message}`))
    waiting.clear()
  }
  worker.on('error', fail).on('exit', () => fail(new Error('the resident left')))
  worker.on('message', ({ id, answer, error }: Reply) => {
    const asker = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) asker?.resolve(answer)
    else asker?.reject(new Error(`${netns}: ${error}`))
  })
  return {
    ask: ask =>
      new Promise((resolve, reject) => {
        waiting.set(++count, { resolve, reject })
        worker.postMessage({ id: count, ask }, [])
      }),
  }
}

async function runCommand(netns: string | null, [program, ...args]: readonly [string, ...string[]]): Promise<Ran> {
  const start = () => spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const child = netns === null ? start() : within(netns, start)
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (out += part.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out }
}

function startAgent(): number | undefined {
  const options: AgentOptions = {
    state,
    uplink: worldUplink,
    address: `${plan.edge}/24`,
    gateway: plan.upstream,
    host: 'lab',
  }
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  agent = spawn(process.execPath, [main, 'run', 'agent', JSON.stringify(options)], { stdio: ['ignore', 2, 2] })
  return agent.pid
}

async function endOfAgent(): Promise<string> {
  if (!agent) return 'never started'
  const [code, signal] = (await once(agent, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal ?? `exit code ${code}`
}

async function endAgent(signal: 'SIGKILL' | 'SIGTERM'): Promise<boolean> {
  if (!agent || agent.exitCode !== null || agent.signalCode !== null) return false
  const gone = once(agent, 'exit')
  agent.kill(signal)
  await gone
  return true
}

/** Processes that are started meanwhile live in the namespace. */
function within<T>(netns: string, start: () => T): T {
  const fd = open(netnsPath(netns))
  try {
    return enter(fd, start)
  } finally {
    close(fd)
  }
}
