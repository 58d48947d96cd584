import { contains } from '../../model/address.ts'
import { find, type Id, type Model, type Resource, type Server } from '../../model/model.ts'
import type { Origin } from '../../host/trace.ts'
import { edgeNetns, links, netnsOf } from '../../compile/names.ts'
import { namespaceOf } from '../../compile/server.ts'
import type { Partition } from './partition.ts'

/** One side of a flow: resources or addresses that nothing tells apart, one of which stands for all. */
export interface End {
  readonly kind: 'internet' | 'server' | 'load-balancer' | 'eip' | 'backend' | 'address'
  /** Those that share its fate; empty for the internet. */
  readonly ids: readonly Id[]
  /** The address of the one that stands for them. */
  readonly address: string
}

/** An end that sends, and from where. */
export interface Sender {
  readonly end: End
  readonly origin: Origin
  /** Empty where the kernel chooses. */
  readonly source: string
}

/** A server that is on and has an address. */
export interface ServerEnd extends Sender {
  /** The address of a second one of them; the same where there is none. */
  readonly second: string
}

/** Servers that are on and in a network, those together that nothing tells apart; `besides` says what else tells them apart. */
export function serverEnds(
  model: Model,
  servers: Iterable<Resource>,
  partition: Partition,
  besides: (server: Id) => string = () => '',
): ServerEnd[] {
  const classes = new Map<string, { id: Id; address: string; origin: Origin }[]>()
  for (const server of servers) {
    if (server.kind !== 'server' || server.now.power === 'off') continue
    const { subnet, address, securityGroup, eip, attach } = server.now
    if (subnet === null || address === null) continue
    const key = [subnet, securityGroup, eip, attach.type, partition.signatureOf(address), besides(server.id)].join(' ')
    classes.getOrInsertComputed(key, () => []).push({ id: server.id, address, origin: originOf(model, server) })
  }
  return [...classes.values()].map(list => {
    const [first, second = first] = list
    const { address, origin } = first!
    const end = { kind: 'server', ids: list.map(({ id }) => id), address } as const
    return { end, origin, source: address, second: second!.address }
  })
}

/** Where what a server sends is first seen: behind a tap device is a machine of its own. */
function originOf(model: Model, server: Server): Origin {
  const { subnet, attach } = server.now
  const vpc = attach.type === 'tap' ? find(model, 'subnet', subnet)?.now.vpc : null
  return vpc && subnet
    ? { netns: netnsOf(vpc), enters: links.bridge(subnet) }
    : { netns: namespaceOf(server), enters: null }
}

/** What a balancer itself opens. */
export function balancerEnd(id: Id): Sender {
  return {
    end: { kind: 'load-balancer', ids: [id], address: '' },
    origin: { netns: netnsOf(id), enters: null },
    source: '',
  }
}

/** Somebody on the internet. */
export function internetSender(end: End): Sender {
  return { end, origin: { netns: edgeNetns, enters: links.uplink }, source: end.address }
}

/** Addresses that are nowhere on the internet. */
const neverOutside = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '0.0.0.0/8',
  '224.0.0.0/3',
]

/** Whether an address is on the internet, and none that is given out here. */
export function outsideOf(model: Model): (address: string) => boolean {
  const pools = [...(model.byKind.get('zone') ?? [])].flatMap(
    id => find(model, 'zone', id)?.now.pools.flatMap(pool => pool.addresses) ?? [],
  )
  return address => ![...neverOutside, ...pools].some(prefix => contains(prefix, address))
}

/** What stands for addresses of no network of ours. */
const elsewhere = ['192.0.2.1', '198.51.100.254', '203.0.113.254', '100.64.0.1', '9.9.9.9', '1.0.0.1']

/** A part of the internet, or all of it, in as many parts as rules and routes tell apart. */
export function internetEnds(model: Model, partition: Partition, prefix = '0.0.0.0/0'): End[] {
  const isOutside = outsideOf(model)
  const known = elsewhere.filter(address => contains(prefix, address))
  const classes = new Map<string, string>()
  for (const address of [...known, ...partition.within(prefix)].filter(isOutside)) {
    classes.getOrInsert(partition.signatureOf(address), address)
  }
  return [...classes.values()].map(address => ({ kind: 'internet', ids: [], address }))
}

/** The public addresses that some resources hold. */
export function eipEnds(model: Model, holders: Iterable<Resource>): End[] {
  const held = [...holders].flatMap(({ now }) =>
    'eips' in now ? now.eips : 'eip' in now && typeof now.eip === 'string' ? [now.eip] : [],
  )
  return held.flatMap(id => {
    const address = find(model, 'eip', id)?.now.address
    return address === undefined ? [] : [{ kind: 'eip', ids: [id], address } as const]
  })
}
