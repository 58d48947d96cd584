import { bind, close, connect, send, socket } from './libc.ts'

/** A packet that begins a flow, and by which it and its answer are known again, whatever is done to its addresses. */
export interface RawPacket {
  readonly from: string
  readonly to: string
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** The port of the sender; of ICMP the identifier. */
  readonly sport: number
  readonly dport: number
  /** The first number of a TCP connection. */
  readonly sequence: number
}

export const protocolNumbers = { icmp: 1, tcp: 6, udp: 17 } as const
const [internet, raw, anyProtocol] = [2, 3, 255]
const syn = 2
const echoRequest = 8

/**
 * Sends a packet as it is out of the namespace in which the calling thread is. `own` says that its source is an address of the
 * namespace, by which its route is chosen. Throws where the kernel refuses it.
 */
export function sendRaw(packet: RawPacket, own: boolean): void {
  const fd = socket(internet, raw, anyProtocol)
  try {
    if (own) bind(fd, place(packet.from))
    connect(fd, place(packet.to))
    send(fd, packetBytes(packet))
  } finally {
    close(fd)
  }
}

function place(address: string): Buffer {
  const out = Buffer.alloc(16)
  out.writeUInt16LE(internet, 0)
  out.set(octets(address), 4)
  return out
}

const octets = (address: string) => address.split('.').map(Number)

function packetBytes(packet: RawPacket): Buffer {
  const content = contentOf(packet)
  const header = Buffer.alloc(20)
  header[0] = 0x45
  header.writeUInt16BE(20 + content.length, 2)
  header[8] = 64
  header[9] = protocolNumbers[packet.protocol]
  header.set(octets(packet.from), 12)
  header.set(octets(packet.to), 16)
  header.writeUInt16BE(checksum(header), 10)
  return Buffer.concat([header, content])
}

function contentOf({ protocol, from, to, sport, dport, sequence }: RawPacket): Buffer {
  if (protocol === 'icmp') {
    const echo = Buffer.from([echoRequest, 0, 0, 0, sport >> 8, sport & 0xff, 0, 1])
    echo.writeUInt16BE(checksum(echo), 2)
    return echo
  }
  const content = Buffer.alloc(protocol === 'tcp' ? 20 : 8)
  content.writeUInt16BE(sport, 0)
  content.writeUInt16BE(dport, 2)
  if (protocol === 'tcp') {
    content.writeUInt32BE(sequence, 4)
    content[12] = 5 << 4
    content[13] = syn
    content.writeUInt16BE(0xffff, 14)
  } else content.writeUInt16BE(content.length, 4)
  const pseudo = Buffer.from([...octets(from), ...octets(to), 0, protocolNumbers[protocol], 0, content.length])
  content.writeUInt16BE(checksum(Buffer.concat([pseudo, content])) || 0xffff, protocol === 'tcp' ? 16 : 6)
  return content
}

/** Of an even number of bytes. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  return ~sum & 0xffff
}
