import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuMs, memoryMb, run } from './processes.ts'
import { startSite, type Site } from './site.ts'
import { judged, median, type Table } from './table.ts'

const idleMs = 60_000

/** Many VPCs, each with a subnet and an EIP, one after another from the REST call to `active`; then what they cost while nothing happens. */
export async function measureManyVpcs(count = 1000): Promise<readonly Table[]> {
  const site = await startSite('198.18.0.0/16')
  try {
    await site.startAgent()
    const before = (await site.settled()).counters
    const creations: Cost[] = []
    for (let i = 0; i < count; i++) creations.push(await costOf(site, () => createVpc(site, i)))
    const after = (await site.settled()).counters
    const per = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) / count
    const first = around(creations, 10)
    const cost: Table = {
      mark: 'creation',
      head: [
        'creating the',
        'ms from REST call to active',
        'to the 10th',
        'processor ms, server and agent',
        'to the 10th',
      ],
      rows: [10, 100, count / 2, count].map(n => {
        const { ms, cpuMs: busy } = around(creations, n)
        return [
          `${n}th VPC`,
          ms.toFixed(1),
          n === count ? judged(ms / first.ms, 1.5, 'less') : (ms / first.ms).toFixed(2),
          busy.toFixed(1),
          n === count ? judged(busy / first.cpuMs, 1.5, 'less') : (busy / first.cpuMs).toFixed(2),
        ]
      }),
    }
    const work: Table = {
      mark: 'work',
      head: ['work per VPC', 'count'],
      rows: [
        ['processes spawned', `${per('processes')}`],
        ['nft transactions', per('nftTransactions').toFixed(2)],
        ['netlink requests', per('netlinkRequests').toFixed(1)],
        ['steps', per('steps').toFixed(1)],
      ],
    }
    return [cost, work, await measureRest(site, count)]
  } finally {
    await site.close()
  }
}

/** What one thing took: time, and processor time of server and agent. */
interface Cost {
  readonly ms: number
  readonly cpuMs: number
}

async function costOf({ server, agent }: Site, work: () => Promise<unknown>): Promise<Cost> {
  const busy = () => cpuMs(server.pid ?? 0) + cpuMs(agent().pid ?? 0)
  const from = busy()
  return { ms: await timed(work), cpuMs: busy() - from }
}

/** What those around the n-th took: the median of times; the mean of processor times, which are counted in ticks. */
function around(costs: readonly Cost[], n: number): Cost {
  const near = costs.slice(Math.max(1, n - 30), n + 30)
  return { ms: median(near.map(cost => cost.ms)), cpuMs: near.reduce((sum, cost) => sum + cost.cpuMs, 0) / near.length }
}

async function createVpc({ client, active }: Site, i: number): Promise<void> {
  const { id } = await client.create('vpc', {
    name: `bench-${i}`,
    cidr: '10.0.0.0/16',
    type: 'small',
    eip: { bandwidthMbps: 100 },
    subnets: [{ name: 'net', cidr: '10.0.1.0/24' }],
  })
  await active('vpc', id)
}

async function measureRest(site: Site, count: number): Promise<Table> {
  const rows: [string, string][] = []
  const pids = () => [site.server.pid ?? 0, site.agent().pid ?? 0] as const

  // Of links it is told within a second whether they carry.
  await sleep(2000)
  const kernel = kernelDigest()
  const starts: Cost[] = []
  for (let i = 0; i < 3; i++) {
    await site.stopAgent('SIGKILL')
    const ms = await site.startAgent()
    starts.push({ ms, cpuMs: cpuMs(site.agent().pid ?? 0) })
  }
  const { counters } = await site.settled()
  rows.push(['steps taken by a restarted agent', `${counters['steps']}`])
  rows.push(['links, addresses, routes and rulesets after it', kernelDigest() === kernel ? 'the same' : 'CHANGED'])
  rows.push(['from its start until it is ready, s', judged(median(starts.map(start => start.ms)) / 1000, 3, 'less')])
  rows.push(['processor time until then, s', (median(starts.map(start => start.cpuMs)) / 1000).toFixed(2)])

  // What an EIP is charged by concerns its VPC, but nothing in the kernel: a round that finds nothing to do.
  const [eip] = (await site.client.list('eip', { limit: 1 })).items
  const rounds: number[] = []
  for (const billing of ['traffic', 'bandwidth', 'traffic', 'bandwidth', 'traffic'] as const) {
    rounds.push(
      await timed(async () => {
        await site.client.patch('eip', eip!.id, { billing })
        await site.active('eip', eip!.id)
      }),
    )
  }
  const steps = (await site.settled()).counters['steps'] ?? 0
  rows.push([
    'a round that finds nothing to do, from REST call to active, s',
    judged(median(rounds) / 1000, 0.5, 'less', 3),
  ])
  rows.push(['steps that it took', `${steps - (counters['steps'] ?? 0)}`])

  // At rest is after what the starts left behind has been collected.
  await sleep(30_000)
  const from = pids().map(cpuMs)
  await sleep(idleMs)
  const [server, agent] = pids().map((pid, i) => ((cpuMs(pid) - from[i]!) / idleMs) * 100)
  rows.push([`server at rest over ${idleMs / 1000} s, % of a core`, server!.toFixed(2)])
  rows.push(['agent at rest, % of a core', agent!.toFixed(2)])
  rows.push(['both at rest, % of a core', judged(server! + agent!, 1, 'less')])
  const [ofServer, ofAgent] = [memoryMb(pids()[0]), memoryMb(pids()[1])]
  const shared = Math.max(ofServer.shared, ofAgent.shared)
  rows.push(['memory of the server alone, MB', ofServer.own.toFixed(0)])
  rows.push(['memory of the agent alone, MB', ofAgent.own.toFixed(0)])
  rows.push([
    'both, with what they share (Node.js itself), MB',
    judged(ofServer.own + ofAgent.own + shared, 300, 'less', 0),
  ])
  return { mark: 'rest', head: [`with ${count} VPCs`, ''], rows }
}

/** A digest of everything in the edge and of a sample of the VPCs, interface numbers and rule handles included. */
function kernelDigest(): string {
  const hash = createHash('sha256')
  const names = run(['ip', 'netns', 'list'])
    .split('\n')
    .map(line => line.split(' ')[0] ?? '')
    .filter(name => name.startsWith('cw-'))
    .sort()
  const sample = names.filter((name, i) => name === 'cw-edge' || i % 50 === 0)
  for (const name of sample) {
    for (const what of ['link', 'address', 'route', 'rule']) hash.update(run(['ip', '-n', name, '-o', what, 'show']))
    hash.update(run(['ip', 'netns', 'exec', name, 'nft', '-as', 'list', 'ruleset']))
  }
  return hash.update(names.join()).digest('hex')
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
