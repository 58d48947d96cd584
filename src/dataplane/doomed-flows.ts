import { flowStands } from '../host/flow-verdict.ts'
import { stateOf, type HostState, type Item, type Key } from '../host/item.ts'
import { allFlows, flowOf } from './conntrack.ts'
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

/** The connections that would be cut if namespaces held this instead. What passes several of them counts where most of it is. */
export async function doomedFlows(planned: readonly PlannedSpace[], most: number, look: Look): Promise<Doomed> {
  const pairs = new Map<string, Pair>()
  let total = 0
  for (const { netns, items } of planned) {
    const { space, held } = look(netns)
    if (!space) continue
    const found = await doomedIn(space, netns, stateOf(items), new Map(held))
    for (const [key, pair] of found) pairs.set(`${netns} ${key}`, pair)
    total = Math.max(
      total,
      [...found.values()].reduce((sum, { flows }) => sum + flows, 0),
    )
  }
  return { total, pairs: [...pairs.values()].sort((a, b) => b.flows - a.flows).slice(0, most) }
}

async function doomedIn(space: Space, netns: string, after: HostState, before: HostState): Promise<Map<string, Pair>> {
  const drains = drainsBetween(netns, before, after)
  const found = new Map<string, Pair>()
  // There may be very many: others have their turn in between.
  const socket = enter(space.fd, () => new NetlinkSocket(protocol.netfilter))
  try {
    await socket.scan(allFlows.type, allFlows.body, body => {
      const flow = flowOf(body)
      // With its namespace every flow goes.
      const stands = flow && after.size > 0 && flowStands(after, netns, flow)
      if (!flow || stands || drains.keeps(netns, flow, 0)) return
      const { from, to, protocol: name, dport } = flow.original
      const port = name === 'tcp' || name === 'udp' ? dport : 0
      const key = [from, to, name, port].join(' ')
      const pair = found.get(key)
      found.set(key, { netns, from, to, protocol: name, port, flows: (pair?.flows ?? 0) + 1 })
    })
  } finally {
    socket.close()
  }
  return found
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
