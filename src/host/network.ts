import { contains, parseCidr } from '../model/address.ts'
import type { AddressItem, Condition, HostState, Item, RouteItem, RuleItem } from './item.ts'
import type { Ruleset } from './ruleset.ts'

/** An end of a link, or a bridge. */
interface Link {
  readonly bridge: string | null
  /** Null for a bridge, and for a link whose other end we do not have. */
  readonly peer: { readonly netns: string; readonly name: string } | null
}

/** A namespace as packets meet it. */
export interface Namespace {
  readonly name: string
  readonly for: string
  readonly sysctls: Readonly<Record<string, string>>
  readonly ruleset: Ruleset | null
  readonly links: ReadonlyMap<string, Link>
  readonly addresses: readonly AddressItem[]
  readonly routes: ReadonlyMap<number, readonly RouteItem[]>
  /** By priority. */
  readonly rules: readonly RuleItem[]
}

export type Network = ReadonlyMap<string, Namespace>

const networks = new WeakMap<HostState, Network>()

/** The namespaces of a machine, or of a part of it; read once per state. */
export function networkOf(state: HostState): Network {
  return networks.getOrInsertComputed(state, readNetwork)
}

function readNetwork(state: HostState): Network {
  const byNetns = Map.groupBy(state.values(), item => item.netns)
  const of = <K extends Item['kind']>(items: readonly Item[], kind: K) =>
    items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind)
  const links = linksOf(state)
  return new Map(
    [...byNetns].flatMap(([name, items]) => {
      const netns = of(items, 'netns')[0]
      // What stands in a namespace that is not part of this state is beyond our knowledge.
      if (!netns) return []
      const namespace: Namespace = {
        name,
        for: netns.for,
        sysctls: netns.sysctls,
        ruleset: of(items, 'ruleset').find(item => item.ruleset.family === 'ip')?.ruleset ?? null,
        links: links.get(name) ?? new Map(),
        addresses: of(items, 'address'),
        routes: Map.groupBy(of(items, 'route'), item => item.table),
        rules: of(items, 'rule').sort((a, b) => a.priority - b.priority),
      }
      return [[name, namespace]]
    }),
  )
}

function linksOf(state: HostState): ReadonlyMap<string, ReadonlyMap<string, Link>> {
  const links = new Map<string, Map<string, Link>>()
  const add = (netns: string, name: string, link: Link) =>
    links.getOrInsertComputed(netns, () => new Map()).set(name, link)
  for (const item of state.values()) {
    if (item.kind === 'bridge' || item.kind === 'macvlan') add(item.netns, item.name, { bridge: null, peer: null })
    if (item.kind === 'tap') add(item.netns, item.name, { bridge: item.bridge, peer: null })
    if (item.kind !== 'veth') continue
    add(item.netns, item.name, { bridge: item.bridge, peer: item.peer })
    add(item.peer.netns, item.peer.name, { bridge: item.peer.bridge, peer: item })
  }
  return links
}

/** Whether an address is the namespace's own. */
export function isLocal({ addresses }: Namespace, address: string): boolean {
  return addresses.some(each => each.address === address)
}

/** A route as a look-up finds it: an item's, or that of an address's own network. */
export interface Found {
  readonly type: RouteItem['type']
  readonly dev: string | null
  readonly via: string | null
  readonly destination: string
  readonly table: number
  readonly for: string
}

const mainTable = 254

/** The route for packets from a source (null: not chosen yet) to a destination, local addresses aside. */
export function lookUp(namespace: Namespace, from: string | null, to: string, how: Condition = {}): Found | null {
  for (const rule of [...namespace.rules, { from: 'all', table: mainTable }]) {
    const { from: prefix, table, iif, mark }: Condition & { from: string; table: number } = rule
    if ((iif !== undefined && iif !== how.iif) || (mark !== undefined && mark !== how.mark)) continue
    if (prefix !== 'all' && (from === null || !contains(prefix, from))) continue
    const found = longest(routesIn(namespace, table), to)
    if (found) return found
  }
  return null
}

function routesIn({ routes, addresses }: Namespace, table: number): Found[] {
  const connected = table === mainTable ? addresses.filter(each => each.length < 32) : []
  return [
    ...(routes.get(table) ?? []),
    ...connected.map(({ dev, address, length, for: owner }): Found => ({
      type: 'unicast',
      dev,
      via: null,
      destination: `${address}/${length}`,
      table,
      for: owner,
    })),
  ]
}

function longest(routes: readonly Found[], to: string): Found | null {
  return routes
    .filter(each => contains(each.destination, to))
    .reduce<Found | null>((best, each) => (best && bits(best) >= bits(each) ? best : each), null)
}

function bits({ destination }: Found): number {
  return parseCidr(destination).bits
}

/** The address that the kernel gives a packet that leaves by a link. */
export function sourceFor({ addresses }: Namespace, { dev, via, destination }: Found): string | null {
  const held = addresses.filter(each => each.dev === dev)
  const near = held.find(each => contains(`${each.address}/${each.length}`, via ?? destination))
  return (near ?? held[0])?.address ?? null
}

/** Where what is sent to a next hop by a link arrives: in a namespace by a link of it, outside, or nowhere. */
export function arrival(
  network: Network,
  { name, links }: Namespace,
  dev: string,
  nextHop: string,
): { readonly netns: Namespace; readonly iif: string } | 'outside' | 'nowhere' {
  const link = links.get(dev)
  if (!link) return 'nowhere'
  if (!link.peer)
    return [...links.values()].some(each => each.bridge === dev) ? onBridge(network, name, dev, nextHop) : 'outside'
  const other = network.get(link.peer.netns)
  if (!other) return 'outside'
  const end = other.links.get(link.peer.name)!
  if (end.bridge) return onBridge(network, other.name, end.bridge, nextHop)
  return answers(other, link.peer.name, nextHop) ? { netns: other, iif: link.peer.name } : 'nowhere'
}

/** Who on a bridge answers ARP for an address. Behind a tap device is a machine that we do not know. */
function onBridge(network: Network, netns: string, bridge: string, nextHop: string): ReturnType<typeof arrival> {
  const home = network.get(netns)!
  if (answers(home, bridge, nextHop)) return { netns: home, iif: bridge }
  const ports = [...home.links.values()].filter(each => each.bridge === bridge)
  for (const { peer } of ports) {
    const other = peer && network.get(peer.netns)
    if (other && answers(other, peer.name, nextHop)) return { netns: other, iif: peer.name }
  }
  return ports.some(each => each.peer === null) ? 'outside' : 'nowhere'
}

/** Whether a link holds an address: `arp_ignore` is on. */
function answers({ addresses }: Namespace, link: string, address: string): boolean {
  return addresses.some(each => each.dev === link && each.address === address)
}
