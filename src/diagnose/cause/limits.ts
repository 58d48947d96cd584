import { newConnectionsPerS } from '../../model/balancer-sizes.ts'
import { holderOf } from '../../model/holder.ts'
import { eipsAt, get, type Eip, type Id, type LoadBalancer, type Model, type NatGateway } from '../../model/model.ts'
import { natSizes, portsOfAddress } from '../../compile/nat-gateway.ts'
import { leastInboundMbps } from '../../compile/public-link.ts'
import type { AskedFlow } from '../trace/ends.ts'
import { carriersOf } from './carriers.ts'
import { found, type Finding } from './finding.ts'
import { enlarging, growing, raising, sharing } from './limit-repairs.ts'

/**
 * What was measured of something in the last minute or so, by meter: of what is there the newest figure, of what is counted the
 * most that came in a second. Undefined where nothing was.
 */
export type Measured = (id: Id) => Readonly<Record<string, number>> | undefined

/** From so much of its limit on, something counts as full: a figure is seconds old when it is read. */
const full = 0.98
/** The kernel gives up the search for a free port a little before there is none; and frames take a part of a link. */
const [portsFull, linkFull] = [0.95, 0.92]
const bytesPerMbit = 125_000

/** What is full of what carries flows of a sender out of its VPC. */
export function limitsOut(model: Model, sender: Id, address: string, measured: Measured): Finding[] {
  return carriersOf(model, sender, address).flatMap(id => [...limitsOf(model, id, measured)])
}

/** What is full of what a flow passes, where it begins and where it comes in. */
export function limitsOfFlow(model: Model, { from, packet }: AskedFlow, measured: Measured): Finding[] {
  const [eip] = eipsAt(model, packet.to)
  const door = eip === undefined ? [] : [...limitsAt(model, eip, measured)]
  return [...(from ? limitsOut(model, from.id, packet.to, measured) : []), ...door]
}

/** What is full of a public address, and of the balancer that holds it. */
export function* limitsAt(model: Model, eip: Id, measured: Measured): Iterable<Finding> {
  yield* limitsOf(model, eip, measured)
  const holder = holderOf(model, eip)
  if (holder?.kind === 'load-balancer') yield* balancerLimits(holder, measured)
}

/** What is full of something: of itself, and of the public addresses that its flows take. */
export function* limitsOf(model: Model, id: Id, measured: Measured): Iterable<Finding> {
  const resource = model.resources.get(id)
  switch (resource?.kind) {
    case 'eip':
      yield* eipLimits(model, resource, measured)
      break
    case 'nat-gateway':
      yield* gatewayLimits(resource, measured)
      for (const eip of resource.now.eips) yield* eipLimits(model, get(model, 'eip', eip), measured)
      break
    case 'vpc':
      if (resource.now.eip !== null) yield* eipLimits(model, get(model, 'eip', resource.now.eip), measured)
      break
    case 'load-balancer':
      yield* balancerLimits(resource, measured)
      for (const eip of resource.now.eips) yield* eipLimits(model, get(model, 'eip', eip), measured)
      break
  }
}

function* gatewayLimits(gateway: NatGateway, measured: Measured): Iterable<Finding> {
  const { connections = 0, refusedConnections = 0 } = measured(gateway.id) ?? {}
  const size = natSizes[gateway.now.size]
  const repair = enlarging(gateway)
  if (connections >= full * size.connections) {
    yield found('connections-full', gateway, { connections: whole(connections) }, repair)
  } else if (refusedConnections > 0) {
    const values = { perSecond: String(size.perSecond), refused: whole(refusedConnections) }
    yield found('gateway-too-fast', gateway, values, repair)
  }
}

function* eipLimits(model: Model, eip: Eip, measured: Measured): Iterable<Finding> {
  const known = measured(eip.id)
  if (!known) return
  const { bandwidthMbps, address } = eip.now
  const ways = [
    [known['bytesOut'] ?? 0, bandwidthMbps, outward],
    [known['bytesIn'] ?? 0, Math.max(leastInboundMbps, bandwidthMbps), inward],
  ] as const
  const [crowded] = ways.filter(([bytes, limit]) => bytes >= linkFull * limit * bytesPerMbit)
  if (crowded) {
    const [bytes, limit, direction] = crowded
    const values = { address, mbps: (bytes / bytesPerMbit).toFixed(1), limit: String(limit), direction }
    yield found('bandwidth-full', eip, values, raising(eip))
  }
  const ports = known['snatPorts'] ?? 0
  if (ports < portsFull * portsOfAddress) return
  yield found('ports-full', eip, { ports: whole(ports), limit: String(portsOfAddress) }, sharing(model, eip))
}

const outward = { en: 'outwards', zh: '出方向' }
const inward = { en: 'inwards', zh: '入方向' }

function* balancerLimits(balancer: LoadBalancer, measured: Measured): Iterable<Finding> {
  const { now, live } = balancer
  // What the kernel carries counts towards no limit; of the rest each listener tells its own.
  const carried = live.listeners
    .map(({ id }) => measured(id) ?? {})
    .reduce((sum, { connections = 0, connectionLimit = 0 }) => sum + (connectionLimit > 0 ? connections : 0), 0)
  const limit = now.maxConnections * live.nodeCount
  const { refusedConnections = 0 } = measured(balancer.id) ?? {}
  const repair = growing(balancer)
  if (carried >= full * limit) {
    yield found('balancer-full', balancer, { connections: whole(carried), limit: String(limit) }, repair)
  }
  if (refusedConnections === 0) return
  const perSecond = newConnectionsPerS[now.maxConnections] * live.nodeCount
  const values = { perSecond: String(perSecond), refused: whole(refusedConnections) }
  yield found('balancer-too-fast', balancer, values, repair)
}

function whole(figure: number): string {
  return String(Math.max(1, Math.round(figure)))
}
