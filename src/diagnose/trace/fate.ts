import type { Id, Model } from '../../model/model.ts'
import type { HostState, Item } from '../../host/item.ts'
import { endpointOf, type Endpoint, type Spread } from '../../host/spread.ts'
import { traceFlow, type Origin, type Verdict } from '../../host/trace.ts'

/** A network at one moment: its part of the model, and what a machine holds of it, the edge included. */
export interface Scene {
  readonly model: Model
  readonly state: HostState
}

/** A flow to ask about. */
export interface Flow {
  readonly origin: Origin
  /** Empty where the kernel chooses. */
  readonly source: string
  readonly to: string
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Of ICMP the type. */
  readonly port: number
}

/** What becomes of a flow's first packet, and of its answer. */
export interface Fate {
  readonly there: Verdict
  readonly back: Verdict | null
  /** Whether it ends where somebody may listen, or outside. */
  readonly gets: boolean
  /** Whether answers get back, too. */
  readonly reaches: boolean
}

export const echoRequest = 8
const clientPort = 40_000

/** What becomes of a flow. Where a balancer spreads it in the kernel, it goes to the first backend that answers: health sees to that. */
export function fateOf(scene: Scene, flow: Flow): Fate {
  const first = by(scene, flow)
  if (first.reaches) return first
  for (const went of detours(scene.state, first.there, flow.port)) {
    const other = by(scene, flow, went)
    if (other.reaches) return other
  }
  return first
}

function by({ model, state }: Scene, { origin, source, to, protocol, port }: Flow, went?: Endpoint): Fate {
  const packet = { from: source, to, protocol, sport: protocol === 'icmp' ? 0 : clientPort, dport: port }
  const { there, back } = traceFlow(state, origin, packet, went)
  const gets = hasArrived(there) && (there.verdict === 'sent-out' || isServed(model, state, there, protocol))
  return { there, back, gets, reaches: gets && back !== null && hasArrived(back) }
}

/** Whether a packet got somewhere. */
export function hasArrived({ verdict }: Verdict): boolean {
  return verdict === 'delivered' || verdict === 'sent-out'
}

/** Where else a balancer could have led a flow. */
function detours(state: HostState, { hops }: Verdict, port: number): readonly Endpoint[] {
  const hop = hops.find(({ did }) => did.by === 'rule' && did.rule.then.do === 'spread')
  const spread = hop && spreadsIn(state, hop.netns).find(({ id }) => id === hop.for)
  return spread?.targets.filter(({ weight }) => weight > 0).map(target => endpointOf(spread, target, port)) ?? []
}

function spreadsIn(state: HostState, netns: string): readonly Spread[] {
  return itemsIn(state, netns).flatMap(item => (item.kind === 'ruleset' ? (item.ruleset.spreads ?? []) : []))
}

/** Whether somebody may listen where a packet was delivered: in a balancer only its listeners, in routers nobody. */
function isServed(model: Model, state: HostState, { netns, packet }: Verdict, protocol: string): boolean {
  if (protocol === 'icmp') return true
  const items = itemsIn(state, netns)
  const owner = ownerOf(state, netns)
  const kind = owner === undefined ? undefined : model.resources.get(owner)?.kind
  if (kind !== 'load-balancer') return kind === 'server'
  const listeners = items.flatMap(item => (item.kind === 'proxy' && protocol === 'tcp' ? item.config.listeners : []))
  return listeners.some(({ port, lastPort }) => port <= packet.dport && packet.dport <= (lastPort ?? port))
}

/** The resource that a namespace is made for. */
export function ownerOf(state: HostState, netns: string): Id | undefined {
  return itemsIn(state, netns).find(item => item.kind === 'netns')?.for
}

function itemsIn(state: HostState, netns: string): readonly Item[] {
  const byNetns = itemsByState.getOrInsertComputed(state, () => Map.groupBy(state.values(), item => item.netns))
  return byNetns.get(netns) ?? []
}

const itemsByState = new WeakMap<HostState, ReadonlyMap<string, readonly Item[]>>()
