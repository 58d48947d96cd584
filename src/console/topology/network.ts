import type { Client } from '../../client/api-client.ts'
import type { WireOf } from '../../client/wire.ts'
import type { KindName } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'

/** Everything that the picture is drawn from, as the API shows it. */
export interface Network {
  readonly vpcs: readonly WireOf<'vpc'>[]
  readonly subnets: readonly WireOf<'subnet'>[]
  readonly routeTables: readonly WireOf<'route-table'>[]
  readonly natGateways: readonly WireOf<'nat-gateway'>[]
  readonly balancers: readonly WireOf<'load-balancer'>[]
  readonly servers: readonly WireOf<'server'>[]
  readonly eips: readonly WireOf<'eip'>[]
}

/** Reads one VPC with everything in it, or everything that there is. Balancers without a subnet are in no VPC. */
export async function readNetwork(server: Client, vpc: Id | null): Promise<Network> {
  const list = <K extends KindName>(kind: K) => collected(server.all(kind, vpc === null ? {} : { vpc }))
  const [vpcs, subnets, routeTables, natGateways, balancers, servers, eips] = await Promise.all([
    vpc === null ? list('vpc') : server.get('vpc', vpc).then(one => [one]),
    list('subnet'),
    list('route-table'),
    list('nat-gateway'),
    list('load-balancer'),
    list('server'),
    collected(server.all('eip')),
  ])
  const held = heldBy({ vpcs, natGateways, balancers, servers })
  return {
    vpcs,
    subnets,
    routeTables,
    natGateways,
    balancers,
    servers,
    eips: vpc === null ? eips : eips.filter(({ id }) => held.has(id)),
  }
}

function heldBy({
  vpcs,
  natGateways,
  balancers,
  servers,
}: Pick<Network, 'vpcs' | 'natGateways' | 'balancers' | 'servers'>): ReadonlySet<Id> {
  const single = [...vpcs, ...servers].flatMap(({ eip }) => eip ?? [])
  return new Set([...single, ...[...natGateways, ...balancers].flatMap(({ eips }) => eips)])
}

async function collected<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = []
  for await (const item of pages) items.push(item)
  return items
}
