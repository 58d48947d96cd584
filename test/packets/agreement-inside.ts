/**
 * Run by agreement.test.ts inside a sandbox: random networks, as the agent brings them about, and packets in them; what becomes of each is
 * held against what `trace` says of it. Between rounds one thing changes, or everything; connections from before go on or end as `trace` says.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { adopt, reconcile, whole } from '../../src/agent/reconcile.ts'
import { compile, compilerFor } from '../../src/compile/compile.ts'
import type { HostConfig } from '../../src/compile/host-config.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { address, route } from '../../src/compile/public-link.ts'
import { haproxyDriver } from '../../src/dataplane/haproxy.ts'
import { linuxHost } from '../../src/dataplane/linux-host.ts'
import { internet, worldPrefix } from '../../src/demo/world.ts'
import { diff } from '../../src/host/diff.ts'
import { stateOf, type HostState, type Shards } from '../../src/host/item.ts'
import { all, emptyModel, get, type Backend, type LoadBalancer, type Model } from '../../src/model/model.ts'
import { nodesOf } from '../../src/model/node.ts'
import { anyWorld, withOneOf, worldPorts } from '../compile/any-world.ts'
import { agrees, disagreement, expectedOf, shotText, wayText, type Expected, type Surroundings } from './expecting.ts'
import type { Arrival, Heard, Shot } from './flight.ts'
import { Field, type Connection } from './probing.ts'
import { shotsIn } from './shots.ts'

const [seed = 1, probes = 1000] = process.argv.slice(2).map(Number)

/** Of these is one new world, and the others what one change makes of it. */
const roundsPerWorld = 6
const shotsPerRound = 60
/** How long answers may take; what surprises is asked again, more patiently. */
const patienceMs = [150, 500, 1500, 2500]

const outsiders = ['8.8.8.8', '8.8.9.9', '198.51.100.7', '192.0.2.9', '1.2.3.4'] as const
const [gateway, edge] = ['10.255.0.1', '10.255.0.2']
const machine: HostConfig = {
  name: 'test',
  mtu: 1500,
  uplink: { link: { kind: 'veth', peer: { netns: internet, name: 'edge' } }, address: `${edge}/24`, gateway },
}

const directory = mkdtempSync(join(tmpdir(), 'cw-agree-'))
const prefix = 'cw-'
const host = linuxHost({ prefix, proxies: hooks => haproxyDriver({ directory, ...hooks }) })
const beyond = linuxHost({ prefix: worldPrefix })
const field = new Field(worldPorts, [internet])

const around: Surroundings = { outside: internet, addresses: new Set([...outsiders, gateway]), isHome }

const chance = randomFrom(seed)
const below = (n: number) => Math.floor(chance() * n)
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
let drawn = 0
const drawWorld = () => fc.sample(anyWorld, { seed: seed * 1000 + drawn++, numRuns: 1 })[0]!

/** What was counted. */
const sum = { probes: 0, arrived: 0, answered: 0, spread: 0, proxied: 0, kept: 0, cut: 0, rounds: 0, again: 0 }
const disagreements: string[] = []

const incremental = compilerFor(machine)
let held: Shards = new Map()
let before: { readonly model: Model; readonly state: HostState } = { model: emptyModel, state: new Map() }

try {
  await makeInternet([])
  const started = performance.now()
  while (sum.probes < probes) await round()
  const seconds = (performance.now() - started) / 1000
  console.log(JSON.stringify({ ...sum, seconds: Number(seconds.toFixed(1)), disagreements }))
} finally {
  field.close()
  await reconcile(host, held, new Map())
  await Promise.all([host.close(), beyond.close()])
  rmSync(directory, { recursive: true, force: true })
}
process.exit(disagreements.length > 0 ? 1 : 0)

async function round(): Promise<void> {
  const isNew = sum.rounds++ % roundsPerWorld === 0
  const model = isNew ? drawWorld() : (withOneOf(before.model, drawWorld(), below) ?? before.model)
  const state = await bringAbout(model)
  if (sum.rounds > 1) await judgeConnections(state)
  field.hangUp()
  await judgeShots(state, shotsIn(model, state, around, pick, shotsPerRound))
  await judgeProxies(model, state)
  before = { model, state }
}

/** Has the machine be as a model says, by what the agent does; what is compiled step by step is what is compiled at once. */
async function bringAbout(model: Model): Promise<HostState> {
  const desired = incremental(model)
  assert.deepEqual(desired, compile(model, machine))
  const state = whole(desired)
  // Who sits in a namespace keeps it alive.
  field.attend(
    placesIn(state).filter(netns => netns === internet || before.state.has(`netns ${netns} `)),
    isHome,
  )
  const known = held.size === 0 ? adopt(await host.observe(undefined, state), desired) : held
  const done = await reconcile(host, known, desired)
  assert.deepEqual(
    done.failed.map(({ step, failed }) => `${step.item.kind} ${step.item.netns} ${step.item.name}: ${failed}`),
    [],
  )
  if (held.size === 0) await makeInternet([...outsiders])
  held = done.held
  field.attend(placesIn(state), isHome)
  return state
}

function placesIn(state: HostState): string[] {
  const namespaces = [...state.values()].flatMap(item => (item.kind === 'netns' ? [item.netns] : []))
  return [internet, ...namespaces]
}

/** Who lives in a namespace answers at every port: on servers, and on the internet. */
function isHome(netns: string): boolean {
  return netns === internet || netns.startsWith('cw-i-')
}

/** One namespace that has all addresses of people elsewhere; those come once the machine has laid its line there. */
async function makeInternet(addresses: readonly string[]): Promise<void> {
  const owner = 'world'
  const [base, items] = [
    stateOf([
      { kind: 'netns', netns: internet, name: '', for: owner, owned: true, sysctls: {} },
      { kind: 'ruleset', netns: internet, name: '', for: owner, ruleset: { family: 'ip', sets: [], chains: [] } },
    ]),
    addresses.length === 0
      ? []
      : [
          address(internet, 'edge', gateway, 24, owner),
          ...addresses.map(each => address(internet, 'edge', each, 32, owner)),
          route(internet, 254, '203.0.113.0/24', { dev: 'edge', via: null }, owner),
          // Somebody who tries our private addresses from outside.
          route(internet, 254, '10.0.0.0/16', { dev: 'edge', via: edge }, owner),
        ],
  ]
  const from = addresses.length === 0 ? new Map() : await beyond.observe(undefined, base)
  const outcomes = await beyond.apply(diff(from, stateOf([...base.values(), ...items])))
  assert.deepEqual(
    outcomes.flatMap(({ step, failed }) => (failed === undefined ? [] : [`${step.item.name}: ${failed}`])),
    [],
  )
}

/** Sends them, and again what surprises: a packet that is late is not lost. */
async function judgeShots(state: HostState, shots: readonly Shot[]): Promise<void> {
  const ways = new Map(shots.map(shot => [shot, expectedOf(state, around, shot)]))
  const agree = (list: readonly Shot[], heard: readonly Heard[]) =>
    list.every((shot, i) => agrees(heard[i]!, ways.get(shot)!))
  let open = shots
  for (const [attempt, mostMs] of patienceMs.entries()) {
    const asked = open
    const heard = await field.shoot(asked, mostMs, list => agree(asked, list))
    open = asked.filter((shot, i) => !agrees(heard[i]!, ways.get(shot)!))
    if (attempt === 0) {
      sum.probes += shots.length
      sum.arrived += heard.filter(({ arrivals }) => arrivals.length > 0).length
      sum.answered += heard.filter(({ answered }) => answered).length
      sum.spread += shots.filter(shot => ways.get(shot)!.length > 1).length
    }
    sum.again += attempt > 0 ? asked.length : 0
    if (open.length === 0) return
    if (attempt < patienceMs.length - 1) continue
    for (const shot of open) note(disagreement(shot, heard[asked.indexOf(shot)]!, ways.get(shot)!))
  }
}

/** Connections of before the change go on where `trace` says the same of them as then, and nowhere else. */
async function judgeConnections(state: HostState): Promise<void> {
  const verdicts = new Map<Connection, { readonly was: Expected; readonly is: Expected; readonly stands: boolean }>()
  for (const each of field.connections) {
    const [was, is] = [before.state, state].map(at => wayThere(at, each))
    if (was && is) verdicts.set(each, { was, is, stands: isSame(was, is, each.at.from) })
  }
  // Who was with a backend that was taken out may stay: that is another matter.
  field.hangUp(each => !verdicts.has(each))
  const living = await field.whichLive(3000, now =>
    [...verdicts].every(([each, { stands }]) => now.has(each) === stands),
  )
  for (const [each, { was, is, stands }] of verdicts) {
    sum[living.has(each) ? 'kept' : 'cut']++
    if (living.has(each) === stands) continue
    note(
      `${shotText(each.shot)}: a connection ${living.has(each) ? 'went on' : 'ended'}\n    was ${wayText(was)}\n    is ${wayText(is)}`,
    )
  }
}

/** The way of a connection: where a balancer chooses, the one to where it went; undefined where it would not be led there any more. */
function wayThere(state: HostState, { shot, at }: Connection): Expected | undefined {
  const ways = expectedOf(state, around, shot)
  const same = ways.find(
    ({ arrival }) => arrival?.netns === at.netns && arrival.to === at.to && arrival.port === at.port,
  )
  return same ?? (isLed(shot, before.state) || isLed(shot, state) ? undefined : ways[0])
}

/** What HAProxy makes of connections: it connects to backends in the name that `trace` says, or not at all. */
async function judgeProxies(model: Model, state: HostState): Promise<void> {
  for (const balancer of all(model, 'load-balancer')) {
    const listener = balancer.live.listeners.find(each => each.via === 'proxy' && each.enabled)
    const eip = balancer.now.eips[0]
    const proxies = [...state.values()].filter(item => item.kind === 'proxy' && item.for === balancer.id)
    if (!listener || eip === undefined || proxies.length === 0) continue
    const client = pick(outsiders)
    const shot: Shot = {
      netns: internet,
      protocol: 'tcp',
      from: client,
      to: get(model, 'eip', eip).now.address,
      port: listener.port,
    }
    const [{ arrival }] = expectedOf(state, around, shot) as [Expected]
    const ways =
      arrival?.netns === netnsOf(balancer.id)
        ? listener.backends.flatMap(each => waysTo(model, state, balancer, each))
        : []
    const reached = ways.filter(way => way.arrival !== null)
    const wrong = (seen: readonly Arrival[]) =>
      (seen.length === 0 && reached.length > 0 && reached.length === ways.length) ||
      seen.some(
        each =>
          !agrees(
            { arrivals: [each], answered: true, ending: '' },
            reached.map(way => ({ ...way, answered: null })),
          ),
      )
    let seen: readonly Arrival[] = []
    // What HAProxy tries once more for a connection of before, it does within seconds.
    for (const patience of [1, 4, 10]) {
      seen = await field.whoFollows(shot, (reached.length > 0 ? 400 : 120) * patience)
      if (!wrong(seen)) break
      sum.again++
    }
    sum.proxied += seen.length
    if (!wrong(seen)) continue
    const words = seen.map(({ netns, from, to, port }) => `${netns} from ${from} to ${to}:${port}`)
    note([`${shotText(shot)}: HAProxy went ${words.join(', ') || 'nowhere'}`, ...ways.map(wayText)].join('\n    '))
  }
}

/** From every node to a backend that may have connections. */
function waysTo(model: Model, state: HostState, balancer: LoadBalancer, backend: Backend): readonly Expected[] {
  const to = backend.address ?? get(model, 'server', backend.server!).now.address
  if (to === null || !backend.enabled || backend.weight === 0) return []
  return nodesOf(balancer).flatMap(({ address: from }) =>
    expectedOf(state, around, {
      netns: netnsOf(balancer.id),
      protocol: 'tcp',
      from: from ?? '',
      to,
      port: backend.port,
    }),
  )
}

/** Whether somebody who is seen as `from` still is, and where. */
function isSame(was: Expected, is: Expected, from: string): boolean {
  const [a, b] = [was.arrival, is.arrival]
  return (
    a !== null &&
    b !== null &&
    is.answered === true &&
    a.netns === b.netns &&
    a.to === b.to &&
    a.port === b.port &&
    b.from.includes(from)
  )
}

function isLed(shot: Shot, state: HostState): boolean {
  return expectedOf(state, around, shot).some(({ there }) =>
    there.hops.some(({ did }) => did.by === 'rule' && did.rule.then.do === 'spread'),
  )
}

function note(text: string): void {
  const where = `round ${sum.rounds}, seed ${seed}`
  disagreements.push(`${where}: ${text}`)
  console.error(`${where}: ${text}`)
  if (disagreements.length >= 20) throw new Error('that is enough')
}

/** Numbers from 0 to 1, the same ones for a seed. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
