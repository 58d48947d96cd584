import { createHash } from 'node:crypto'
import { stateOf, type HostState, type Item } from '../host/item.ts'
import { plan } from './plan.ts'

/** Every namespace of the simulated internet begins with this, so that nothing takes it for the product's. */
export const worldPrefix = 'cwx-'
/** The router in the middle. */
export const internet = `${worldPrefix}internet`
/** Where requests come from. */
export const clientNetns = `${worldPrefix}client`
/** The link that the operator of the simulated machine would name as uplink. */
export const worldUplink = 'uplink0'

/** A real HTTP server somewhere else. */
export interface WorldServer {
  readonly region: string
  readonly name: string
  readonly address: string
  readonly netns: string
}

export const worldServers: readonly WorldServer[] = plan.regions.flatMap(region =>
  region.servers.map((address, i) => ({
    region: region.name,
    name: `${region.name}-${i + 1}`,
    address,
    netns: `${worldPrefix}${region.name}-${i + 1}`,
  })),
)

/** A simulated internet: a router, the segment towards `machine` (a namespace by path), a client, and regions of servers. */
export function simulatedInternet(machine: string): HostState {
  return stateOf([
    ...router(machine),
    ...host(clientNetns, 'client', plan.client),
    ...plan.regions.flatMap(region => [...regionItems(region)]),
  ])
}

const owner = { for: 'world' }
const mtu = 1500

function* router(machine: string): Iterable<Item> {
  yield* namespace(internet, { 'ipv4/ip_forward': '1' })
  yield { ...owner, kind: 'netns', netns: machine, name: '', owned: false, sysctls: {} }
  const peer = { netns: machine, name: worldUplink, mac: macOf('machine'), bridge: null }
  yield { ...owner, kind: 'veth', netns: internet, name: 'edge', mtu, mac: macOf('edge'), bridge: null, peer }
  yield onLink(internet, 'edge', plan.upstream, 24)
}

function* regionItems(region: (typeof plan.regions)[number]): Iterable<Item> {
  const bridge = `br-${region.name}`
  yield { ...owner, kind: 'bridge', netns: internet, name: bridge, mac: macOf(bridge), mtu }
  yield onLink(internet, bridge, region.gateway, region.length)
  for (const server of worldServers.filter(each => each.region === region.name)) {
    yield* member(server.netns, server.name, bridge)
    yield onLink(server.netns, 'eth0', server.address, region.length)
    yield defaultRoute(server.netns, region.gateway)
  }
}

function* host(
  netns: string,
  link: string,
  at: { readonly address: string; readonly gateway: string; readonly length: number },
): Iterable<Item> {
  yield* member(netns, link, null)
  yield onLink(internet, link, at.gateway, at.length)
  yield onLink(netns, 'eth0', at.address, at.length)
  yield defaultRoute(netns, at.gateway)
}

/** A namespace with one link to the router. */
function* member(netns: string, link: string, bridge: string | null): Iterable<Item> {
  yield* namespace(netns, {})
  const peer = { netns: internet, name: link, mac: macOf(`${link} peer`), bridge }
  yield { ...owner, kind: 'veth', netns, name: 'eth0', mtu, mac: macOf(link), bridge: null, peer }
}

/** A namespace that filters nothing: out there, anything goes. */
function* namespace(netns: string, sysctls: Readonly<Record<string, string>>): Iterable<Item> {
  yield { ...owner, kind: 'netns', netns, name: '', owned: true, sysctls }
  yield { ...owner, kind: 'ruleset', netns, name: '', ruleset: { family: 'ip', sets: [], chains: [] } }
}

function onLink(netns: string, dev: string, at: string, length: number): Item {
  return { ...owner, kind: 'address', netns, name: `${dev} ${at}/${length}`, dev, address: at, length }
}

function defaultRoute(netns: string, via: string): Item {
  return {
    ...owner,
    kind: 'route',
    netns,
    name: '254 0.0.0.0/0',
    table: 254,
    destination: '0.0.0.0/0',
    type: 'unicast',
    dev: 'eth0',
    via,
  }
}

function macOf(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex')
  return `06:${hash.slice(0, 10).replaceAll(/..(?=.)/g, '$&:')}`
}
