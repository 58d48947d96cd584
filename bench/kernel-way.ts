import { netnsOf } from '../src/compile/names.ts'
import { plan } from '../src/demo/plan.ts'
import { clientNetns } from '../src/demo/world.ts'
import { buildKernelByHand, byHandKernel } from './by-hand-kernel.ts'
import { loadOf, serveFiles } from './load.ts'
import { run } from './processes.ts'
import { startSite, until, type Site } from './site.ts'
import { judged, median, type Table } from './table.ts'

const rounds = 9

/** What is asked for, over what connections, and how the table says it. */
const loads = [
  { path: '/small', connections: 'new', unit: 'new connections/s' },
  { path: '/small', connections: 'kept', unit: 'requests/s' },
  { path: '/100k', connections: 'kept', unit: '100 KB/s' },
] as const

interface Way {
  readonly name: string
  readonly base: string
  /** How many times as fast Causeway by the kernel is to be. */
  readonly target?: number
}

/** A listener of TCP that the kernel carries, beside destination NAT by hand, and beside the same listener carried by HAProxy. */
export async function measureKernelWay(): Promise<readonly Table[]> {
  const site = await startSite(plan.pool)
  const undo: (() => Promise<void> | void)[] = [() => site.close()]
  try {
    await site.startAgent()
    const { kernel, proxy, server } = await build(site)
    undo.push(await serveFiles(netnsOf(server)))
    undo.push(buildKernelByHand())
    undo.push(await serveFiles(byHandKernel.server))
    const ours: Way = { name: 'Causeway, by the kernel', base: `http://${kernel.entrance}` }
    const ways: Way[] = [
      ours,
      { name: 'destination NAT by hand', base: `http://${byHandKernel.entrance}`, target: 0.95 },
      { name: 'Causeway, by HAProxy in TCP mode', base: `http://${proxy.entrance}`, target: 1.3 },
    ]
    await until(async () => ways.every(({ base }) => answers(base)), 100)
    // Without the limits of the EIP; the agent would set them again.
    await site.stopAgent('SIGKILL')
    for (const { id } of [kernel, proxy])
      for (const [netns, link] of [
        ['cw-edge', id],
        [netnsOf(id), 'pub0'],
      ] as const)
        run(['ip', 'netns', 'exec', netns, 'tc', 'qdisc', 'del', 'dev', link, 'root'])

    const found = new Map(ways.map(way => [way, loads.map(() => [] as number[])]))
    for (let round = 0; round < rounds; round++) {
      for (const [i, { path, connections }] of loads.entries()) {
        const turn = (round + i) % ways.length
        for (const way of [...ways.slice(turn), ...ways.slice(0, turn)])
          found.get(way)![i]!.push((await loadOf(clientNetns, way.base + path, connections)).perSecond)
      }
    }
    const rows = ways.map(({ name, target }, n) => {
      const runs = found.get(ways[n]!)!
      const figures = runs.map(list => median(list).toFixed(0))
      const ratios = runs.map((list, i) => median(list.map((rate, round) => found.get(ours)![i]![round]! / rate)))
      return [
        name,
        ...figures.flatMap((figure, i) => [figure, target === undefined ? '1' : judged(ratios[i]!, target, 'more')]),
      ]
    })
    return [
      {
        mark: 'kernel-way',
        head: ['way', ...loads.flatMap(({ unit }) => [unit, 'Causeway by the kernel / this'])],
        rows,
      },
    ]
  } finally {
    for (const each of undo.reverse()) await each()
  }
}

/** Two balancers with a server in their subnet behind them, and no limits but those of the machine. */
async function build(site: Site) {
  const { client } = site
  const { id: group } = await client.create('security-group', { rules: [{ protocol: 'tcp', ports: '80' }] })
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/20' }] })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  const server = await client.create('server', { subnet: subnet!.id, securityGroup: group })
  const behind = async (listener: object) => {
    const { id, eips } = await client.create('load-balancer', {
      subnet: subnet!.id,
      securityGroup: group,
      eips: [{ bandwidthMbps: 1000 }],
      maxConnections: 500_000,
      listeners: [
        {
          protocol: 'tcp',
          port: 80,
          check: { protocol: 'none' },
          backends: [{ address: server.address, port: 80 }],
          ...listener,
        },
      ],
    })
    return { id, entrance: (await client.get('eip', eips[0]!)).address }
  }
  // One for each: in one, the ports that HAProxy speaks from are in the way of those that clients are translated to.
  const [kernel, proxy] = [await behind({ via: 'kernel' }), await behind({ via: 'proxy' })]
  await site.settled()
  return { kernel, proxy, server: server.id }
}

function answers(base: string): boolean {
  try {
    run(['ip', 'netns', 'exec', clientNetns, 'curl', '-sf', '-m', '1', `${base}/small`])
    return true
  } catch {
    return false
  }
}
