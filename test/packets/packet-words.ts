import type { Arrival, Shot } from './flight.ts'
import { protocols } from './sockets.ts'

/** An echo request with this identifier. */
export function echo(number: number): Buffer {
  const packet = Buffer.alloc(16)
  packet[0] = echoRequest
  packet.writeUInt16BE(number, 4)
  let sum = 0
  for (let at = 0; at < packet.length; at += 2) sum += packet.readUInt16BE(at)
  packet.writeUInt16BE(~((sum & 0xffff) + (sum >> 16)) & 0xffff, 2)
  return packet
}

const [echoRequest, echoReply] = [8, 0]
const [syn, ack] = [0x02, 0x10]

/** What a packet says of itself: how a flow began, or that an echo is answered. */
export interface Words extends Omit<Arrival, 'netns'> {
  readonly protocol: Shot['protocol']
  readonly number: number
  readonly isAnswer: boolean
}

/** What a packet says, with its header of IPv4; null where it neither begins a flow nor answers an echo. */
export function wordsOf(packet: Buffer): Words | null {
  const at = (packet[0]! & 15) * 4
  const [from, to] = [12, 16].map(start => [...packet.subarray(start, start + 4)].join('.')) as [string, string]
  // The remains of a datagram in fragments have no ports.
  if (packet.length < at + 8) return null
  const ports = [packet.readUInt16BE(at), packet.readUInt16BE(at + 2)] as const
  switch (packet[9]) {
    case protocols.tcp:
      if ((packet[at + 13]! & (syn | ack)) !== syn) return null
      return { protocol: 'tcp', from, to, port: ports[1], number: ports[0], isAnswer: false }
    case protocols.udp:
      return { protocol: 'udp', from, to, port: ports[1], number: ports[0], isAnswer: false }
    case protocols.icmp: {
      if (packet[at] !== echoRequest && packet[at] !== echoReply) return null
      const number = packet.readUInt16BE(at + 4)
      return { protocol: 'icmp', from, to, port: 0, number, isAnswer: packet[at] === echoReply }
    }
    default:
      return null
  }
}
