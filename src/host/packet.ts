/** The headers of the first packet of a flow. */
export interface Packet {
  readonly from: string
  readonly to: string
  /** As rules name it: `tcp`, `udp`, `icmp`, … */
  readonly protocol: string
  /** Ports of TCP and UDP; of ICMP the type and the code, as `dport` and `sport`. */
  readonly sport: number
  readonly dport: number
}

/** The packet that answers. */
export function replyTo({ from, to, protocol, sport, dport }: Packet): Packet {
  const ports = protocol === 'icmp' ? { sport, dport: dport === 8 ? 0 : dport } : { sport: dport, dport: sport }
  return { from: to, to: from, protocol, ...ports }
}

/** Whether two packets have the same headers. */
export function samePacket(a: Packet, b: Packet): boolean {
  return packetText(a) === packetText(b)
}

export function packetText({ from, to, protocol, sport, dport }: Packet): string {
  if (protocol === 'tcp' || protocol === 'udp') return `${protocol} ${from}:${sport} → ${to}:${dport}`
  return `${protocol} ${from} → ${to}`
}
