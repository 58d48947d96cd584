import { contains } from '../../model/address.ts'
import { find, get, vpcOf, type Id, type Model } from '../../model/model.ts'
import { privateAddressesOf } from '../../model/node.ts'
import { routeFor } from '../../model/route-choice.ts'
import { tablesOf } from './balancer-tables.ts'

/** What carries what a sender in a VPC sends to an address outside: a NAT gateway, a router, or its own public IP. */
export function carriersOf(model: Model, sender: Id, address: string): readonly Id[] {
  const from = find(model, 'load-balancer', sender) ?? find(model, 'server', sender)
  const vpc = from && find(model, 'vpc', vpcOf(model, from))
  if (!from || !vpc || contains(vpc.now.cidr, address)) return []
  if (from.kind === 'server' && from.now.eip !== null) return [from.now.eip]
  const subnet = find(model, 'subnet', from.now.subnet)
  const tables =
    from.kind === 'load-balancer' ? tablesOf(model, from) : [subnet?.now.routeTable].flatMap(id => id ?? [])
  const [source = ''] = from.kind === 'load-balancer' ? privateAddressesOf(from) : [from.now.address ?? '']
  const hop = tables
    .map(table => (typeof table === 'string' ? get(model, 'route-table', table) : table))
    .map(table => routeFor(table.live, source, address)?.nextHop)
    .find(each => each !== undefined)
  if (hop?.type === 'nat-gateway' || hop?.type === 'router') return [hop.id]
  return hop === undefined && from.kind === 'server' ? [vpc.id] : []
}
