import type { Client } from '../../src/client/api-client.ts'
import type { AgentReport, BackendStatus, BackendTurn } from '../../src/client/wire.ts'

/** What {@link setScene} made, by what it is. */
export interface Scene {
  readonly vpc: string
  readonly subnet: string
  readonly routeTable: string
  readonly gateway: string
  readonly balancer: string
  readonly group: string
  readonly eip: string
  readonly server: string
}

/** Both topologies half way, with something of everything: what pages are looked at with. */
export async function setScene(client: Client): Promise<Scene> {
  const vpc = await client.create('vpc', {
    name: 'shanghai',
    cidr: '192.168.0.0/16',
    tags: ['production'],
    eip: { bandwidthMbps: 20, name: 'shanghai-router' },
    subnets: [
      { name: 'web', cidr: '192.168.0.0/24' },
      { name: 'data', cidr: '192.168.1.0/24' },
    ],
  })
  await client.create('vpc', { name: 'intranet', type: 'free', cidr: '10.8.0.0/16' })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id, search: 'web' })).items
  if (!subnet) throw new Error('the VPC was made without its private network')
  const server = await client.create('server', { name: 'worker-1', subnet: subnet.id })
  const gateway = await client.create('nat-gateway', { name: 'way-out', vpc: vpc.id, eips: [{ name: 'way-out' }] })
  await client.children.add('nat-gateway', gateway.id, ['snatRules'], { target: subnet.id, eips: gateway.eips })
  await client.children.add('nat-gateway', gateway.id, ['dnatRules'], {
    name: 'ssh',
    eip: gateway.eips[0],
    port: '2022',
    toAddress: server.address,
    toPort: '22',
  })
  await client.apply('nat-gateway', gateway.id)
  const eip = await client.create('eip', { name: 'spare', zone: 'local' })
  const balancer = await client.create('load-balancer', {
    name: 'shop',
    subnet: subnet.id,
    eips: [{ name: 'shop', bandwidthMbps: 100 }],
    tags: ['production', 'shop'],
    nodeCount: 2,
    accessLog: { local: true },
    listeners: [
      {
        name: 'web',
        protocol: 'http',
        port: 80,
        check: { protocol: 'http', path: '/healthz' },
        backends: [
          { name: 'beijing-1', address: '198.51.100.10', port: 80 },
          { name: 'beijing-2', address: '198.51.100.11', port: 80, weight: 5 },
          { name: 'guangzhou-1', address: '192.0.2.20', port: 8080, backup: true },
          { name: 'local', server: server.id, port: 80, enabled: false },
        ],
      },
    ],
  })
  await client.children.add('load-balancer', balancer.id, ['listeners'], { name: 'ssh', protocol: 'tcp', port: 2222 })
  const group = (await client.list('security-group')).items.find(each => each.isDefault)?.id ?? ''
  await client.children.add('security-group', group, ['rules'], { name: 'http', protocol: 'tcp', ports: '80' })
  await client.apply('security-group', group)
  await client.children.add('security-group', group, ['rules'], { name: 'https', protocol: 'tcp', ports: '443' })
  await client.create('ip-set', { name: 'offices', type: 'ip', members: ['203.0.113.128/28'] })
  return {
    vpc: vpc.id,
    subnet: subnet.id,
    routeTable: subnet.routeTable ?? '',
    gateway: gateway.id,
    balancer: balancer.id,
    group,
    eip: eip.id,
    server: server.id,
  }
}

/** Says what an agent would say of the scene: everything runs, of the backends one is well, one is not, one is on its way. */
export async function report(agent: Client, client: Client, scene: Scene): Promise<void> {
  const { revision } = await client.status()
  const since = new Date(Date.now() - 95_000).toISOString()
  const balancer = await client.get('load-balancer', scene.balancer)
  const states: readonly (readonly [BackendStatus['state'], string])[] = [
    ['active', ''],
    ['unavailable', 'connection refused'],
    ['abnormal', 'timeout'],
    ['disabled', ''],
  ]
  const backends = balancer.listeners.flatMap(listener => listener.backends)
  const seenAs = ['203.0.113.2']
  const known = backends.map(({ id }, i): [string, BackendStatus] => {
    const [state = 'active', reason = ''] = states[i] ?? []
    return [id, { state, reason, since, seenAs, sessions: 3, requests: 1200, queued: 0 }]
  })
  const alive: AgentReport = { host: 'one', synced: revision, failures: {}, backends: {}, events: [], counters: {} }
  const turns = known.flatMap(([backend, { state, reason }]) => turnsOf(backend, state, reason))
  await agent.agent.report({ ...alive, backends: Object.fromEntries(known), turns })
  clearInterval(pulses.get(agent))
  // Who is silent for a while is taken to be away, however long a page takes.
  const pulse = setInterval(() => agent.agent.report(alive).catch(() => clearInterval(pulse)), 4000).unref()
  pulses.set(agent, pulse)
}

/** What an agent goes on saying of itself, until nobody hears it. */
const pulses = new WeakMap<Client, NodeJS.Timeout>()

/** Answers as an agent would what is asked about translated flows, until aborted: many of them go to one place. */
export async function answer({ agent }: Client, address: string, signal: AbortSignal, most = 8600): Promise<void> {
  const flow = (destination: string, port: number, flows: number) => {
    return { address, protocol: 'tcp', destination, port, flows }
  }
  const fullest = [flow('198.51.100.10', 443, most), flow('198.51.100.11', 443, 420), flow('192.0.2.20', 8080, 12)]
  const addresses = [{ address, flows: most + 432, destinations: 3, most }]
  while (!signal.aborted) {
    const asked = await agent.questions('one', 1000, signal).catch(() => [])
    for (const { id, question } of asked) {
      const said = question.type === 'translations' ? { answer: { addresses, fullest } } : { failed: 'not asked here' }
      await agent.answer({ id, host: 'one', ...said }, signal).catch(() => {})
    }
  }
}

/** A day of a backend, the same whenever it is told: active, out for a while in the morning, and lately as it is now. */
function turnsOf(backend: string, state: BackendStatus['state'], reason: string): readonly BackendTurn[] {
  const at = (minutesAgo: number) => new Date(begun - minutesAgo * 60_000).toISOString()
  const day: readonly (readonly [minutesAgo: number, state: BackendStatus['state'], reason: string])[] = [
    [1800, 'active', 'HTTP 200'],
    [700, 'abnormal', 'HTTP 503'],
    [698, 'unavailable', 'HTTP 503'],
    [640, 'abnormal', 'HTTP 200'],
    [636, 'active', 'HTTP 200'],
    ...(state === 'active' ? [] : [[2, state, reason] as const]),
  ]
  return day.map(([minutesAgo, was, words]) => ({ backend, at: at(minutesAgo), state: was, reason: words }))
}

const begun = Date.now()
