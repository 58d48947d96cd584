import { attributeIn, endOf, NetlinkSocket, protocol } from './netlink.ts'
import { enter } from './netns.ts'
import type { Space } from './space.ts'

/** Flows that leave by one public address for one port of one destination: each takes a port of the address for it. */
interface Translation {
  readonly address: string
  readonly protocol: string
  readonly destination: string
  /** 0 where the protocol has none. */
  readonly port: number
  readonly flows: number
}

/** What a public address carries. */
interface AddressUse {
  readonly address: string
  readonly flows: number
  readonly destinations: number
  /** The flows to the one destination that has most. */
  readonly most: number
}

/** How the source addresses of a namespace's flows are translated. */
export interface Translations {
  readonly addresses: readonly AddressUse[]
  /** The fullest first, as many as were asked for. */
  readonly fullest: readonly Translation[]
}

const getFlows = (1 << 8) | 1
const ipv4 = Buffer.of(2, 0, 0, 0)
const cta = { original: 1, reply: 2 }
const tuple = { addresses: 1, layer4: 2, source: 1, destination: 2 }
const layer4 = { protocol: 1, sport: 2, dport: 3 }
/** Protocols by number, in the order in which keys number them. */
const protocols = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
])
const places = new Map([...protocols.keys()].map((number, i) => [number, i + 1]))
const protocolNames = ['other', ...protocols.values()]

/** Counts by address, then by protocol, destination and port as one number. */
type Counts = Map<number, Map<number, number>>

/**
 * Counts the flows of a namespace whose source is translated. There may be hundreds of thousands: nothing is made of one, and others
 * have their turn in between.
 */
export async function translationsOf(space: Space, most: number): Promise<Translations> {
  const counts: Counts = new Map()
  const socket = enter(space.fd, () => new NetlinkSocket(protocol.netfilter))
  try {
    await socket.scan(getFlows, ipv4, body => count(counts, body))
  } finally {
    socket.close()
  }
  return summary(counts, most)
}

function count(counts: Counts, body: Buffer): void {
  const original = attributeIn(body, 4, body.length, cta.original)
  const reply = attributeIn(body, 4, body.length, cta.reply)
  const source = addressIn(body, original, tuple.source)
  const address = addressIn(body, reply, tuple.destination)
  // Answers go to whom the other side sees.
  if (source < 0 || address < 0 || source === address) return
  const numbers = attributeIn(body, reply, endOf(body, reply), tuple.layer4)
  const number = attributeIn(body, numbers, endOf(body, numbers), layer4.protocol)
  const port = attributeIn(body, numbers, endOf(body, numbers), layer4.sport)
  const place = number < 0 ? 0 : (places.get(body[number]!) ?? 0)
  const key =
    (place * 2 ** 32 + addressIn(body, reply, tuple.source)) * 2 ** 16 + (port < 0 ? 0 : body.readUInt16BE(port))
  const own = counts.getOrInsertComputed(address, () => new Map<number, number>())
  own.set(key, (own.get(key) ?? 0) + 1)
}

function addressIn(data: Buffer, at: number, which: number): number {
  const addresses = attributeIn(data, at, endOf(data, at), tuple.addresses)
  const found = attributeIn(data, addresses, endOf(data, addresses), which)
  return found < 0 ? -1 : data.readUInt32BE(found)
}

function summary(counts: Counts, most: number): Translations {
  const addresses = [...counts].map(([address, own]) => {
    const flows = [...own.values()]
    return {
      address: addressText(address),
      flows: flows.reduce((sum, each) => sum + each, 0),
      destinations: flows.length,
      most: flows.reduce((max, each) => Math.max(max, each), 0),
    }
  })
  const all = [...counts].flatMap(([address, own]) => [...own].map(([key, flows]) => [address, key, flows] as const))
  const fullest = all.sort((a, b) => b[2] - a[2] || a[0] - b[0] || a[1] - b[1]).slice(0, most)
  return {
    addresses: addresses.sort((a, b) => b.most - a.most || (a.address < b.address ? -1 : 1)),
    fullest: fullest.map(([address, key, flows]) => ({ address: addressText(address), ...endpointOf(key), flows })),
  }
}

function endpointOf(key: number) {
  const rest = Math.floor(key / 2 ** 16)
  return {
    protocol: protocolNames[Math.floor(rest / 2 ** 32)] ?? '',
    destination: addressText(rest % 2 ** 32),
    port: key % 2 ** 16,
  }
}

function addressText(n: number): string {
  return [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.')
}
