import { release } from 'node:os'
import type { TrackedFlow } from '../host/flow-verdict.ts'
import type { Packet } from '../host/packet.ts'
import { publicFlow, type Lost } from '../host/spread.ts'
import { attribute, attributesOf, nest, u32, u8, type Request } from './netlink.ts'
import { ipBytes, ipText } from './rtnetlink.ts'
import type { Space } from './space.ts'

const subsystem = 1 << 8
const get = subsystem | 1
const del = subsystem | 2
const cta = {
  original: 1,
  reply: 2,
  status: 3,
  protocolInfo: 4,
  mark: 8,
  id: 12,
  zone: 18,
  markMask: 21,
  filter: 25,
  statusMask: 26,
}
const ipv4 = Buffer.of(2, 0, 0, 0)
const protocols = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
])

/** Which flows of a namespace are meant: all, or those that destination NAT led elsewhere. */
export type FlowsMeant = 'all' | 'led'

/** What asks for flows. Kernels that do not know the mask tell of all of them. */
export function flowsRequest(which: FlowsMeant): Buffer {
  const mask = Buffer.of(0, 0, 0, led)
  return which === 'all' ? ipv4 : Buffer.concat([ipv4, attribute(cta.status, mask), attribute(cta.statusMask, mask)])
}

/** The bit of a flow's status that says so. */
export const led = 1 << 5

/** Forgets the flows of a namespace that do not stand; their next packets are judged as those of new ones. Returns how many. */
export function cutFlows(space: Space, which: FlowsMeant, stands: (flow: TrackedFlow) => boolean): number {
  const requests = space.netfilter.dump(get, flowsRequest(which)).flatMap(({ body }) => {
    const attributes = attributesOf(body, 4)
    const [original, reply] = [attributes.get(cta.original), attributes.get(cta.reply)]
    const mark = attributes.get(cta.mark)?.readUInt32BE(0) ?? 0
    if (!original || !reply || stands({ original: packetOf(original), reply: packetOf(reply), mark })) return []
    return [deletion(original, attributes.get(cta.id), attributes.get(cta.zone))]
  })
  // One that ended meanwhile is gone as well.
  space.netfilter.exchange(requests)
  return requests.length
}

/** Kernels that delete by what answers look like. Earlier ones would delete whatever has the mark. */
const deletesByAnswer = isSince(release(), [6, 8])
/** More of them are sooner looked for among all flows. */
const mostEnds = 10

/** Whether {@link cutLed} can forget the flows to these. */
export function canCutLed(lost: readonly Lost[]): boolean {
  return deletesByAnswer && lost.length <= mostEnds && lost.every(({ spread }) => spread.lastPort === null)
}

/**
 * Forgets the flows that were led to targets. To have the kernel delete them takes it a twentieth of the time in which it tells of
 * all flows of the machine. Returns how many, by how many fewer there are.
 */
export function cutLed(space: Space, lost: readonly Lost[]): number {
  const before = flowsIn(space)
  space.netfilter.exchange(lost.map(each => ({ type: del, flags: 0, body: ledTo(each) })))
  return Math.max(0, before - flowsIn(space))
}

/** How many flows a namespace has. */
function flowsIn(space: Space): number {
  const answer = space.netfilter.ask(subsystem | 5, ipv4)
  return (answer && attributesOf(answer.body, 4).get(1)?.readUInt32BE(0)) ?? 0
}

function ledTo({ spread, target }: Lost): Buffer {
  const [mark, mask, port] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(2)]
  mark.writeUInt32BE(spread.mark)
  // Whichever address the client asked for.
  mask.writeUInt32BE((~publicFlow & 0xffffffff) >>> 0)
  port.writeUInt16BE(target.port)
  const number = u8(spread.protocol === 'tcp' ? 6 : 17)
  // By source, protocol and source port of what comes back.
  const fields = u32(1 | (1 << 3) | (1 << 4))
  return Buffer.concat([
    ipv4,
    attribute(cta.mark, mark),
    attribute(cta.markMask, mask),
    nest(cta.reply, nest(1, attribute(1, ipBytes(target.address))), nest(2, attribute(1, number), attribute(2, port))),
    nest(cta.filter, attribute(2, fields)),
  ])
}

function isSince(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number)
  return a > major || (a === major && b >= minor)
}

/** A flow as the kernel tells it; null where it tells less than that. */
export function flowOf(body: Buffer): TrackedFlow | null {
  const attributes = attributesOf(body, 4)
  const [original, reply] = [attributes.get(cta.original), attributes.get(cta.reply)]
  if (!original || !reply) return null
  return {
    original: packetOf(original),
    reply: packetOf(reply),
    mark: attributes.get(cta.mark)?.readUInt32BE(0) ?? 0,
  }
}

/** Whether a flow is a TCP connection that both sides have ended: it is only remembered. */
export function hasEnded(body: Buffer): boolean {
  const info = attributesOf(body, 4).get(cta.protocolInfo)
  const tcp = info && attributesOf(info).get(tcpInfo.tcp)
  const state = tcp && attributesOf(tcp).get(tcpInfo.state)?.[0]
  return state !== undefined && state >= lastAck
}

const tcpInfo = { tcp: 1, state: 1 }
/** LAST-ACK; those after it are TIME-WAIT and CLOSE. */
const lastAck = 6

/** How the flows of a namespace are asked for. */
export const allFlows = { type: get, body: ipv4 }

function deletion(original: Buffer, id: Buffer | undefined, zone: Buffer | undefined): Request {
  const body = Buffer.concat([
    ipv4,
    nest(cta.original, original),
    ...(id ? [attribute(cta.id, id)] : []),
    ...(zone ? [attribute(cta.zone, zone)] : []),
  ])
  return { type: del, flags: 0, body }
}

function packetOf(tuple: Buffer): Packet {
  const parts = attributesOf(tuple)
  const addresses = attributesOf(parts.get(1) ?? Buffer.alloc(0))
  const layer4 = attributesOf(parts.get(2) ?? Buffer.alloc(0))
  const number = layer4.get(1)?.[0] ?? 0
  const protocol = protocols.get(number) ?? String(number)
  const ports =
    protocol === 'icmp'
      ? { sport: layer4.get(6)?.[0] ?? 0, dport: layer4.get(5)?.[0] ?? 0 }
      : { sport: layer4.get(2)?.readUInt16BE(0) ?? 0, dport: layer4.get(3)?.readUInt16BE(0) ?? 0 }
  return { from: ipText(addresses.get(1)), to: ipText(addresses.get(2)), protocol, ...ports }
}
