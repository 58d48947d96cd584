import {
  get,
  type Id,
  type LoadBalancer,
  type Model,
  type NatGateway,
  type Resource,
  type ResourceOf,
  type RouteTable,
  type Server,
  type Subnet,
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

/** A VPC and all that lies in it, in the order of ids: what one shard is compiled from. */
export interface VpcPart {
  readonly host: HostConfig
  readonly look: Look
  readonly vpc: Vpc
  readonly subnets: readonly Subnet[]
  readonly routeTables: readonly RouteTable[]
  /** Without those that are off, as with servers and balancers. */
  readonly natGateways: readonly NatGateway[]
  readonly servers: readonly Server[]
  readonly balancers: readonly LoadBalancer[]
}

/** The part of a VPC among its members. */
export function partOf(host: HostConfig, look: Look, members: Iterable<Resource>): VpcPart {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
  const running = sorted.filter(each => !('power' in each.now) || each.now.power === 'on')
  const only = <K extends KindName>(list: readonly Resource[], kind: K) =>
    list.filter(each => each.kind === kind) as unknown as ResourceOf<K>[]
  return {
    host,
    look,
    vpc: only(sorted, 'vpc')[0]!,
    subnets: only(running, 'subnet'),
    routeTables: only(running, 'route-table'),
    natGateways: only(running, 'nat-gateway'),
    servers: only(running, 'server'),
    balancers: only(running, 'load-balancer'),
  }
}

/** The public addresses of EIPs, in their order. */
export function addressesOf(look: Look, eips: readonly Id[]): string[] {
  return eips.map(id => look('eip', id).now.address)
}

/** The servers that hold a public address of their own, with it. */
export function* publicServers(part: Pick<VpcPart, 'servers' | 'look'>): Iterable<{ server: Server; eip: string }> {
  for (const server of part.servers) {
    if (server.now.eip) yield { server, eip: part.look('eip', server.now.eip).now.address }
  }
}

/** The address that a VPC's subnets share for source NAT; null where it has none, or its type has no way out. */
export function sharedAddress({ vpc, look }: Pick<VpcPart, 'vpc' | 'look'>): string | null {
  return vpc.now.eip && vpc.now.type !== 'free' ? look('eip', vpc.now.eip).now.address : null
}
