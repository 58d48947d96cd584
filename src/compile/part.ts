import {
  get,
  isJoined,
  type Id,
  type JoinedSubnet,
  type LoadBalancer,
  type Model,
  type NatGateway,
  type Nic,
  type Resource,
  type ResourceOf,
  type RouteTable,
  type Server,
  type Vip,
  type Vpc,
} from '../model/model.ts'
import type { KindName } from '../model/kinds.ts'
import type { HostConfig } from './host-config.ts'

/** Looks up what a shard shares with others: EIPs, groups, sets. Whoever looks depends on what was found. */
export type Look = <K extends KindName>(kind: K, id: Id) => ResourceOf<K>

/** A look that notes in `seen` what it gave away. */
export function looking(model: Model, seen: Map<Id, Resource | undefined>): Look {
  return (kind, id) => {
    seen.set(id, model.resources.get(id))
    return get(model, kind, id)
  }
}

/** What has an address in a subnet of the VPC. */
type Placed<R extends Server | Nic | Vip> = R & { readonly now: { readonly subnet: Id; readonly address: string } }
export type PlacedServer = Placed<Server>
/** An interface that is in a running server of the VPC. */
type PlacedNic = Placed<Nic> & { readonly now: { readonly server: Id; readonly sequence: number } }

/** A VPC and all that lies in it, in the order of ids: what one shard is compiled from. */
export interface VpcPart {
  readonly host: HostConfig
  readonly look: Look
  readonly vpc: Vpc
  readonly subnets: readonly JoinedSubnet[]
  readonly routeTables: readonly RouteTable[]
  /** Without those that are off, as with servers and balancers. */
  readonly natGateways: readonly NatGateway[]
  readonly servers: readonly PlacedServer[]
  readonly nics: readonly PlacedNic[]
  readonly vips: readonly Placed<Vip>[]
  readonly balancers: readonly LoadBalancer[]
  /** Those that show backends the clients of their public addresses as who they are. */
  readonly showing: readonly LoadBalancer[]
}

/** The part of a VPC among its members. */
export function partOf(host: HostConfig, look: Look, members: Iterable<Resource>): VpcPart {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
  const running = sorted.filter(each => !('power' in each.now) || each.now.power === 'on')
  const only = <K extends KindName>(list: readonly Resource[], kind: K) =>
    list.filter(each => each.kind === kind) as unknown as ResourceOf<K>[]
  const servers = only(running, 'server').filter(isPlaced)
  const balancers = only(running, 'load-balancer')
  return {
    host,
    look,
    vpc: only(sorted, 'vpc')[0]!,
    subnets: only(running, 'subnet').filter(isJoined),
    routeTables: only(running, 'route-table'),
    natGateways: only(running, 'nat-gateway'),
    servers,
    nics: only(running, 'nic').filter((nic): nic is PlacedNic => servers.some(({ id }) => id === nic.now.server)),
    vips: only(running, 'vip').filter(isPlaced),
    balancers,
    showing: balancers.filter(showsClients),
  }
}

function showsClients({ now, live }: LoadBalancer): boolean {
  const shows = live.listeners.some(each => each.enabled && each.options.includes('transparent'))
  return shows && now.subnet !== null && now.eips.length > 0
}

/** In a checked model, whatever is a member of a VPC. */
function isPlaced<R extends Server | Nic | Vip>(resource: R): resource is Placed<R> {
  return resource.now.subnet !== null && resource.now.address !== null
}

/** The public addresses of EIPs, in their order. */
export function addressesOf(look: Look, eips: readonly Id[]): string[] {
  return eips.map(id => look('eip', id).now.address)
}

/** The servers that hold a public address of their own, with it. */
export function* publicServers(
  part: Pick<VpcPart, 'servers' | 'look'>,
): Iterable<{ server: PlacedServer; eip: string }> {
  for (const server of part.servers) {
    if (server.now.eip) yield { server, eip: part.look('eip', server.now.eip).now.address }
  }
}

/** The address that a VPC's subnets share for source NAT; null where it has none, or its type has no way out. */
export function sharedAddress({ vpc, look }: Pick<VpcPart, 'vpc' | 'look'>): string | null {
  return vpc.now.eip && vpc.now.type !== 'free' ? look('eip', vpc.now.eip).now.address : null
}
