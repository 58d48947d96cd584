import { flowStands } from '../host/flow-verdict.ts'
import { stateOf, type HostState, type Item, type Key } from '../host/item.ts'
import type { Packet } from '../host/packet.ts'
import { allFlows, flowOf, hasEnded } from './conntrack.ts'
import { Drains } from './drains.ts'
import { enter } from './netns.ts'
import { NetlinkSocket, protocol } from './netlink.ts'
import type { Space } from './space.ts'

/** A namespace as it would be. */
export interface PlannedSpace {
  readonly netns: string
  readonly items: readonly Item[]
}

/** Connections that would not stand. */
export interface Doomed {
  readonly total: number
  readonly pairs: readonly Pair[]
}

interface Pair {
  readonly netns: string
  readonly from: string
  readonly to: string
  readonly protocol: string
  /** 0 where the protocol has none. */
  readonly port: number
  readonly flows: number
}

/** What is there now: null where the namespace is not. */
type Look = (netns: string) => { readonly space: Space | null; readonly held: Iterable<readonly [Key, Item]> }

/** The connections that would be cut if namespaces held this instead. One that passes several of them is one. */
export async function doomedFlows(planned: readonly PlannedSpace[], most: number, look: Look): Promise<Doomed> {
  const pairs = new Map<string, Pair>()
  /** Each connection as whoever began it sees it. */
  const connections = new Set<string>()
  for (const { netns, items } of planned) {
    const { space, held } = look(netns)
    if (!space) continue
    const change = { before: new Map(held), after: stateOf(items) }
    await findDoomed(space, netns, change, ({ from, to, protocol: name, sport, dport }) => {
      connections.add([from, to, name, sport, dport].join(' '))
      const port = name === 'tcp' || name === 'udp' ? dport : 0
      const key = [netns, from, to, name, port].join(' ')
      pairs.set(key, { netns, from, to, protocol: name, port, flows: (pairs.get(key)?.flows ?? 0) + 1 })
    })
  }
  return { total: connections.size, pairs: [...pairs.values()].sort((a, b) => b.flows - a.flows).slice(0, most) }
}

async function findDoomed(
  space: Space,
  netns: string,
  { before, after }: { readonly before: HostState; readonly after: HostState },
  see: (first: Packet) => void,
): Promise<void> {
  const drains = drainsBetween(netns, before, after)
  const socket = enter(space.fd, () => new NetlinkSocket(protocol.netfilter))
  try {
    // There may be very many: others have their turn in between.
    await socket.scan(allFlows.type, allFlows.body, body => {
      const flow = flowOf(body)
      // With its namespace every flow goes.
      const stands = flow !== null && after.size > 0 && flowStands(after, netns, flow)
      if (flow && !stands && !hasEnded(body) && !drains.keeps(netns, flow, 0)) see(flow.original)
    })
  } finally {
    socket.close()
  }
}

/** Backends that would be taken out keep their connections for a while. */
function drainsBetween(netns: string, before: HostState, after: HostState): Drains {
  const [from, to] = [before, after].map(state => [...state.values()].find(isRules))
  const drains = new Drains()
  if (from && to) drains.turn(netns, from.ruleset, to.ruleset, 0)
  return drains
}

function isRules(item: Item): item is Extract<Item, { kind: 'ruleset' }> {
  return item.kind === 'ruleset' && item.ruleset.family === 'ip'
}
