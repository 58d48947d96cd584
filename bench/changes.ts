import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { netnsOf } from '../src/compile/names.ts'
import { plan } from '../src/demo/plan.ts'
import { end, startIn } from './processes.ts'
import { startSite, type Site } from './site.ts'
import { judged, median, type Table } from './table.ts'

const count = 1000
const firstPort = 10_000
const times = 40
const targetMs = 20

/** How long it takes until the machine has done a change of one backend among a thousand of one listener, for either way. */
export async function measureChanges(): Promise<readonly Table[]> {
  const site = await startSite(plan.pool)
  let servers: ChildProcess | undefined
  try {
    await site.startAgent()
    const { client } = site
    const { id: group } = await client.create('security-group', { rules: [{ protocol: 'all' }] })
    const vpc = await client.create('vpc', { cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/20' }] })
    const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
    const server = await client.create('server', { subnet: subnet!.id, securityGroup: group })
    await site.settled()
    servers = await listenIn(netnsOf(server.id))
    const place = { subnet: subnet!.id, securityGroup: group }
    const rows: string[][] = []
    for (const [about, listener] of [
      ['HTTP, by HAProxy', { protocol: 'http' }],
      ['TCP, by the kernel', { protocol: 'tcp', via: 'kernel' }],
      ['UDP, by the kernel', { protocol: 'udp' }],
    ] as const) {
      const check = { protocol: listener.protocol === 'udp' ? 'icmp' : 'tcp' }
      const backends = Array.from({ length: count }, (_, i) => ({ address: server.address, port: firstPort + i }))
      rows.push([about, ...(await measureOne(site, place, { ...listener, port: 80, check, backends }))])
    }
    const head = [
      `one of ${count} backends of a listener`,
      'its weight, ms',
      'it is disabled or enabled, ms',
      'another address, ms',
      'reloads',
    ]
    return [{ mark: 'changes', head, rows }]
  } finally {
    if (servers) await end(servers)
    await site.close()
  }
}

async function listenIn(netns: string): Promise<ChildProcess> {
  const program = `
    const net = require('node:net')
    let left = ${count}
    for (let i = 0; i < ${count}; i++)
      net.createServer(s => s.on('error', () => {}).end()).listen(${firstPort} + i, () => --left || console.log('ready'))`
  const child = startIn(netns, [process.execPath, '-e', program])
  await new Promise(resolve => child.stdout?.once('data', resolve))
  return child
}

async function measureOne(site: Site, place: object, listener: object): Promise<string[]> {
  const { client } = site
  const { id } = await client.create('load-balancer', {
    ...place,
    eips: [{ bandwidthMbps: 100 }],
    listeners: [listener],
  })
  await allActive(site, id)
  const { id: of, backends } = (await client.get('load-balancer', id)).listeners[0]!
  const reloads = async () => (await site.settled()).counters['reloads'] ?? 0
  const before = await reloads()
  const cells: string[] = []
  for (const change of [
    (i: number) => ({ weight: 2 + (i % 2) }),
    (i: number) => ({ enabled: i % 2 === 1 }),
    (i: number) => ({ port: firstPort + count + i }),
  ]) {
    const taken: number[] = []
    for (let i = 0; i < times; i++) {
      const each = backends[(i >> 1) * 7]!
      await client.children.patch('load-balancer', id, ['listeners', of, 'backends', each.id], change(i))
      const active = site.nextActive(id)
      const from = performance.now()
      await client.apply('load-balancer', id)
      await active
      taken.push(performance.now() - from)
      // What is seen afterwards, such as news of a check, is another's time.
      await sleep(50)
    }
    cells.push(judged(median(taken), targetMs, 'less', 1))
  }
  cells.push(String((await reloads()) - before))
  await client.remove('load-balancer', id)
  await site.settled()
  return cells
}

async function allActive({ client }: Site, id: string): Promise<void> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await sleep(200)) {
    const { backendStatus } = await client.get('load-balancer', id)
    const states = Object.values(backendStatus)
    if (states.length >= count && states.every(({ state }) => state === 'active')) return
  }
  throw new Error(`the backends of ${id} do not become active`)
}
