import { contains } from '../../model/address.ts'
import { find, type Model, type Server, type Subnet, type Vpc } from '../../model/model.ts'
import { privateAddressesOf } from '../../model/node.ts'
import type { Arrival } from './admission.ts'
import { enteringBalancer } from './balancer-door.ts'
import { found, labelOf, type Finding } from './finding.ts'
import { through } from './groups.ts'
import { starting } from './repairs.ts'

/** What keeps a flow from whoever has its address in a VPC. */
export function arriving(model: Model, vpc: Vpc, arrival: Arrival): Finding[] {
  const { address } = arrival
  for (const member of model.members.get(vpc.id)?.values() ?? []) {
    switch (member.kind) {
      case 'server':
        if (member.now.address === address) return enteringServer(model, member, arrival)
        break
      case 'nic': {
        const server = member.now.address === address ? find(model, 'server', member.now.server) : undefined
        if (server) return enteringServer(model, server, arrival)
        break
      }
      case 'load-balancer':
        if (privateAddressesOf(member).includes(address)) return enteringBalancer(model, member, arrival)
        break
      // Whoever takes a virtual address is not known.
      case 'vip':
        if (member.now.address === address) return []
        break
      case 'subnet':
        if (member.now.gateway === address) return enteringRouter(vpc, member, arrival)
        break
    }
  }
  return [localRoute(model, vpc, address) ?? found('nobody-has-address', vpc, { address })]
}

/** A route to an address of the VPC's own range, which somebody has elsewhere: it is never asked. */
function localRoute(model: Model, vpc: Vpc, address: string): Finding | null {
  const { cidr } = vpc.now
  for (const table of model.members.get(vpc.id)?.values() ?? []) {
    if (table.kind !== 'route-table') continue
    const route = table.live.routes.find(
      ({ enabled, destination }) => enabled && contains(cidr, destination) && contains(destination, address),
    )
    if (!route) continue
    const { destination } = route
    return found('route-is-local', table, { destination, address, cidr, vpc: labelOf(vpc) })
  }
  return null
}

/** What a router has against a flow to a gateway: it answers pings there, and questions for the names of its VPC. */
function enteringRouter(vpc: Vpc, subnet: Subnet, { address, protocol, port }: Arrival): Finding[] {
  const names = vpc.live.dnsRecords.some(({ enabled }) => enabled)
  if (protocol === 'icmp' || (names && port === 53)) return []
  return [found('address-of-gateway', subnet, { address })]
}

/** What keeps a flow from a server that it has come to. */
export function enteringServer(model: Model, server: Server, arrival: Arrival): Finding[] {
  const { source: peer, protocol, port, admit } = arrival
  const off = server.now.power === 'off' ? [found('server-off', server, {}, starting(server))] : []
  const group = server.now.securityGroup
  return [...off, ...through(model, server, { direction: 'ingress', protocol, port, peer, admit: admit(group) })]
}
