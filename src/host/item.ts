import type { ProxyConfig } from './proxy.ts'
import type { Ruleset } from './ruleset.ts'

interface Base {
  /** The network namespace that it lives in, by name (`cw-…`), or by path (`/…`) for a server that brought its own. */
  readonly netns: string
  /** Unique among the items of its kind in its namespace; what cannot be changed in place belongs in it. */
  readonly name: string
  /** The id of the resource that it serves. */
  readonly for: string
}

/** A network namespace of ours; `sysctls` are paths below /proc/sys/net with values. Its name is ''. */
export interface NetnsItem extends Base {
  readonly kind: 'netns'
  readonly sysctls: Readonly<Record<string, string>>
  /** False where the namespace is somebody else's and only must exist: never created, never deleted. */
  readonly owned: boolean
  /** Addresses that whoever lives here may put on our links and take off again. */
  readonly mayTake?: readonly string[]
}

/** Our nftables table in a namespace: named '' for what it routes (family ip), `bridge` for what its bridges carry. */
export interface RulesetItem extends Base {
  readonly kind: 'ruleset'
  readonly name: '' | 'bridge'
  readonly ruleset: Ruleset
}

/** A bridge with a fixed MAC; up. */
export interface BridgeItem extends Base {
  readonly kind: 'bridge'
  readonly mac: string
  readonly mtu: number
}

/** A link that may lead to machines of others. */
interface Uplink {
  /** How long at most it waits before it answers ARP for others; where left out, as long as the kernel likes. */
  readonly proxyDelayMs?: number
}

/** One end of a veth pair and its peer, both up. Declared once, on the side whose namespace comes first in the chain of ownership. */
export interface VethItem extends Base, Uplink {
  readonly kind: 'veth'
  readonly mtu: number
  readonly mac: string
  /** The bridge in `netns` that it is a port of. */
  readonly bridge: string | null
  readonly peer: { readonly netns: string; readonly name: string; readonly mac: string; readonly bridge: string | null }
}

/** A macvlan (bridge mode) on an interface of the machine's own namespace, moved into `netns`; up. */
export interface MacvlanItem extends Base, Uplink {
  readonly kind: 'macvlan'
  readonly parent: string
  readonly mtu: number
}

/** An existing tap device of the machine's own namespace, moved into `netns` as a port of `bridge`; up. */
export interface TapItem extends Base {
  readonly kind: 'tap'
  readonly bridge: string
}

/** An IPv4 address with its prefix length on a link. Its name is `<dev> <address>/<length>`. */
export interface AddressItem extends Base {
  readonly kind: 'address'
  readonly dev: string
  readonly address: string
  readonly length: number
}

/** A route in a table. Its name is `<table> <destination>`. */
export interface RouteItem extends Base {
  readonly kind: 'route'
  readonly table: number
  readonly destination: string
  /** Unreachable answers with ICMP; blackhole is silent. */
  readonly type: 'unicast' | 'unreachable' | 'blackhole'
  /** Null on routes that are not unicast. */
  readonly dev: string | null
  /** The next hop, taken to be on the link whatever the addresses say; null when the destination itself is. */
  readonly via: string | null
}

/** The table that the kernel keeps, of a namespace's own addresses. */
export const localTable = 255

/** A policy rule. Its name is {@link ruleName}; `from` is a prefix, or `all`. */
export interface RuleItem extends Base, Condition {
  readonly kind: 'rule'
  readonly priority: number
  readonly from: string
  readonly table: number
}

/** What else packets must be like for a policy rule. */
export interface Condition {
  /** The link that they come by; `lo` for those of the namespace itself. Asked for the way back of a packet, the link that it leaves by. */
  readonly iif?: string
  /** What rules of a ruleset marked them with. */
  readonly mark?: number
}

/** What makes a policy rule another one. */
export function ruleName({ priority, from, table, iif, mark }: Omit<RuleItem, keyof Base | 'kind'>): string {
  const more = [...(iif === undefined ? [] : [`iif ${iif}`]), ...(mark === undefined ? [] : [`mark ${mark}`])]
  return [priority, from, table, ...more].join(' ')
}

/** The shaping of what leaves by a link: one class per address. Its name is the link's. */
export interface ShaperItem extends Base {
  readonly kind: 'shaper'
  readonly classes: readonly {
    /** Whether the class's address is looked for as source or as destination. */
    readonly match: 'src' | 'dst'
    readonly address: string
    readonly kbit: number
  }[]
}

/** An HAProxy process in a namespace: a node of a balancer, whose name it bears. */
export interface ProxyItem extends Base {
  readonly kind: 'proxy'
  readonly config: ProxyConfig
}

/**
 * Answers DNS queries at addresses of its namespace, by UDP and TCP: names with their addresses, and addresses with their names. Its
 * name is ''. Ends with the process that put it.
 */
export interface ResolverItem extends Base {
  readonly kind: 'resolver'
  readonly name: ''
  readonly listen: readonly string[]
  /** Names in lower case, each once. */
  readonly records: readonly { readonly name: string; readonly addresses: readonly string[] }[]
}

/** Something that a machine should hold, or holds. Plain data. */
export type Item =
  | NetnsItem
  | RulesetItem
  | BridgeItem
  | VethItem
  | MacvlanItem
  | TapItem
  | AddressItem
  | RouteItem
  | RuleItem
  | ShaperItem
  | ResolverItem
  | ProxyItem

/** The rulesets of its namespace that must be there before a link is. */
export function guardsOf(link: Item): readonly RulesetItem['name'][] {
  return link.kind === 'tap' ? ['', 'bridge'] : ['']
}

/** Whether processes do it, and not the kernel. */
export function isServed({ kind }: Item): boolean {
  return kind === 'proxy' || kind === 'resolver'
}

export type ItemKind = Item['kind']
export type Key = `${ItemKind} ${string} ${string}`

/** Identity of an item: two items with one key are versions of one thing. */
export function keyOf(item: Pick<Item, 'kind' | 'netns' | 'name'>): Key {
  return `${item.kind} ${item.netns} ${item.name}`
}

/** What a machine should hold, or holds, by key. */
export type HostState = ReadonlyMap<Key, Item>

/** A host state from its items. Two different items with one key are a bug and throw. */
export function stateOf(items: Iterable<Item>): HostState {
  const state = new Map<Key, Item>()
  for (const item of items) {
    const key = keyOf(item)
    if (state.has(key)) throw new Error(`two items with key ${key}`)
    state.set(key, item)
  }
  return state
}

/**
 * The state of a whole machine in parts that change apart: `edge` (the uplink) and one per VPC or
 * stand-alone balancer, by id. A part that did not change is the same object as before.
 */
export type Shards = ReadonlyMap<string, HostState>

/** The order of creation. A ruleset ranks right after its namespace: no link comes up without its guard. */
export const rank: Readonly<Record<ItemKind, number>> = {
  netns: 0,
  ruleset: 1,
  bridge: 2,
  macvlan: 3,
  veth: 3,
  tap: 3,
  address: 4,
  route: 5,
  rule: 6,
  shaper: 7,
  resolver: 8,
  proxy: 9,
}
