import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { runAgent } from '../../src/agent/agent.ts'
import { turnsIn, type KeptTurns } from '../../src/agent/kept-turns.ts'
import type { ServerLink } from '../../src/agent/reporter.ts'
import { compile, compilerFor } from '../../src/compile/compile.ts'
import { fakeHost, type FakeHost } from '../../src/dataplane/fake-host.ts'
import { FakeKernel } from '../../src/dataplane/fake-kernel.ts'
import type { ServerHealth } from '../../src/dataplane/host.ts'
import type { AgentReport, AgentState, BackendStatus, BackendTurn, HostEvent } from '../../src/client/wire.ts'
import { whole } from '../../src/agent/reconcile.ts'
import { diff } from '../../src/host/diff.ts'
import { keyOf } from '../../src/host/item.ts'
import { perform } from '../../src/demo/steps.ts'
import type { Site } from '../../src/demo/script.ts'
import type { Model } from '../../src/model/model.ts'
import { modelHands } from '../demo/model-hands.ts'

const machine = {
  name: 'test',
  mtu: 1500,
  uplink: { link: { kind: 'macvlan', parent: 'eth0' }, address: '10.255.0.2/24', gateway: '10.255.0.1' },
} as const

/** The server's end of the line, in memory: says what a model holds, hears reports, and can be away. */
function line() {
  let model: Model | null = null
  let away = false
  const heard: AgentReport[] = []
  const server: ServerLink = {
    async state(since, _waitMs, signal): Promise<AgentState> {
      for (; !signal.aborted; await sleep(5)) {
        if (away) throw new Error('connection refused')
        if (!model || model.revision === since) continue
        return {
          revision: model.revision,
          full: true,
          resources: [...model.resources.values()],
          changed: [],
          removed: [],
        }
      }
      throw new Error('aborted')
    },
    async report(report) {
      if (away) throw new Error('connection refused')
      heard.push(report)
    },
  }
  return {
    server,
    heard,
    publish: (next: Model) => void (model = next),
    go: (isAway: boolean) => void (away = isAway),
    turns: () => heard.flatMap(report => report.turns ?? []),
    events: (): HostEvent[] => heard.flatMap(report => report.events),
    backends: (): Record<string, BackendStatus> =>
      Object.assign({}, ...heard.map(report => report.backends)) as Record<string, BackendStatus>,
  }
}

/** What an agent may find when it starts. */
interface Earlier {
  readonly wire?: ReturnType<typeof line>
  readonly kept?: KeptTurns
}

async function running(t: TestContext, kernel = new FakeKernel(['eth0']), { wire = line(), kept }: Earlier = {}) {
  const made = fakeHost({ kernel })
  let looks = 0
  const host: FakeHost = { ...made, health: balancers => (looks++, made.health(balancers)) }
  /** Waits until what balancers say now has been seen. */
  const looked = async () => {
    const before = looks
    await until('looked', () => looks >= before + 2)
  }
  const end = new AbortController()
  const options = {
    host,
    server: wire.server,
    compile: compilerFor(machine),
    seenAs: () => ['203.0.113.9'],
    name: 'test',
    log: () => {},
    ...(kept ? { kept } : {}),
  }
  const agent = runAgent(options, end.signal)
  const stop = async () => {
    end.abort()
    await agent
  }
  t.after(stop)
  const hands = modelHands()
  const site: Site = { topology: 'a', skip: new Set(), backends: [] }
  await perform(site, hands, async (_, take) => void (await take?.()))
  return { host, kernel, wire, hands, site, looked, stop }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !holds(); await sleep(10)) {
    if (Date.now() > deadline) throw new Error(`not within a minute: ${what}`)
  }
}

const holds = (kernel: FakeKernel, model: Model) => diff(kernel.state, whole(compile(model, machine))).length === 0

test('builds what is published, and tells when it has', async t => {
  const { kernel, wire, hands } = await running(t)
  wire.publish(hands.model())
  await until('synced', () => wire.heard.at(-1)?.synced === hands.model().revision)
  assert.ok(holds(kernel, hands.model()))
  assert.deepEqual(wire.heard.at(-1)?.failures, {})
})

test('touches nothing before the first word from the server', async t => {
  const kernel = new FakeKernel(['eth0'])
  kernel.put({ kind: 'netns', netns: 'cw-old', name: '', for: '', owned: true, sysctls: {} })
  const { wire, hands } = await running(t, kernel)
  wire.go(true)
  await sleep(200)
  assert.equal(kernel.state.size, 1)
  wire.go(false)
  wire.publish(hands.model())
  await until('built', () => holds(kernel, hands.model()))
  assert.ok(!kernel.state.has(keyOf({ kind: 'netns', netns: 'cw-old', name: '' })), 'an orphan stayed')
})

test('heals what others break, and says so', async t => {
  const { host, kernel, wire, hands, site } = await running(t)
  wire.publish(hands.model())
  await until('built', () => holds(kernel, hands.model()))
  const netns = `cw-${site.natGateway}`
  host.tamper(it => void it.remove({ kind: 'netns', netns, name: '', for: '', owned: true, sysctls: {} }), {
    netns,
    what: 'namespace deleted',
  })
  await until('an event', () => wire.events().some(event => event.type === 'healed'))
  assert.ok(holds(kernel, hands.model()))
  const told = wire.events().filter(event => event.resource === site.natGateway)
  assert.deepEqual(
    told.map(event => event.type),
    ['drift', 'healed'],
  )
  assert.match(told[0]?.message ?? '', /namespace deleted/)
})

test('goes on while the server is away, and tells everything when it is back', async t => {
  const { host, kernel, wire, hands, site } = await running(t)
  wire.publish(hands.model())
  await until('built', () => holds(kernel, hands.model()))
  wire.go(true)
  const netns = `cw-${site.balancer}`
  const [backend = ''] = site.backends
  host.report([
    {
      listener: site.listener ?? '',
      backend,
      state: 'down',
      reason: 'timeout after 1 s',
      checkMs: 1000,
      sessions: 0,
      requests: 0,
    },
  ])
  const flushed = {
    kind: 'ruleset',
    netns,
    name: '',
    for: '',
    ruleset: { family: 'ip', sets: [], chains: [] },
  } as const
  host.tamper(it => void it.put(flushed), { netns, what: 'ruleset changed' })
  assert.ok(!holds(kernel, hands.model()))
  await until('healed', () => holds(kernel, hands.model()))
  await sleep(1200)
  wire.go(false)
  await until('told', () => backend in wire.backends() && wire.events().some(event => event.type === 'healed'))
  const { state, reason, seenAs } = wire.backends()[backend]!
  assert.deepEqual(
    { state, reason, seenAs },
    { state: 'unavailable', reason: 'timeout after 1 s', seenAs: ['203.0.113.9'] },
  )
})

test('reports a backend when its state changes, and since when', async t => {
  const { host, wire, hands, site } = await running(t)
  const [backend = ''] = site.backends
  const say = (state: 'up' | 'down' | 'rising', reason = '') =>
    host.report([{ listener: site.listener ?? '', backend, state, reason, checkMs: 1, sessions: 0, requests: 0 }])
  say('down', 'connection refused')
  wire.publish(hands.model())
  await until('unavailable', () => wire.backends()[backend]?.state === 'unavailable')
  const { since } = wire.backends()[backend]!
  const reports = () => wire.heard.filter(report => backend in report.backends).length
  const before = reports()
  await sleep(2200)
  assert.equal(reports(), before, 'what did not change was reported again')
  say('up')
  await until('active', () => wire.backends()[backend]?.state === 'active')
  assert.ok(wire.backends()[backend]!.since > since)
  assert.equal(wire.backends()[backend]?.reason, '')
})

const health = (site: Site, state: ServerHealth['state'], reason: string, changedS?: number): ServerHealth => ({
  listener: site.listener ?? '',
  backend: site.backends[0] ?? '',
  state,
  reason,
  checkMs: 1,
  sessions: 0,
  requests: 0,
  ...(changedS === undefined ? {} : { changedS }),
})
const told = (turns: readonly BackendTurn[]) => turns.map(({ state, reason }) => `${state}: ${reason}`)

test('a backend that failed only while the server was away is told of, turn by turn, once', async t => {
  const { host, kernel, wire, hands, site, looked } = await running(t)
  host.report([health(site, 'up', 'HTTP 200')])
  wire.publish(hands.model())
  await until('built', () => holds(kernel, hands.model()))
  await until('told', () => wire.turns().length === 1)
  wire.go(true)
  for (const [state, reason] of [
    ['falling', 'HTTP 503'],
    ['down', 'HTTP 503'],
    ['rising', 'HTTP 200'],
    ['up', 'HTTP 200'],
  ] as const) {
    host.report([health(site, state, reason)])
    await looked()
  }
  wire.go(false)
  await until('told again', () => wire.turns().length >= 5)
  await looked()
  assert.deepEqual(told(wire.turns()), [
    'active: HTTP 200',
    'abnormal: HTTP 503',
    'unavailable: HTTP 503',
    'abnormal: HTTP 200',
    'active: HTTP 200',
  ])
  const times = wire.turns().map(({ at }) => at)
  assert.deepEqual(times, times.toSorted())
  assert.equal(new Set(times).size, times.length)
})

test('a turn that nobody could explain is told once more when somebody can', async t => {
  const { host, wire, hands, site, looked } = await running(t)
  host.report([health(site, 'down', '')])
  wire.publish(hands.model())
  await until('told', () => wire.turns().length === 1)
  await looked()
  host.report([health(site, 'down', 'connection refused')])
  await until('explained', () => wire.turns().length === 2)
  host.report([health(site, 'down', 'no route')])
  await looked()
  await sleep(500)
  assert.deepEqual(told(wire.turns()), ['unavailable: ', 'unavailable: connection refused'])
  const [first, second] = wire.turns()
  assert.equal(second?.at, first?.at)
})

test('what the server has not heard of backends outlives the agent', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'untold-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'untold.json')
  const complaints: string[] = []
  const kept = turnsIn(path, message => complaints.push(message))
  const { host, kernel, wire, hands, site, stop } = await running(t, undefined, { kept })
  host.report([health(site, 'up', 'HTTP 200')])
  wire.publish(hands.model())
  await until('told', () => wire.turns().length === 1)
  assert.ok(!existsSync(path), 'what is heard at once is not written')
  wire.go(true)
  host.report([health(site, 'down', 'no route')])
  await until('kept', () => existsSync(path))
  await stop()
  const next = await running(t, kernel, { wire, kept })
  next.host.report([health(site, 'up', 'HTTP 200', 3600)])
  await sleep(1200)
  wire.go(false)
  await until('told', () => wire.turns().length >= 3)
  assert.deepEqual(told(wire.turns()), ['active: HTTP 200', 'unavailable: no route', 'active: HTTP 200'])
  const age = Date.now() - Date.parse(wire.turns()[2]?.at ?? '')
  assert.ok(age > 3_590_000 && age < 3_640_000, 'HAProxy knows since when')
  await until('forgotten', () => kept.read().length === 0)
  assert.deepEqual(complaints, [])
  writeFileSync(path, '{')
  assert.deepEqual(kept.read(), [])
  assert.equal(complaints.length, 1)
})
