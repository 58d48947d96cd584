import { find, type LoadBalancer, type Model, type NatGateway } from '../../model/model.ts'
import { privateAddressesOf } from '../../model/node.ts'
import { routeFor } from '../../model/route-choice.ts'
import { natSizes } from '../../compile/nat-gateway.ts'
import { tablesOf } from './balancer-tables.ts'
import { found, labelOf, type Finding } from './finding.ts'
import { effect, setting } from './repairs.ts'

/** From so much of its limit on, a gateway counts as full: a figure is seconds old when it is read. */
const full = 0.98

/** The NAT gateway on a balancer's way to an address, where it carries all the connections that it may. */
export function* fullGateway(
  model: Model,
  balancer: LoadBalancer,
  address: string,
  connectionsOf: (gateway: string) => number | undefined,
): Iterable<Finding> {
  const [from = ''] = privateAddressesOf(balancer)
  const hop = tablesOf(model, balancer)
    .map(table => routeFor(table.live, from, address)?.nextHop)
    .find(each => each !== undefined)
  const gateway = hop?.type === 'nat-gateway' ? find(model, 'nat-gateway', hop.id) : undefined
  const connections = gateway && connectionsOf(gateway.id)
  if (!gateway || connections === undefined || connections < full * natSizes[gateway.now.size].connections) return
  yield found('connections-full', gateway, { connections: String(Math.round(connections)) }, enlarging(gateway))
}

const larger = { small: 'medium', medium: 'large', large: null } as const

function enlarging(gateway: NatGateway) {
  const size = larger[gateway.now.size]
  if (size === null) return null
  return setting(gateway, { size }, [effect('resizes', { it: labelOf(gateway), from: gateway.now.size, to: size })])
}
