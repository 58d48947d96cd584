import { attributesOf, messagesOf, textOf } from './netlink.ts'

/** One thing that the kernel's own trace of rules told of a packet. */
export interface TraceMessage {
  /** The packet, as far as one number tells it from others of the namespace at the time. */
  readonly packet: number
  readonly table: string
  readonly chain: string
  /** What decided: a rule, or the end of a chain. */
  readonly by: 'rule' | 'return' | 'policy'
  /** The rule, by the number that the kernel gave it; 0 where none decided. */
  readonly handle: number
  readonly verdict: Verdict
  /** The chain that it jumps to; empty for other verdicts. */
  readonly leadsTo: string
  /** Its headers; null where they were told before. */
  readonly headers: Headers | null
  /** By the kernel's numbers; 0 where there is none. */
  readonly iif: number
  readonly oif: number
}

type Verdict = 'accept' | 'drop' | 'jump' | 'goto' | 'return' | 'continue' | 'other'

/** What a packet has on it, as far as rules look. */
export interface Headers {
  readonly from: string
  readonly to: string
  readonly protocol: number
  /** Of ICMP the type and the identifier stand where destination and source do. */
  readonly sport: number
  readonly dport: number
  /** Of TCP. */
  readonly sequence: number
  readonly acknowledged: number
  readonly flags: number
}

/** The multicast group of the kernel's trace. */
export const traceGroup = 9

const newTrace = (10 << 8) | 17
const kinds = ['policy', 'return', 'rule'] as const
const verdicts = new Map<number, Verdict>([
  [0, 'drop'],
  [1, 'accept'],
  [-1, 'continue'],
  [-3, 'jump'],
  [-4, 'goto'],
  [-5, 'return'],
])

/** The messages of the kernel's trace in a datagram. */
export function* traceMessages(datagram: Buffer): Iterable<TraceMessage> {
  for (const { type, body } of messagesOf(datagram)) {
    if (type !== newTrace) continue
    const told = attributesOf(body, 4)
    const number = (attribute: number) => told.get(attribute)?.readUInt32BE(0) ?? 0
    const by = kinds[number(4) - 1]
    if (!by) continue
    const verdict = attributesOf(told.get(5) ?? Buffer.alloc(0))
    const code = by === 'policy' ? number(16) : (verdict.get(1)?.readInt32BE(0) ?? -1)
    yield {
      packet: number(6),
      table: textOf(told.get(1)),
      chain: textOf(told.get(2)),
      by,
      handle: Number(told.get(3)?.readBigUInt64BE(0) ?? 0n),
      verdict: verdicts.get(code) ?? 'other',
      leadsTo: textOf(verdict.get(2)),
      headers: headersOf(told.get(8), told.get(9)),
      iif: number(10),
      oif: number(12),
    }
  }
}

function headersOf(network: Buffer | undefined, transport: Buffer | undefined): Headers | null {
  if (!network || network.length < 20) return null
  const protocol = network[9]!
  const address = (at: number) => [...network.subarray(at, at + 4)].join('.')
  const word = (at: number) => (transport && transport.length >= at + 2 ? transport.readUInt16BE(at) : 0)
  const long = (at: number) => (transport && transport.length >= at + 4 ? transport.readUInt32BE(at) : 0)
  const isTcp = protocol === 6
  const isEcho = protocol === 1
  return {
    from: address(12),
    to: address(16),
    protocol,
    sport: isEcho ? word(4) : word(0),
    dport: isEcho ? word(0) >> 8 : word(2),
    sequence: isTcp ? long(4) : 0,
    acknowledged: isTcp ? long(8) : 0,
    flags: isTcp && transport ? (transport[13] ?? 0) : 0,
  }
}
