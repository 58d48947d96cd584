import type { Packet } from './packet.ts'

/**
 * What new flows of a port are spread over, in the kernel: a map from slots to backends, which a table declares and health fills. A
 * flow takes a slot by turn or by its source; so weights are shares of slots, and a backend that is lost loses only its own.
 */
export interface Spread {
  /** The listener's id; the name of the map. */
  readonly id: string
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
  /** The end of a range that begins with the port; null for the one port. */
  readonly lastPort: number | null
  readonly by: 'turn' | 'source'
  /** How many slots there are, whatever health says. */
  readonly slots: number
  /** What conntrack marks its flows with: no other spread of the table has it, though one may have had it before. See {@link marksOf}. */
  readonly mark: number
  /** Seconds without a packet after which a flow is forgotten. */
  readonly idleS: number
  /** Whether backends see clients as who they are. */
  readonly transparent: boolean
  /** Whether flows end with the health of their backend; those of UDP always move. */
  readonly cutWhenDown: boolean
  /** Seconds that flows stay with a backend that was taken out. */
  readonly drainS: number
  /** Who checks backends: HAProxy, this machine's agent, or nobody, which is to say that all serve. */
  readonly check: 'proxy' | 'none' | SpreadProbe
  readonly targets: readonly SpreadTarget[]
}

/** What marks, besides, flows whose client asked for a public address. */
export const publicFlow = 2 ** 30

/** The marks that flows of a spread have. */
export function marksOf({ mark }: Pick<Spread, 'mark'>): number[] {
  return [mark, mark + publicFlow]
}

/** How a backend is asked that HAProxy cannot ask. */
interface SpreadProbe {
  readonly protocol: 'udp' | 'icmp'
  readonly send: string
  readonly expect: string
  readonly intervalS: number
  readonly timeoutS: number
  readonly fall: number
  readonly rise: number
}

/** A backend that may have flows. */
export interface SpreadTarget {
  readonly backend: string
  readonly address: string
  /** Of a range, the port that its first leads to. */
  readonly port: number
  readonly weight: number
  /** The smallest tier with an active backend serves; 0 is that of backends that are no backups. */
  readonly tier: number
}

/** Where a slot leads. */
export type Endpoint = Pick<SpreadTarget, 'address' | 'port'>

/** Where a port of a spread leads when its slot has this target. */
export function endpointOf(spread: Spread, target: Endpoint, port: number): Endpoint {
  return { address: target.address, port: target.port + (spread.lastPort === null ? 0 : port - spread.port) }
}

/** Every endpoint that a target stands for, as `address:port`: one, or that of each port of a range. */
export function placesIn({ port, lastPort }: Spread, target: Endpoint): string[] {
  const count = lastPort === null ? 1 : lastPort - port + 1
  return Array.from({ length: count }, (_, i) => `${target.address}:${target.port + i}`)
}

/** A target that a spread led to, and leads to no more. */
export interface Lost {
  readonly spread: Spread
  readonly target: SpreadTarget
}

/** The targets to which spreads lead no more that took the place of others. */
export function lostTargets(before: readonly Spread[], after: readonly Spread[]): Lost[] {
  return before.flatMap(({ id, targets }) => {
    const spread = after.find(each => each.id === id)
    if (!spread) return []
    const same = new Set(spread.targets)
    const changed = targets.filter(target => !same.has(target))
    if (changed.length === 0) return []
    const place = ({ address, port }: Endpoint) => `${address}:${port}`
    const kept = new Set(spread.targets.map(place))
    return changed.flatMap(target => (kept.has(place(target)) ? [] : { spread, target }))
  })
}

/** The spread that a port belongs to. */
export function spreadAt(
  spreads: readonly Spread[],
  { protocol, dport }: Pick<Packet, 'protocol' | 'dport'>,
): Spread | undefined {
  return spreads.find(each => each.protocol === protocol && each.port <= dport && dport <= (each.lastPort ?? each.port))
}

/** The ports of a spread, as rules write them. */
export function spreadPorts({ port, lastPort }: Pick<Spread, 'port' | 'lastPort'>): string {
  return lastPort === null ? `${port}` : `${port}-${lastPort}`
}

/**
 * The maps of a spread by name, with what each needs to know of where slots lead. One port has one map; a range has one for every
 * distance by which backends move it.
 */
export interface SpreadMap {
  readonly name: string
  /** How far ports are moved; null where the map says the port, too. */
  readonly distance: number | null
}

export function spreadMaps({ id, port, lastPort, targets }: Spread): readonly SpreadMap[] {
  if (lastPort === null) return [{ name: id, distance: null }]
  const distances = [...new Set(targets.map(target => target.port - port))].sort((a, b) => a - b)
  return distances.map(distance => ({ name: `${id}-${distance < 0 ? 'down' : 'up'}-${Math.abs(distance)}`, distance }))
}

/** Where a map says that a target is. */
export function placeOf(target: Endpoint, distance: SpreadMap['distance']): string {
  if (distance !== null) return target.address
  return places.getOrInsertComputed(target, ({ address, port }) => `${address} . ${port}`)
}

const places = new WeakMap<Endpoint, string>()

/** What the maps of a spread hold, by name and slot, when slots have these targets. */
export function mapElements(
  spread: Spread,
  slots: readonly Endpoint[],
): ReadonlyMap<string, ReadonlyMap<number, string>> {
  return new Map(
    spreadMaps(spread).map(({ name, distance }) => {
      const elements = new Map<number, string>()
      for (const [slot, target] of slots.entries()) {
        if (distance === null || target.port - spread.port === distance) elements.set(slot, placeOf(target, distance))
      }
      return [name, elements]
    }),
  )
}
