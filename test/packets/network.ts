import { setTimeout as sleep } from 'node:timers/promises'
import type { WireOf } from '../../src/client/wire.ts'
import { netnsOf } from '../../src/compile/names.ts'
import type { Lab } from './lab.ts'
import type { Place } from './place.ts'

type Body = Readonly<Record<string, unknown>>

/** A VPC with one subnet, as tests begin with. */
export interface Network {
  readonly vpc: WireOf<'vpc'>
  readonly subnet: WireOf<'subnet'>
  /** The id of its default route table. */
  readonly routeTable: string
}

export async function newNetwork({ client }: Lab, cidr: string, body: Body = {}): Promise<Network> {
  const vpc = await client.create('vpc', { cidr: cidr.replace(/\/\d+$/, '/16'), subnets: [{ cidr }], ...body })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  if (!subnet) throw new Error(`${vpc.id} came without its subnet`)
  return { vpc, subnet, routeTable: given(subnet.routeTable) }
}

/** A server with someone living in it. */
export interface Machine {
  readonly server: WireOf<'server'>
  readonly address: string
  readonly place: Place
}

export async function newMachine(lab: Lab, { subnet }: Network, body: Body = {}): Promise<Machine> {
  const server = await lab.client.create('server', { subnet: subnet.id, ...body })
  await lab.settled()
  const place = lab.at(netnsOf(server.id))
  // Nobody listens on the gateway: its refusal says that the subnet carries packets.
  await place.connect(given(subnet.gateway), 9, 3000)
  return { server, address: given(server.address), place }
}

/** What a network that is in a VPC gives whoever is in it. */
export function given(value: string | null): string {
  if (value === null) throw new Error('it is in no VPC')
  return value
}

/** The id of a new group with these rules, which hold at once. */
export async function newGroup({ client }: Lab, ...rules: readonly Body[]): Promise<string> {
  return (await client.create('security-group', { rules })).id
}

/** Publishes other rules of a group and waits until the machine obeys. */
export async function setRules(lab: Lab, group: string, ...rules: readonly Body[]): Promise<void> {
  await lab.client.patch('security-group', group, { rules })
  await lab.client.apply('security-group', group)
  await lab.settled()
}

/** A new NAT gateway of a network, with so many EIPs and a SNAT rule for the subnet with all of them. */
export async function newGateway(
  lab: Lab,
  { vpc, subnet }: Network,
  eips: number,
  body: Body = {},
): Promise<WireOf<'nat-gateway'>> {
  const { client } = lab
  const bought = Array.from({ length: eips }, () => ({ bandwidthMbps: 100 }))
  const gateway = await client.create('nat-gateway', { vpc: vpc.id, eips: bought, ...body })
  await client.patch('nat-gateway', gateway.id, { snatRules: [{ target: subnet.id, eips: gateway.eips }] })
  const applied = await client.apply('nat-gateway', gateway.id)
  await lab.settled()
  return applied
}

export async function addressOf({ client }: Lab, eip: string | null | undefined): Promise<string> {
  return (await client.get('eip', eip ?? '')).address
}

/** Polls until something holds; answers after how many milliseconds it did. */
export async function until(what: string, withinMs: number, holds: () => Promise<boolean> | boolean): Promise<number> {
  const from = performance.now()
  while (!(await holds())) {
    if (performance.now() - from > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`)
    await sleep(30)
  }
  return performance.now() - from
}

/** Health checks as eager as a listener may have them. */
export const eager = { protocol: 'http', path: '/healthz', intervalS: 2, timeoutS: 1, fall: 2, rise: 2 }

/** A balancer with an EIP and one HTTP listener on port 80, whose backends are all active. */
export async function newBalancer(
  lab: Lab,
  { subnet }: Network,
  backends: readonly Body[],
  body: Body = {},
): Promise<WireOf<'load-balancer'>> {
  const balancer = await lab.client.create('load-balancer', {
    eips: [{ bandwidthMbps: 1000 }],
    subnet: subnet.id,
    listeners: [{ port: 80, check: eager, backends }],
    ...body,
  })
  await allActive(lab, balancer.id)
  return balancer
}

/** The states of a balancer's backends, by address. */
export async function backendsOf({ client }: Lab, balancer: string): Promise<ReadonlyMap<string, string>> {
  const { listeners, backendStatus } = await client.get('load-balancer', balancer)
  const backends = listeners.flatMap(listener => listener.backends)
  return new Map(backends.map(({ id, address }) => [address ?? '', backendStatus[id]?.state ?? 'unknown']))
}

export function allActive(lab: Lab, balancer: string): Promise<number> {
  return until('every backend is active', 40_000, async () =>
    [...(await backendsOf(lab, balancer)).values()].every(state => state === 'active'),
  )
}
