import { contains } from '../../model/address.ts'
import { all, eipsAt, find, vpcOf, type Id, type Model, type Resource, type Server } from '../../model/model.ts'
import { privateAddressesOf } from '../../model/node.ts'
import type { Problem } from '../../model/problem.ts'
import { holdersOf } from '../../model/rules/zone.ts'
import { edgeNetns, links, netnsOf } from '../../compile/names.ts'
import { namespaceOf } from '../../compile/server.ts'
import type { Packet } from '../../host/packet.ts'
import type { Origin } from '../../host/trace.ts'
import { partOfResource } from './scene.ts'
import { resourceThing, thingOf, type Thing } from './thing.ts'

/** A packet that somebody asks about. */
export interface Asked {
  /** An id, an address, or `internet`. */
  readonly from: string
  /** An id, that of a listener or backend too, or an address. */
  readonly to: string
  /** The VPC that private addresses are meant in; null where that is clear without. */
  readonly vpc: Id | null
  /** Null: that of the listener that is asked for, else TCP. */
  readonly protocol: 'tcp' | 'udp' | 'icmp' | null
  /** Null: that of the listener or backend that is asked for. */
  readonly port: number | null
}

/** The packet, where it begins, and what must be looked at to follow it. */
export interface AskedFlow {
  /** Who has its source and its destination; null for the internet, and for addresses that nobody has. */
  readonly from: Thing | null
  readonly to: Thing | null
  readonly origin: Origin
  /** Its source is empty where the kernel chooses one. */
  readonly packet: Packet
  /** The parts of the network that it may pass. */
  readonly parts: readonly string[]
}

const clientPort = 40_000
const echoRequest = 8

/** The flow that is asked about, or everything that is wrong with the question. */
export function flowOf(model: Model, asked: Asked): AskedFlow | readonly Problem[] {
  const hint = asked.vpc ?? vpcNamed(model, asked.from) ?? vpcNamed(model, asked.to)
  const [from, to] = (['from', 'to'] as const).map(at => endOf(model, asked[at], hint, at)) as [
    End | Problem,
    End | Problem,
  ]
  const problems: Problem[] = [from, to].filter(isProblem)
  if (asked.vpc !== null && !find(model, 'vpc', asked.vpc)) {
    problems.unshift({ code: 'not-found', at: 'vpc', values: { kind: 'vpc', id: asked.vpc } })
  }
  if (isProblem(from) || isProblem(to) || problems.length > 0) return problems
  const protocol = asked.protocol ?? to.protocol ?? 'tcp'
  const port = protocol === 'icmp' ? echoRequest : (asked.port ?? to.port)
  const address = to.vpc !== null && to.vpc === from.vpc ? (to.inside ?? to.outside) : (to.outside ?? to.inside)
  if (port === undefined) problems.push({ code: 'missing', at: 'port' })
  if (address === null) problems.push({ code: 'end-without-address', at: 'to', values: { id: asked.to } })
  if (port === undefined || address === null) return problems
  return {
    from: from.who,
    to: to.who,
    origin: from.origin,
    packet: {
      from: from.source,
      to: address,
      protocol,
      sport: protocol === 'icmp' ? 0 : clientPort,
      dport: port,
    },
    parts: [...new Set([...from.parts, ...to.parts])],
  }
}

/** One side of a flow. */
interface End {
  readonly who: Thing | null
  readonly vpc: Id | null
  readonly parts: readonly string[]
  /** Where its own packets begin, and their source; empty where the kernel chooses. */
  readonly origin: Origin
  readonly source: string
  /** The address by which its VPC reaches it, and that by which others do. */
  readonly inside: string | null
  readonly outside: string | null
  readonly port?: number
  readonly protocol?: 'tcp' | 'udp'
}

function isProblem(end: End | Problem): end is Problem {
  return 'code' in end
}

const isAddress = (text: string) => /^\d{1,3}(\.\d{1,3}){3}$/.test(text)

/** The VPC that a word other than an address puts a flow into; null where it does not. */
function vpcNamed(model: Model, word: string): Id | null {
  const thing = isAddress(word) ? null : thingOf(model, word)
  const resource = thing && model.resources.get(thing.of?.id ?? thing.id)
  return (resource && vpcOf(model, resource)) ?? null
}

function endOf(model: Model, word: string, vpc: Id | null, at: 'from' | 'to'): End | Problem {
  if (word === 'internet' && at === 'from') return internetEnd(anyOutside(model))
  if (isAddress(word)) return addressEnd(model, word, vpc, at)
  const resource = model.resources.get(word)
  const end = resource ? resourceEnd(model, resource) : at === 'to' ? childEnd(model, word, vpc) : null
  return end ?? { code: 'no-such-end', at, values: { id: word.slice(0, 64) } }
}

function resourceEnd(model: Model, resource: Resource): End | Problem | null {
  switch (resource.kind) {
    case 'server':
      return serverEnd(model, resource, resource.now.address)
    case 'nic':
      return resource.now.server === null
        ? null
        : serverEnd(model, find(model, 'server', resource.now.server)!, resource.now.address)
    case 'load-balancer':
      // What a balancer says by itself has the source that the kernel chooses for it.
      return applianceEnd(model, resource, resource.now.eips, { inside: resource.now.address, source: '' })
    case 'nat-gateway':
      return applianceEnd(model, resource, resource.now.eips)
    case 'vpc':
      return applianceEnd(model, resource, resource.now.eip === null ? [] : [resource.now.eip])
    case 'eip':
      return heldEip(model, resource.id, resource.now.address)
    default:
      return null
  }
}

/** A server by one of its addresses. What it sends is translated to its public address only on its way. */
function serverEnd(model: Model, server: Server, address: string | null): End {
  const { attach, subnet, eip } = server.now
  const vpc = vpcOf(model, server) ?? null
  // Behind a tap device is a machine of its own: what it sends is seen where it enters.
  const origin =
    attach.type === 'tap' && vpc !== null && subnet !== null
      ? { netns: netnsOf(vpc), enters: links.bridge(subnet) }
      : { netns: namespaceOf(server), enters: null }
  const outside = find(model, 'eip', eip)?.now.address ?? null
  return {
    who: resourceThing(server),
    vpc,
    parts: [partOfResource(model, server)],
    origin,
    source: address ?? '',
    inside: address,
    outside,
  }
}

function applianceEnd(
  model: Model,
  resource: Resource,
  eips: readonly Id[],
  { inside = null, source }: { readonly inside?: string | null; readonly source?: string } = {},
): End {
  const address = find(model, 'eip', eips[0])?.now.address ?? null
  return {
    who: resourceThing(resource),
    vpc: vpcOf(model, resource) ?? null,
    parts: [partOfResource(model, resource)],
    origin: { netns: netnsOf(resource.id), enters: null },
    source: source ?? address ?? '',
    inside,
    outside: address,
  }
}

/** Who holds a public address, by exactly that. */
function heldEip(model: Model, id: Id, address: string): End | Problem {
  const [held] = holdersOf(model, id)
  const end = held ? resourceEnd(model, held.holder) : null
  if (end === null) return { ...internetEnd(address), who: thingOf(model, id) }
  if (isProblem(end)) return end
  const source = held?.holder.kind === 'server' ? end.source : address
  return { ...end, source, inside: address, outside: address }
}

/** A listener, or a backend of one. */
function childEnd(model: Model, id: Id, vpc: Id | null): End | Problem | null {
  for (const balancer of all(model, 'load-balancer')) {
    for (const listener of [...balancer.live.listeners, ...balancer.draft.listeners]) {
      const protocol = listener.protocol === 'udp' ? 'udp' : 'tcp'
      if (listener.id === id) {
        const end = resourceEnd(model, balancer)
        return end && { ...end, who: thingOf(model, id), port: listener.port, protocol }
      }
      const backend = listener.backends.find(each => each.id === id)
      if (!backend) continue
      const server = find(model, 'server', backend.server)
      const end = server
        ? serverEnd(model, server, server.now.address)
        : addressEnd(model, backend.address ?? '', vpc, 'to')
      return { ...end, who: thingOf(model, id), port: backend.port, protocol }
    }
  }
  return null
}

/** Whoever has an address: a public one of ours, one in a VPC, or one of the internet. */
function addressEnd(model: Model, address: string, hint: Id | null, at: 'from' | 'to'): End | Problem {
  const [eip] = eipsAt(model, address)
  if (eip !== undefined) return heldEip(model, eip, address)
  const around = [...all(model, 'vpc')].filter(({ id, now }) => (hint ?? id) === id && contains(now.cidr, address))
  const [vpc, ...others] = around
  if (!vpc) return internetEnd(address)
  if (others.length > 0) {
    const vpcs = around.map(({ id }) => id).join(', ')
    return { code: 'ambiguous-address', at, values: { address, vpcs } }
  }
  const end = memberEnd(model, vpc.id, address)
  return end ?? (at === 'to' ? internetEnd(address) : { code: 'no-subnet-there', at, values: { address, vpc: vpc.id } })
}

/** Whoever has an address in a VPC, or might have it in one of its networks; null where there is none. */
function memberEnd(model: Model, vpc: Id, address: string): End | null {
  const exactly = (end: End) => ({ ...end, source: address, inside: address, outside: address })
  for (const member of model.members.get(vpc)?.values() ?? []) {
    if ((member.kind === 'server' || member.kind === 'nic') && member.now.address === address) {
      const end = resourceEnd(model, member)
      if (end && !isProblem(end)) return exactly(end)
    }
    if (member.kind === 'load-balancer' && privateAddressesOf(member).includes(address)) {
      return exactly(resourceEnd(model, member) as End)
    }
    if (member.kind === 'subnet' && member.now.gateway === address) {
      return exactly(resourceEnd(model, model.resources.get(vpc)!) as End)
    }
  }
  const subnet = [...(model.members.get(vpc)?.values() ?? [])].find(
    each => each.kind === 'subnet' && each.now.cidr !== null && contains(each.now.cidr, address),
  )
  if (!subnet) return null
  // Nobody has it: a packet of it would enter by the bridge of its network.
  const origin = { netns: netnsOf(vpc), enters: links.bridge(subnet.id) }
  return { who: null, vpc, parts: [vpc], origin, source: address, inside: address, outside: address }
}

function internetEnd(address: string): End {
  const origin = { netns: edgeNetns, enters: links.uplink }
  return { who: null, vpc: null, parts: [], origin, source: address, inside: null, outside: address }
}

/** What stands for any client of the internet. */
const elsewhere = ['198.51.100.254', '192.0.2.254', '203.0.113.254', '9.9.9.9']

function anyOutside(model: Model): string {
  const ours = [...all(model, 'zone')].flatMap(({ now }) => now.pools.flatMap(({ addresses }) => addresses))
  return elsewhere.find(address => !ours.some(prefix => contains(prefix, address))) ?? '1.0.0.1'
}
