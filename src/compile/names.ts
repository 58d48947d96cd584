import { createHash } from 'node:crypto'
import { localTable } from '../host/item.ts'
import { publicFlow } from '../host/spread.ts'
import { macFor } from '../model/mac.ts'
import type { Id } from '../model/model.ts'

export { macAt } from '../model/mac.ts'

/** The namespace that owns the uplink. */
export const edgeNetns = 'cw-edge'
/** The shard of the uplink. */
export const edgeShard = 'edge'

/** The namespace of an appliance. */
export const netnsOf = (id: Id): string => `cw-${id}`

/** Names of links; at most 15 bytes. */
export const links = {
  /** In the edge: the way to the internet. */
  uplink: 'uplink',
  /** In an appliance: the way to the edge. */
  public: 'pub0',
  /** In the edge: the way to an appliance. */
  ofAppliance: (id: Id) => id,
  /** In a NAT gateway, and in a balancer that shows clients as who they are: the way to the router. */
  vpc: 'vpc0',
  /** In a router: the way to a NAT gateway. */
  transit: (natGateway: Id) => `n-${tail(natGateway)}`,
  /** In a router: the way of clients whom a balancer shows as who they are. */
  shown: (balancer: Id) => `w-${tail(balancer)}`,
  /** In a router: a subnet. */
  bridge: (subnet: Id) => `br-${tail(subnet)}`,
  /** In a balancer: the way to its subnet. */
  subnet: 'sub0',
  /** In a router: the port of a balancer. */
  balancerPort: (balancer: Id) => `l-${tail(balancer)}`,
  /** In a server's own namespace. */
  server: 'eth0',
  /** In a namespace that a server brought with it. */
  guest: 'cw0',
  /** In a router: the port of a server. */
  serverPort: (server: Id) => `p-${tail(server)}`,
  /** In a server's own namespace: one more interface. */
  serverNic: (sequence: number) => `eth${sequence}`,
  /** The same in a namespace that a server brought with it. */
  guestNic: (sequence: number) => `cw${sequence}`,
  /** In a router: the port of such an interface. */
  nicPort: (nic: Id) => `e-${tail(nic)}`,
} as const

/** The edge's address on every link to an appliance. */
export const edgeAddress = '169.254.0.1'

/** Routing tables. Those of route tables are numbered from 1000 by {@link placesOf}, those of interfaces from the one named. */
export const tables = { main: 254, local: localTable, public: 100, none: 101, shown: 102, nic: 300 } as const
export const firstRouteTable = 1000
/** In a router, the tables of balancers that show clients as who they are; those of route tables are smaller. */
export const firstAnswerTable = 2 ** 31

/** The order in which policy rules are asked. */
export const priorities = {
  connected: 100,
  /** What is marked: flows that the kernel spreads, between clients and a balancer's public addresses; in a router, their answers. */
  marked: 150,
  /** The namespace's own addresses, where rules that come before spare most packets that question. */
  local: 160,
  ownAddress: 200,
  serverWithEip: 300,
  balancerTable: 400,
  nic: 500,
  /** Plus 32 less the length of the source: the narrowest first. */
  source: 1000,
  subnet: 2000,
  noFallback: 2900,
  fallback: 3000,
} as const

/** Where in a hook our chains stand; the kernel's conntrack is at −200. */
export const hooks = { guard: -150, dstnat: -100, steer: -50, filter: 0, late: 10, srcnat: 100, lastLook: 150 } as const

/** What packets are marked with for routing; slots, which are marks before that, are smaller. In a router, those of balancers are numbered from the last. */
export const marks = { public: publicFlow, shown: 0x20000, answers: 0x100000 } as const

/** What conntrack marks flows of spreads with, by {@link placesOf}: never one of the marks above. */
export const firstSpreadMark = 2 ** 24
export const spreadMarks = 2 ** 29

/** The counter of what something refused. */
export const refusedBy = (id: Id): string => `refused-${id}`
/** The counter of what came to a listener that had no backend left. */
export const unservedBy = (id: Id): string => `unserved-${id}`

/** What a counter of that name counts, and of whom; null where that is nobody's meter. */
export function countedBy(counter: string): { readonly what: 'refused' | 'unserved'; readonly id: Id } | null {
  const [, what, id = ''] = /^(refused|unserved)-(.*)$/.exec(counter) ?? []
  return what === 'refused' || what === 'unserved' ? { what, id } : null
}

/** A MAC address of our own for one end of a link. */
export function macOf(netns: string, link: string): string {
  return macFor(`${netns} ${link}`)
}

/**
 * A number below `size` for each name, mostly the same whatever the other names are: two that fall on one place move
 * apart in the order of their names.
 */
export function placesOf(names: Iterable<string>, size: number): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  const taken = new Set<number>()
  for (const name of [...new Set(names)].sort()) {
    let place = hash(name).readUInt32BE() % size
    while (taken.has(place)) place = (place + 1) % size
    taken.add(place)
    places.set(name, place)
  }
  return places
}

function tail(id: Id): string {
  return id.slice(id.lastIndexOf('-') + 1)
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
