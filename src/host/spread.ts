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

const most = 1024
/** With so many times the slots that weights need, shares stay even when some backends are lost. */
const multiples = [60, 12, 6, 4, 3, 2, 1]

/** How many slots such backends need, so that each has exactly its share. */
export function slotsFor(by: Spread['by'], targets: readonly Pick<SpreadTarget, 'weight' | 'tier'>[]): number {
  if (by === 'source') return most
  const sums = [...Map.groupBy(targets, ({ tier }) => tier).values()].map(tier => {
    const weights = tier.map(({ weight }) => weight)
    return weights.reduce((sum, weight) => sum + weight, 0) / (weights.reduce(divisor, 0) || 1)
  })
  const least = sums.filter(sum => sum > 0).reduce((a, b) => (a * b) / divisor(a, b), 1)
  const multiple = multiples.find(each => least * each <= most)
  return multiple === undefined ? most : least * multiple
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}

/** Which target each slot leads to while these backends are active; empty where none of any tier is. */
export function slotsOf(spread: Spread, active: ReadonlySet<string>): readonly SpreadTarget[] {
  const able = spread.targets.filter(({ backend, weight }) => weight > 0 && active.has(backend))
  const tier = Math.min(...able.map(each => each.tier))
  const serving = able.filter(each => each.tier === tier)
  if (serving.length === 0) return []
  return spread.by === 'turn' ? turns(serving, spread.slots) : heirs(serving, spread.slots)
}

/** Each as often as its weight says, its turns as far from one another as can be. */
function turns(targets: readonly SpreadTarget[], slots: number): SpreadTarget[] {
  const sum = targets.reduce((all, { weight }) => all + weight, 0)
  const shares = targets.map(({ weight }) => (weight * slots) / sum)
  const counts = shares.map(Math.floor)
  // What does not come out even goes to those who would lose most.
  const losers = [...shares.keys()].sort((a, b) => (shares[b]! % 1) - (shares[a]! % 1) || a - b)
  const left = slots - counts.reduce((all, count) => all + count, 0)
  for (const i of losers.slice(0, left)) counts[i]!++
  const places = counts.flatMap((count, i) => Array.from({ length: count }, (_, n) => ({ i, at: (n + 0.5) / count })))
  return places.sort((a, b) => a.at - b.at || a.i - b.i).map(({ i }) => targets[i]!)
}

/** For each slot, who wins a lottery of its own: without one of them, only the slots that it had won go to others. */
function heirs(targets: readonly SpreadTarget[], slots: number): SpreadTarget[] {
  // By where they are: one that comes back, under whatever id, wins what it had.
  const seeds = targets.map(({ address, port }) => seedOf(`${address}:${port}`))
  return Array.from({ length: slots }, (_, slot) => {
    let [best, lowest] = [0, Infinity]
    for (const [i, { weight }] of targets.entries()) {
      const score = -Math.log(chance(seeds[i]!, slot)) / weight
      if (score < lowest) [best, lowest] = [i, score]
    }
    return targets[best]!
  })
}

function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash
}

/** A number between 0 and 1, the same for the same two. */
function chance(seed: number, slot: number): number {
  let mixed = seed ^ Math.imul(slot + 1, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (((mixed ^ (mixed >>> 16)) >>> 0) + 0.5) / 2 ** 32
}

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

/** What the maps of a spread hold, by name and slot, when slots have these targets. */
export function mapElements(
  spread: Spread,
  slots: readonly Endpoint[],
): ReadonlyMap<string, ReadonlyMap<number, string>> {
  return new Map(
    spreadMaps(spread).map(({ name, distance }) => {
      const elements = [...slots.entries()].flatMap(([slot, { address, port }]): [number, string][] => {
        if (distance === null) return [[slot, `${address} . ${port}`]]
        return port - spread.port === distance ? [[slot, address]] : []
      })
      return [name, new Map(elements)]
    }),
  )
}
