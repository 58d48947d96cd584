import type { ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WireOf } from '../src/client/wire.ts'
import { netnsOf } from '../src/compile/names.ts'
import { plan } from '../src/demo/plan.ts'
import { clientNetns } from '../src/demo/world.ts'
import { cpuMs, end, memoryMb, outputIn, startIn } from './processes.ts'
import { startSite, type Site } from './site.ts'
import { median, type Table } from './table.ts'

type Balancer = WireOf<'load-balancer'>

const ports = Array.from({ length: 10 }, (_, i) => 9001 + i)
/** What is measured is what is left when a load has ended, too: HAProxy keeps what it needed. */
const loadS = 5
const connections = [64, 1000] as const
const idleMs = 30_000

/** What balancers cost: one with little and one with much to do, at rest and under load, with a node more; and many of them. */
export async function measureBalancers(count = 100): Promise<readonly Table[]> {
  const site = await startSite(plan.pool)
  let servers: ChildProcess | undefined
  try {
    await site.startAgent()
    const place = await newPlace(site)
    servers = await startBackends(place)
    const one = await measureOne(site, place)
    return [one, await measureMany(site, place, count)]
  } finally {
    if (servers) await end(servers)
    await site.close()
  }
}

/** A network with a server in it that all backends are. */
interface Place {
  readonly subnet: string
  readonly group: string
  readonly server: string
  readonly address: string
}

async function newPlace({ client, settled }: Site): Promise<Place> {
  const { id: group } = await client.create('security-group', { rules: [{ protocol: 'tcp' }] })
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/20' }] })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  const made = await client.create('server', { subnet: subnet!.id, securityGroup: group })
  await settled()
  return { subnet: subnet!.id, group, server: made.id, address: made.address! }
}

async function startBackends({ server }: Place): Promise<ChildProcess> {
  const program = `
    const http = require('node:http')
    for (const port of ${JSON.stringify(ports)}) http.createServer((_, answer) => answer.end('x'.repeat(1024))).listen(port)
    console.log('ready')`
  const child = startIn(netnsOf(server), [process.execPath, '-e', program])
  await new Promise(resolve => child.stdout?.once('data', resolve))
  return child
}

/** So many listeners with so many backends each. */
function listeners({ address }: Place, listenerCount: number, backendCount: number): readonly object[] {
  const backends = ports.slice(0, backendCount).map(port => ({ address, port }))
  return Array.from({ length: listenerCount }, (_, i) => ({ port: 80 + i, backends }))
}

async function newBalancer(site: Site, place: Place, body: object): Promise<Balancer> {
  const { subnet, group: securityGroup } = place
  const eips = [{ bandwidthMbps: 1000 }]
  return site.client.create('load-balancer', { subnet, securityGroup, eips, ...body })
}

async function allActive({ client }: Site, balancers: readonly Balancer[]): Promise<void> {
  const waiting = new Set(balancers.map(({ id }) => id))
  for (const deadline = performance.now() + 180_000; waiting.size > 0; await sleep(100)) {
    if (performance.now() > deadline) throw new Error(`${waiting.size} balancers are not active`)
    for (const id of [...waiting].slice(0, 20)) {
      const { listeners: all, backendStatus } = await client.get('load-balancer', id)
      const states = all.flatMap(each => each.backends).map(backend => backendStatus[backend.id]?.state)
      if (states.every(state => state === 'active')) waiting.delete(id)
      else break
    }
  }
}

/** The process of a node. */
function pidOf({ places }: Site, node: string): number {
  return Number(readFileSync(join(places.proxies, `${node}.pids`), 'utf8').split('\n')[0])
}

async function measureOne(site: Site, place: Place): Promise<Table> {
  const rows: string[][] = []
  for (const [about, listenerCount, backendCount] of [
    ['1 listener, 2 backends', 1, 2],
    ['10 listeners, 100 backends', 10, 10],
  ] as const) {
    const balancer = await newBalancer(site, place, { listeners: listeners(place, listenerCount, backendCount) })
    await allActive(site, [balancer])
    const mb = () => memoryMb(pidOf(site, balancer.id)).written.toFixed(1)
    const cells = [about, mb()]
    const { address } = await site.client.get('eip', balancer.eips[0]!)
    for (const count of connections) {
      const peak = await peakUnder(
        () => load(`http://${address}/`, count),
        () => memoryMb(pidOf(site, balancer.id)).written,
      )
      cells.push(peak.toFixed(1))
    }
    cells.push(mb(), await withOneMore(site, balancer))
    rows.push(cells)
    await site.client.remove('load-balancer', balancer.id)
    await site.settled()
  }
  return {
    mark: 'balancer',
    head: [
      'one balancer, MB',
      'at rest',
      ...connections.map(count => `under ${count} connections`),
      'after them',
      'a second node, at rest',
    ],
    rows,
  }
}

async function withOneMore(site: Site, { id }: Balancer): Promise<string> {
  await site.client.patch('load-balancer', id, { nodeCount: 2 })
  await site.client.apply('load-balancer', id)
  await site.settled()
  await sleep(1000)
  return memoryMb(pidOf(site, `${id}.2`)).written.toFixed(1)
}

function load(url: string, count: number): Promise<string> {
  return outputIn(clientNetns, ['wrk', '-t1', `-c${count}`, `-d${loadS}s`, '--timeout', '5s', url])
}

async function peakUnder(run: () => Promise<unknown>, measure: () => number): Promise<number> {
  const work = run()
  let isOver = false
  void work.finally(() => (isOver = true)).catch(() => {})
  let peak = 0
  for (; !isOver; await sleep(100)) peak = Math.max(peak, measure())
  await work
  return peak
}

async function measureMany(site: Site, place: Place, count: number): Promise<Table> {
  const from = performance.now()
  const balancers: Balancer[] = []
  for (let i = 0; i < count; i++) {
    balancers.push(await newBalancer(site, place, { listeners: listeners(place, 2, 2) }))
  }
  await allActive(site, balancers)
  const seconds = (performance.now() - from) / 1000
  const pids = readdirSync(site.places.proxies)
    .filter(file => file.endsWith('.cfg'))
    .map(file => pidOf(site, file.slice(0, -'.cfg'.length)))
  const memory = pids.map(memoryMb)
  const own = memory.reduce((sum, each) => sum + each.own, 0)
  const shared = Math.max(...memory.map(each => each.shared))
  const agent = site.agent().pid!
  const sum = () => pids.reduce((total, pid) => total + cpuMs(pid), 0)
  const [before, agentBefore] = [sum(), cpuMs(agent)]
  await sleep(idleMs)
  const percent = (ms: number) => `${((ms / idleMs) * 100).toFixed(1)}`
  return {
    mark: 'balancers',
    head: [`${count} balancers, each with 2 listeners and 4 backends`, ''],
    rows: [
      ['from the first call until every backend is active, s', seconds.toFixed(1)],
      ['processes', `${pids.length}`],
      ['memory of all of them, with what they share, MB', (own + shared).toFixed(0)],
      ['of one alone, MB', median(memory.map(each => each.own)).toFixed(1)],
      ['memory of the agent alone, MB', memoryMb(agent).own.toFixed(0)],
      ['all at rest, 4 checks each every 10 s, % of a core', percent(sum() - before)],
      ['the agent meanwhile, asking all every second, % of a core', percent(cpuMs(agent) - agentBefore)],
    ],
  }
}
