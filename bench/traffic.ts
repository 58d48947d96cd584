import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { plan } from '../src/demo/plan.ts'
import { clientNetns, worldServers } from '../src/demo/world.ts'
import { buildByHand, byHand, limits } from './by-hand.ts'
import { loadOf, serveFiles, type Load } from './load.ts'
import { run } from './processes.ts'
import { startSite, until, type Site } from './site.ts'
import { judged, median, type Table } from './table.ts'

/** So often everything is built anew, as what the machine makes of a build disturbs all that is measured on it. */
const builds = 3
const rounds = 3

/** A way from a client to the server, by its name in the table. */
interface Way {
  readonly name: string
  readonly netns: string
  readonly base: string
}

type Loads = Map<string, Load[]>

const names = {
  ours: 'Causeway',
  hand: 'by hand',
  plain: 'by hand, HAProxy with default buffers',
  direct: 'directly, without any of it',
  snat: "a server's own, through the NAT gateway",
} as const

/** Requests per second and 99th percentile on several ways to one server, in turns. */
export async function measureTraffic(): Promise<readonly Table[]> {
  const [small, large]: [Loads, Loads] = [new Map(), new Map()]
  for (let build = 0; build < builds; build++) await measureBuild(small, large)
  return [tableOf('small', small, null), tableOf('large', large, 2)]
}

function tableOf(mark: string, loads: Loads, plainTarget: number | null): Table {
  return {
    mark,
    head: ['way', 'requests/s', 'p99, ms', 'Causeway / this, requests/s', 'p99 of this / of Causeway'],
    rows: Object.values(names).map(name => {
      const [runs, own] = [loads.get(name)!, loads.get(names.ours)!]
      const rates = own.map((load, i) => load.perSecond / runs[i]!.perSecond)
      const waits = own.map((load, i) => runs[i]!.p99Ms / load.p99Ms)
      const target = name === names.hand ? 0.97 : name === names.plain ? plainTarget : null
      const ratios =
        name === names.ours
          ? ['1', '1']
          : [
              target === null ? median(rates).toFixed(2) : judged(median(rates), target, 'more'),
              name === names.hand ? judged(median(waits), 0.97, 'more') : median(waits).toFixed(2),
            ]
      return [
        name,
        median(runs.map(load => load.perSecond)).toFixed(0),
        median(runs.map(load => load.p99Ms)).toFixed(2),
        ...ratios,
      ]
    }),
  }
}

/** Builds everything, and adds what is found to the loads of small and of large responses. */
async function measureBuild(small: Loads, large: Loads): Promise<void> {
  const site = await startSite(plan.pool)
  const undo: (() => Promise<void>)[] = [() => site.close()]
  try {
    const { netns, address } = worldServers[0]!
    undo.push(await serveFiles(netns))
    await site.startAgent()
    const built = await buildTopology(site, address)
    undo.push(await buildByHand(configOf(site), `${address}:80`))
    const ours = { name: names.ours, netns: clientNetns, base: `http://${built.entrance}` }
    const hand = { name: names.hand, netns: clientNetns, base: byHand.ours }
    const plain = { name: names.plain, netns: clientNetns, base: byHand.plain }
    const direct = { name: names.direct, netns: clientNetns, base: `http://${address}` }
    const snat = {
      name: names.snat,
      netns: `cw-${built.server}`,
      base: `http://${address}`,
    }
    const ways = [ours, hand, plain, direct, snat]
    await until(async () => ways.every(way => answers(way)), 100)

    await inTurns(ways, '/small', small)
    // Without the limits of the EIPs; the agent would set them again.
    await site.stopAgent('SIGKILL')
    for (const [space, link] of [...built.shaped, ...limits.map(({ netns: space, dev }) => [space, dev] as const)])
      run(['ip', 'netns', 'exec', space, 'tc', 'qdisc', 'del', 'dev', link, 'root'])
    await inTurns(ways, '/100k', large)
  } finally {
    for (const each of undo.reverse()) await each()
  }
}

/** Every way once per round, each round in another order: what disturbs the machine disturbs all of them. */
async function inTurns(ways: readonly Way[], path: string, loads: Loads): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const turn = round % ways.length
    for (const { name, netns, base } of [...ways.slice(turn), ...ways.slice(0, turn)])
      loads.getOrInsertComputed(name, () => []).push(await loadOf(netns, base + path))
  }
}

/** Topology A, with a server in the subnet besides; every EIP as wide as they come. */
async function buildTopology(site: Site, backend: string) {
  const { client } = site
  const group = (await client.list('security-group')).items.find(each => each.isDefault)!.id
  await client.children.add('security-group', group, ['rules'], { protocol: 'tcp', ports: '80', action: 'accept' })
  await client.apply('security-group', group)
  const vpc = await client.create('vpc', { name: 'bench', cidr: '10.1.0.0/16' })
  const subnet = await client.create('subnet', { name: 'bench', vpc: vpc.id, cidr: '10.1.0.0/24' })
  const eip = () => client.create('eip', { zone: 'local', bandwidthMbps: 1000 })
  const [way, door] = [await eip(), await eip()]
  const gateway = await client.create('nat-gateway', { vpc: vpc.id, eips: [way.id], size: 'large' })
  await client.children.add('nat-gateway', gateway.id, ['snatRules'], { target: subnet.id, eips: [way.id] })
  await client.apply('nat-gateway', gateway.id)
  const balancer = await client.create('load-balancer', { eips: [door.id], subnet: subnet.id })
  const check = { protocol: 'http', path: '/small', intervalS: 2, timeoutS: 1, fall: 2, rise: 2 }
  const backends = [{ name: 'server', address: backend, port: 80 }]
  await client.children.add('load-balancer', balancer.id, ['listeners'], {
    protocol: 'http',
    port: 80,
    check,
    backends,
  })
  await client.apply('load-balancer', balancer.id)
  const server = await client.create('server', { subnet: subnet.id })
  await site.settled()
  await until(async () => {
    const { backendStatus } = await client.get('load-balancer', balancer.id)
    return Object.values(backendStatus).some(({ state }) => state === 'active')
  }, 50)
  const shaped = [gateway.id, balancer.id].flatMap(
    id =>
      [
        ['cw-edge', id],
        [`cw-${id}`, 'pub0'],
      ] as const,
  )
  return { entrance: door.address, server: server.id, shaped }
}

/** What the one balancer of a site runs with. */
function configOf({ places }: Site): string {
  const file = readdirSync(places.proxies).find(name => name.endsWith('.cfg'))
  if (!file) throw new Error(`no balancer runs in ${places.proxies}`)
  return readFileSync(join(places.proxies, file), 'utf8')
}

function answers({ netns, base }: Way): boolean {
  try {
    run(['ip', 'netns', 'exec', netns, 'curl', '-sf', '-m', '1', `${base}/small`])
    return true
  } catch {
    return false
  }
}
