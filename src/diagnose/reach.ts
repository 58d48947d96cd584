import { contains } from '../model/address.ts'
import { find, type Id, type Model, type Resource } from '../model/model.ts'
import type { HostState } from '../host/item.ts'
import { traceFlow, type Origin, type Verdict } from '../host/trace.ts'
import { edgeNetns, links, netnsOf } from '../compile/names.ts'
import { namespaceOf } from '../compile/server.ts'
import { partitionOf, type Partition, type PortClass } from './partition.ts'

/** One side of a flow: resources or addresses that nothing tells apart, one of which stands for all. */
export interface End {
  readonly kind: 'internet' | 'server' | 'load-balancer' | 'eip' | 'backend'
  /** Those that share its fate; empty for the internet. */
  readonly ids: readonly Id[]
  /** The address of the one that stands for them. */
  readonly address: string
}

/** Whether flows of some kind get from one end to the other, and their answers back. */
export interface Reach {
  readonly from: End
  readonly to: End
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Empty for ICMP. */
  readonly ports: readonly (readonly [from: number, to: number])[]
}

/** What pairs gain and lose by a change. */
export interface ReachChange {
  readonly gained: readonly Reach[]
  readonly lost: readonly Reach[]
  /** Those that get there afterwards, while their answers do not get back, and did so before or did not get there. */
  readonly oneWay: readonly Reach[]
}

/** A network at one moment: a VPC's part of the model, and what the machine holds of it, the edge included. */
export interface Scene {
  readonly model: Model
  readonly state: HostState
}

/** Which pairs of a VPC, the internet included, gain or lose reach between two moments. */
export function reachChange(vpc: Id, before: Scene, after: Scene): ReachChange {
  const partition = partitionOf([before.state, after.state])
  const gained: Reach[] = []
  const lost: Reach[] = []
  const oneWay: Reach[] = []
  for (const pair of pairsOf(vpc, before.model, after.model, partition)) {
    const [was, is] = [fateOf(before, pair), fateOf(after, pair)]
    if (was === is) continue
    if (is === 'reaches') gained.push(pair.reach)
    if (was === 'reaches') lost.push(pair.reach)
    if (is === 'one-way') oneWay.push(pair.reach)
  }
  return { gained: merged(gained), lost: merged(lost), oneWay: merged(oneWay) }
}

/** A flow to ask about. */
interface Pair {
  readonly reach: Reach
  readonly origin: Origin
  /** Empty where the kernel chooses. */
  readonly source: string
  readonly port: number
}

function fateOf(
  { model, state }: Scene,
  { reach, origin, source, port }: Pair,
): 'reaches' | 'one-way' | 'does-not-reach' {
  const { protocol, to } = reach
  const packet = { from: source, to: to.address, protocol, sport: protocol === 'icmp' ? 0 : clientPort, dport: port }
  const { there, back } = traceFlow(state, origin, packet)
  if (!arrived(there)) return 'does-not-reach'
  if (to.kind === 'eip' && there.verdict === 'delivered' && !isServed(model, state, there, protocol)) {
    return 'does-not-reach'
  }
  return back && arrived(back) ? 'reaches' : 'one-way'
}

function arrived({ verdict }: Verdict): boolean {
  return verdict === 'delivered' || verdict === 'sent-out'
}

const clientPort = 40_000

/** Whether somebody may listen where a packet from the internet was delivered: in a balancer only its listeners, in routers nobody. */
function isServed(model: Model, state: HostState, { netns, packet }: Verdict, protocol: string): boolean {
  if (protocol === 'icmp') return true
  const items = [...state.values()].filter(item => item.netns === netns)
  const owner = items.find(item => item.kind === 'netns')?.for
  const kind = owner === undefined ? undefined : model.resources.get(owner)?.kind
  if (kind !== 'load-balancer') return kind === 'server'
  const listeners = items.flatMap(item => (item.kind === 'proxy' && protocol === 'tcp' ? item.config.listeners : []))
  return listeners.some(({ port, lastPort }) => port <= packet.dport && packet.dport <= (lastPort ?? port))
}

/** Every pair that somebody may care for: who is in the VPC among each other, and they with the internet, both ways. */
function* pairsOf(vpc: Id, before: Model, after: Model, partition: Partition): Iterable<Pair> {
  const members = [...(after.members.get(vpc)?.values() ?? [])]
  const servers = serverEnds(vpc, members, partition)
  const outside = internetEnds(after, partition)
  const eips = eipEnds(after, members)
  for (const from of servers) {
    for (const to of servers) {
      const other = to.end.ids.length > 1 && to === from ? to.second : to.end.address
      if (to === from && to.end.ids.length === 1) continue
      yield* flows(from, { ...to.end, address: other }, partition.ports)
    }
    for (const end of outside) yield* flows(from, end, partition.ports)
  }
  for (const address of outside.map(end => end.address)) {
    const from = { end: internet(address), origin: { netns: edgeNetns, enters: links.uplink }, source: address }
    for (const to of eips) yield* flows(from, to, partition.ports)
  }
  for (const [id, ends] of backendEnds(before, after, members)) {
    const from = {
      end: { kind: 'load-balancer', ids: [id], address: '' } as const,
      origin: { netns: netnsOf(id), enters: null },
      source: '',
    }
    for (const { end, port } of ends) {
      const ports = [[port, port]] as const
      yield { reach: { from: from.end, to: end, protocol: 'tcp', ports }, origin: from.origin, source: '', port }
    }
  }
}

interface Sender {
  readonly end: End
  readonly origin: Origin
  readonly source: string
}

function* flows({ end: from, origin, source }: Sender, to: End, classes: readonly PortClass[]): Iterable<Pair> {
  for (const { protocol, ranges, probe } of classes) {
    yield { reach: { from, to, protocol, ports: ranges }, origin, source, port: probe }
  }
  yield { reach: { from, to, protocol: 'icmp', ports: [] }, origin, source, port: echoRequest }
}

const echoRequest = 8

/** Servers that are on, those together that nothing tells apart; with the address of a second one of each. */
function serverEnds(vpc: Id, members: readonly Resource[], partition: Partition): (Sender & { second: string })[] {
  const classes = new Map<string, { id: Id; address: string; origin: Origin }[]>()
  for (const member of members) {
    if (member.kind !== 'server' || member.now.power === 'off') continue
    const { subnet, address, securityGroup, eip, attach } = member.now
    if (subnet === null || address === null) continue
    const key = [subnet, securityGroup, eip, attach.type, partition.signatureOf(address)].join(' ')
    // Behind a tap device is a machine of its own: what it sends is seen where it enters.
    const origin =
      attach.type === 'tap'
        ? { netns: netnsOf(vpc), enters: links.bridge(subnet) }
        : { netns: namespaceOf(member), enters: null }
    classes.getOrInsertComputed(key, () => []).push({ id: member.id, address, origin })
  }
  return [...classes.values()].map(list => {
    const [first, second = first] = list
    const { address, origin } = first!
    const end = { kind: 'server', ids: list.map(({ id }) => id), address } as const
    return { end, origin, source: address, second: second!.address }
  })
}

/** What stands for addresses of no network of ours. */
const elsewhere = ['192.0.2.1', '198.51.100.254', '203.0.113.254', '100.64.0.1', '9.9.9.9', '1.0.0.1']
const ours = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '0.0.0.0/8',
  '224.0.0.0/3',
]

/** The internet, in as many parts as rules and routes tell apart. */
function internetEnds(model: Model, partition: Partition): End[] {
  const pools = [...(model.byKind.get('zone') ?? [])].flatMap(
    id => find(model, 'zone', id)?.now.pools.flatMap(pool => pool.addresses) ?? [],
  )
  const isOutside = (address: string) => ![...ours, ...pools].some(prefix => contains(prefix, address))
  const classes = new Map<string, string>()
  for (const address of [...elsewhere, ...partition.candidates].filter(isOutside)) {
    classes.getOrInsert(partition.signatureOf(address), address)
  }
  return [...classes.values()].map(internet)
}

function internet(address: string): End {
  return { kind: 'internet', ids: [], address }
}

/** The public addresses that are held in a VPC. */
function eipEnds(model: Model, members: readonly Resource[]): End[] {
  const held = members.flatMap(({ now }) => ('eips' in now ? now.eips : 'eip' in now && now.eip ? [now.eip] : []))
  return held.flatMap(id => {
    const address = find(model, 'eip', id)?.now.address
    return address === undefined ? [] : [{ kind: 'eip', ids: [id], address } as const]
  })
}

/** What the balancers of a VPC connect to, before or after. */
function* backendEnds(before: Model, after: Model, members: readonly Resource[]) {
  for (const { id, kind } of members) {
    if (kind !== 'load-balancer') continue
    const ends = new Map<string, { readonly end: End; readonly port: number }>()
    for (const model of [before, after]) {
      for (const listener of find(model, 'load-balancer', id)?.live.listeners ?? []) {
        for (const backend of listener.enabled && listener.protocol !== 'udp' ? listener.backends : []) {
          const address = backend.address ?? find(model, 'server', backend.server)?.now.address
          if (!backend.enabled || address == null) continue
          const end = { kind: 'backend', ids: [backend.id], address } as const
          ends.set(`${backend.id} ${address} ${backend.port}`, { end, port: backend.port })
        }
      }
    }
    yield [id, [...ends.values()]] as const
  }
}

/** Statements about the same ends as one, with all their ports. */
function merged(list: readonly Reach[]): Reach[] {
  const groups = new Map<string, Reach[]>()
  for (const reach of list) {
    const { from, to, protocol } = reach
    const key = [from.kind, ...from.ids, from.address, to.kind, ...to.ids, to.address, protocol].join(' ')
    groups.getOrInsertComputed(key, () => []).push(reach)
  }
  return [...groups.values()].map(group => ({ ...group[0]!, ports: joined(group.flatMap(({ ports }) => ports)) }))
}

function joined(ranges: Reach['ports']): Reach['ports'] {
  const result: [number, number][] = []
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}
