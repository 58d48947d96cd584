/** What is to be seen of a packet, as `trace` tells its way. */
import { edgeNetns, links } from '../../src/compile/names.ts'
import type { HostState } from '../../src/host/item.ts'
import type { Endpoint } from '../../src/host/spread.ts'
import { slotsOf } from '../../src/host/deal.ts'
import { endpointOf } from '../../src/host/spread.ts'
import { traceFlow, type Hop, type Verdict } from '../../src/host/trace.ts'
import { packetText } from '../../src/host/packet.ts'
import type { Heard, Shot } from './flight.ts'

/** One way that a packet may go. */
export interface Expected {
  /** Where it arrives, with any of these sources; null where it does not. */
  readonly arrival: {
    readonly netns: string
    readonly from: readonly string[]
    readonly to: string
    readonly port: number
  } | null
  /** Whether an answer comes back; null where nobody would give one. */
  readonly answered: boolean | null
  readonly there: Verdict
  readonly back: Verdict | null
}

const clientPort = 20_000

/** Where packets go, beside what a machine holds. */
export interface Surroundings {
  /** The namespace that is the internet, and the addresses where somebody is in it. */
  readonly outside: string
  readonly addresses: ReadonlySet<string>
  /** Whether somebody lives in a namespace, and answers at every port. */
  readonly isHome: (netns: string) => boolean
}

/** Every way that a packet may go: there are several only where a balancer chooses among backends. */
export function expectedOf(state: HostState, around: Surroundings, shot: Shot): readonly Expected[] {
  const chosen = choicesFor(state, shot)
  return (chosen.length > 0 ? chosen : [undefined]).map(went => oneWay(state, around, shot, went))
}

/** Whether what was seen is one of the ways. */
export function agrees({ arrivals, answered }: Heard, ways: readonly Expected[]): boolean {
  return ways.some(way => {
    if (way.answered !== null && way.answered !== answered) return false
    if (way.arrival === null) return arrivals.length === 0
    const [seen, ...more] = arrivals
    const { netns, from, to, port } = way.arrival
    return (
      seen !== undefined &&
      more.length === 0 &&
      seen.netns === netns &&
      seen.to === to &&
      seen.port === port &&
      from.includes(seen.from)
    )
  })
}

/** Where any balancer of the machine could lead such a packet. */
function choicesFor(state: HostState, { protocol, port }: Shot): readonly Endpoint[] {
  const spreads = [...state.values()].flatMap(item => (item.kind === 'ruleset' ? (item.ruleset.spreads ?? []) : []))
  return spreads
    .filter(each => each.protocol === protocol && each.port <= port && port <= (each.lastPort ?? each.port))
    .flatMap(spread => {
      const all = new Set(spread.targets.map(({ backend }) => backend))
      return [...new Set(slotsOf(spread, all))].map(target => endpointOf(spread, target, port))
    })
}

function oneWay(state: HostState, around: Surroundings, shot: Shot, went?: Endpoint): Expected {
  const { netns, protocol, from, to, port } = shot
  const { outside, addresses, isHome } = around
  const isOutside = netns === outside
  const origin = isOutside ? { netns: edgeNetns, enters: links.uplink } : { netns, enters: null }
  const ports = protocol === 'icmp' ? { sport: 0, dport: 8 } : { sport: clientPort, dport: port }
  const { there, back } = traceFlow(state, origin, { from, to, protocol, ...ports }, went)
  const isSentOut = there.verdict === 'sent-out' && there.netns === edgeNetns && there.by === links.uplink
  const place = there.verdict === 'delivered' ? there.netns : isSentOut ? outside : null
  if (place === null) return { arrival: null, answered: false, there, back }
  const { packet, sources } = there
  const arrival = { netns: place, from: sources, to: packet.to, port: protocol === 'icmp' ? 0 : packet.dport }
  const isSilent =
    (place === outside && !addresses.has(packet.to)) || (protocol === 'udp' && place !== outside && !isHome(place))
  return { arrival, answered: isSilent ? null : isBack(shot, isOutside, back), there, back }
}

/** Whether an answer gets to who asked, in the name of who was asked. */
function isBack({ netns, protocol, from, to, port }: Shot, isOutside: boolean, back: Verdict | null): boolean {
  if (!back) return false
  const { packet } = back
  const isThere = isOutside
    ? back.verdict === 'sent-out' && back.by === links.uplink && packet.to === from
    : back.verdict === 'delivered' && back.netns === netns
  return (
    isThere && packet.from === to && (protocol === 'icmp' || (packet.sport === port && packet.dport === clientPort))
  )
}

/** What was seen beside what was said. */
export function disagreement(shot: Shot, { arrivals, answered, ending }: Heard, ways: readonly Expected[]): string {
  const seen = arrivals.map(({ netns, from, to, port }) => `${netns} from ${from} to ${to}:${port}`).join(', ')
  return [
    shotText(shot),
    `seen: ${seen || 'nowhere'}; ${answered ? 'answered' : 'not answered'} (${ending})`,
    ...ways.map(way => `said: ${wayText(way)}`),
  ].join('\n    ')
}

/** A shot in a line. */
export function shotText({ netns, from, to, protocol, port }: Shot): string {
  return `${protocol} ${netns} ${from || '(any)'} > ${to}:${port}`
}

/** A way with all its hops. */
export function wayText({ arrival, answered, there, back }: Expected): string {
  const hops = there.hops.map(hop => `${hop.netns} ${hopText(hop)}`).join(' | ')
  const end = `${there.verdict} in ${there.netns}: ${there.why} ${packetText(there.packet)} as ${there.sources.join()}`
  const answer = back ? `; back ${back.verdict} in ${back.netns}: ${back.why} ${packetText(back.packet)}` : ''
  return `${arrival ? 'arrives' : 'does not arrive'}, answered ${answered}: ${end}${answer}\n      ${hops}`
}

function hopText({ did }: Hop): string {
  if (did.by === 'link') return `by ${did.link}`
  return did.by === 'route' ? `to ${did.route.destination}` : `${did.hook} ${did.rule.then.do} for ${did.rule.for}`
}
