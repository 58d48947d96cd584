import type { HostState } from './item.ts'
import { arrival, isLocal, lookUp, networkOf, sourceFor, type Found, type Namespace, type Network } from './network.ts'
import { tracksFlows } from './ruleset.ts'
import { packetText, replyTo, type Packet } from './packet.ts'
import type { Endpoint } from './spread.ts'
import { walkHook, type Decided, type HookName, type Passage } from './walk-ruleset.ts'

/** Something that happened to a packet on its way. */
export interface Hop {
  readonly netns: string
  readonly did: Did
  /** The id of what caused it; empty where it is the network's nature. */
  readonly for: string
  /** The packet afterwards. */
  readonly packet: Packet
}

/** A decision about a packet that goes on. */
export type Did =
  | { readonly by: 'link'; readonly link: string }
  | { readonly by: 'route'; readonly route: Found }
  | ({ readonly by: 'rule'; readonly hook: HookName } & Decided)

/** What ended a packet's way. */
export type End =
  /** A rule; null where it was the policy of its chain. */
  | ({ readonly by: 'rule'; readonly hook: HookName } & (Decided | { readonly rule: null; readonly chain: string }))
  /** A route that leads nowhere; null where there is none. */
  | { readonly by: 'route'; readonly route: Found | null }
  /** Nobody answers for the next hop on a link. */
  | { readonly by: 'silence'; readonly route: Found; readonly nextHop: string; readonly link: string }
  /** Strict reverse-path filtering: its answer would leave by another link, or by none. */
  | { readonly by: 'reverse-path'; readonly link: string }
  | { readonly by: 'arrival' | 'no-forwarding' | 'no-namespace' | 'loop' }
  | { readonly by: 'uplink'; readonly link: string }

/** What becomes of a packet. */
export interface Verdict {
  /** Delivered to the namespace's own address; sent out by an uplink or to a machine that we do not know. */
  readonly verdict: 'delivered' | 'sent-out' | 'dropped' | 'rejected' | 'unreachable'
  /** The namespace where its way ended. */
  readonly netns: string
  /** The link that it was sent out by; null otherwise. */
  readonly by: string | null
  readonly why: string
  readonly end: End
  /** The id of what decided; empty where it is the network's nature. */
  readonly for: string
  readonly hops: readonly Hop[]
  /** The packet as it was at the end. */
  readonly packet: Packet
  /** The sources that it may have had at the end, where source NAT chooses among several. */
  readonly sources: readonly string[]
}

/** Where a packet begins. */
export interface Origin {
  readonly netns: string
  /** The link that it enters by; null where the namespace itself sends it. */
  readonly enters: string | null
}

/** What conntrack in a namespace knows of the flow. */
interface Flow {
  readonly before: Packet
  readonly after: Packet
  readonly mark: number
}

/** More namespaces than this on one way are a loop. */
const mostHops = 16

/** What becomes of the first packet of a new flow. An empty source stands for the one that the kernel would choose. */
export function trace(state: HostState, origin: Origin, packet: Packet): Verdict {
  return follow(networkOf(state), origin, packet, new Map()).verdict
}

/** What becomes of the first packet, and of its answer where it was delivered. Spreads lead it to `went` where they may. */
export function traceFlow(
  state: HostState,
  origin: Origin,
  packet: Packet,
  went?: Endpoint,
): { there: Verdict; back: Verdict | null } {
  const network = networkOf(state)
  const { verdict: there, flows } = follow(network, origin, packet, new Map(), went)
  if (there.verdict !== 'delivered' && there.verdict !== 'sent-out') return { there, back: null }
  const back = follow(network, { netns: there.netns, enters: there.by }, replyTo(there.packet), flows).verdict
  return { there, back }
}

/** The flows of a packet by namespace: who sends to itself by way of others has two. */
type Flows = ReadonlyMap<string, readonly Flow[]>

/** Follows a packet; `known` are the flows of which it is an answer. */
function follow(network: Network, origin: Origin, packet: Packet, known: Flows, went?: Endpoint) {
  const flows = new Map<string, Flow[]>()
  const hops: Hop[] = []
  let sources: readonly string[] = []
  let at = network.get(origin.netns)
  let iif = origin.enters
  let current = packet
  const finish = ({ verdict, why, end, for: owner }: Ended, by: string | null = null) => ({
    verdict: {
      verdict,
      netns: at?.name ?? origin.netns,
      by,
      why,
      end,
      for: owner,
      hops,
      packet: current,
      sources: sources.length > 0 ? sources : [current.from],
    },
    flows,
  })
  while (hops.length < mostHops * 4) {
    if (!at) {
      const why = `there is no namespace ${origin.netns}`
      return finish({ verdict: 'dropped', why, end: { by: 'no-namespace' }, for: '' })
    }
    const stage = pass(at, iif, current, flowOf(known.get(at.name), current), hops, went)
    if (stage.sources.length > 0) sources = stage.sources
    // Who keeps no track may be passed twice, by what is two flows there.
    if (at.ruleset && tracksFlows(at.ruleset))
      flows
        .getOrInsertComputed(at.name, () => [])
        .push({ before: stage.started, after: stage.packet, mark: stage.flowMark })
    current = stage.packet
    if (!('leaves' in stage)) return finish(stage)
    const { leaves: route } = stage
    const [link, nextHop] = [route.dev!, route.via ?? current.to]
    const next = arrival(network, at, link, nextHop)
    if (next === 'outside') {
      const end = { by: 'uplink', link } as const
      return finish({ verdict: 'sent-out', why: `leaves by ${link}`, end, for: '' }, link)
    }
    if (next === 'nowhere') {
      const end = { by: 'silence', route, nextHop, link } as const
      return finish({ verdict: 'unreachable', why: `nobody answers for ${nextHop} on ${link}`, end, for: route.for })
    }
    at = next.netns
    iif = next.iif
    hops.push({ netns: at.name, did: { by: 'link', link: iif }, for: at.for, packet: current })
  }
  return finish({ verdict: 'dropped', why: 'it goes round in circles', end: { by: 'loop' }, for: '' })
}

interface Ended {
  readonly verdict: Verdict['verdict']
  readonly why: string
  readonly end: End
  readonly for: string
}

type Stage = ({ readonly leaves: Found } | Ended) & {
  /** The packet before translation, its source chosen. */
  readonly started: Packet
  readonly packet: Packet
  readonly sources: readonly string[]
  /** The mark that its flow has here. */
  readonly flowMark: number
}

/** A packet's way through one namespace: hooks, routing, hooks. `went` is where its flow is spread to; by default to the first that may be. */
export function pass(
  at: Namespace,
  iif: string | null,
  packet: Packet,
  flow: Flow | undefined,
  hops: Hop[],
  went?: Endpoint,
): Stage {
  let sources: readonly string[] = []
  let started = packet
  let passage: Passage = { ...passageOf(iif, packet, flow), ...(went ? { went } : {}) }
  const finish = (verdict: Verdict['verdict'], why: string, end: End, owner = ''): Stage => ({
    verdict,
    why,
    end,
    for: owner,
    started,
    packet: passage.packet,
    sources,
    flowMark: passage.flowMark ?? 0,
  })
  /** Null where the packet passes. */
  const hook = (name: HookName): Stage | null => {
    if (!at.ruleset) return null
    const outcome = walkHook(at.ruleset, name, passage)
    passage = outcome.passage
    for (const { packet: after, ...decided } of outcome.passed) {
      hops.push({ netns: at.name, did: { by: 'rule', hook: name, ...decided }, for: decided.rule.for, packet: after })
    }
    if (outcome.done !== 'pass') {
      const { by, chain } = outcome
      const verdict = outcome.done === 'drop' ? 'dropped' : 'rejected'
      const end: End = { by: 'rule', hook: name, ...(by ?? { rule: null, chain }) }
      return finish(verdict, `by ${chain} at ${name}`, end, by?.rule.for)
    }
    if (outcome.sources.length > 0) sources = outcome.sources
    return null
  }
  const unreachable = (route: Found | null) =>
    finish('unreachable', `no route to ${passage.packet.to}`, { by: 'route', route }, route?.for)
  const arrived = () => finish('delivered', `${passage.packet.to} is here`, { by: 'arrival' })

  if (iif !== null) {
    const stopped = hook('prerouting')
    if (stopped) return stopped
    // Conntrack gives an answer its destination back on the way in.
    if (flow) passage = { ...passage, packet: { ...passage.packet, ...destinationOf(replyTo(flow.before)) } }
    const { from, to } = passage.packet
    const oif = isLocal(at, to) ? 'lo' : lookUp(at, from, to, { iif, mark: passage.mark ?? 0 })?.dev
    if (at.sysctls['ipv4/conf/all/rp_filter'] === '1' && !believes(at, iif, passage, oif)) {
      return finish('dropped', `${from} is not expected on ${iif}`, { by: 'reverse-path', link: iif })
    }
    if (isLocal(at, to)) return hook('input') ?? arrived()
    if (at.sysctls['ipv4/ip_forward'] !== '1') {
      return finish('dropped', 'it does not forward', { by: 'no-forwarding' })
    }
  }
  const found = lookUp(at, passage.packet.from || null, passage.packet.to, {
    iif: iif ?? 'lo',
    mark: passage.mark ?? 0,
  })
  if (iif === null) {
    const isHere = isLocal(at, packet.to)
    // Who speaks to itself does so in the name that it calls.
    const from = packet.from || (found && !isHere && sourceFor(at, found)) || packet.to
    started = { ...packet, from }
    passage = { ...passage, packet: started }
    if (isHere) {
      passage = { ...passage, oif: 'lo' }
      const stopped = hook('output') ?? hook('postrouting')
      if (stopped) return stopped
      passage = { ...passage, iif: 'lo', oif: null }
      return hook('prerouting') ?? hook('input') ?? arrived()
    }
  }
  if (!found) return unreachable(null)
  const { type, for: owner } = found
  if (type === 'blackhole') return finish('dropped', 'a blackhole route', { by: 'route', route: found }, owner)
  if (type === 'unreachable') return unreachable(found)
  hops.push({ netns: at.name, did: { by: 'route', route: found }, for: owner, packet: passage.packet })
  passage = { ...passage, oif: found.dev }
  const stopped = hook(iif === null ? 'output' : 'forward')
  if (stopped) return stopped
  if (flow) passage = { ...passage, packet: { ...passage.packet, ...sourceOf(replyTo(flow.before)) } }
  return (
    hook('postrouting') ?? { leaves: found, started, packet: passage.packet, sources, flowMark: passage.flowMark ?? 0 }
  )
}

/** The first packet of a flow as a namespace meets it. */
export function newcomer(packet: Packet, iif: string | null): Passage {
  return passageOf(iif, packet, undefined)
}

function passageOf(iif: string | null, packet: Packet, flow: Flow | undefined): Passage {
  const base = { packet, iif, oif: null }
  if (!flow) return { ...base, originalTo: packet.to, state: 'new', dnat: false, snat: false }
  return {
    ...base,
    originalTo: flow.before.to,
    flowMark: flow.mark,
    state: isAnswer(flow, packet) ? 'established' : 'invalid',
    dnat: flow.before.to !== flow.after.to || flow.before.dport !== flow.after.dport,
    snat: flow.before.from !== flow.after.from,
  }
}

/** The flow that a packet answers; any other where it answers none. */
function flowOf(flows: readonly Flow[] | undefined, packet: Packet): Flow | undefined {
  return flows?.find(each => isAnswer(each, packet)) ?? flows?.at(-1)
}

function isAnswer({ after }: Flow, packet: Packet): boolean {
  return packetText(replyTo(after)) === packetText(packet)
}

function destinationOf({ to, dport }: Packet): Pick<Packet, 'to' | 'dport'> {
  return { to, dport }
}

function sourceOf({ from, sport }: Packet): Pick<Packet, 'from' | 'sport'> {
  return { from, sport }
}

/** Strict reverse-path filtering: an answer would leave by the link that the packet came by. */
function believes(at: Namespace, iif: string, { packet: { from, to }, mark }: Passage, oif?: string | null): boolean {
  if (isLocal(at, from)) return false
  const asked = at.sysctls['ipv4/conf/all/src_valid_mark'] === '1' ? (mark ?? 0) : 0
  const back = lookUp(at, to, from, { iif: oif ?? 'lo', mark: asked })
  return back?.type === 'unicast' && back.dev === iif
}
