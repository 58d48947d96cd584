import type { WireOf } from '../../client/wire.ts'
import type { Id } from '../../model/model.ts'
import type { Network } from './network.ts'
import { running } from './ways.ts'

/** Ports of a public address that lead to something private, by DNAT rules or port forwarding. */
interface Forward {
  readonly eip: Id
  /** The server or balancer that they lead to. */
  readonly to: Id
  /** `TCP 8080 → 80`, one of each rule. */
  readonly ports: readonly string[]
}

interface Rule {
  readonly protocol: string
  readonly port: number | string
  readonly toAddress: string
  readonly toPort: number | string
  readonly enabled: boolean
}

/** Where the public ports of routers and NAT gateways lead to, as it runs; those that lead to nothing known are left out. */
export function forwardsOf(network: Network): readonly Forward[] {
  const forwards = new Map<string, Forward>()
  const add = (vpc: Id, eip: Id | null, { protocol, port, toAddress, toPort, enabled }: Rule) => {
    const to = enabled && eip !== null ? holderOf(network, vpc, toAddress) : undefined
    if (to === undefined || eip === null) return
    const key = `${eip} ${to}`
    const ports = forwards.get(key)?.ports ?? []
    forwards.set(key, { eip, to, ports: [...ports, `${protocol.toUpperCase()} ${port} → ${toPort}`] })
  }
  for (const vpc of network.vpcs) for (const rule of running(vpc).portForwards) add(vpc.id, vpc.eip, rule)
  for (const gateway of network.natGateways) {
    for (const rule of running(gateway).dnatRules) add(gateway.vpc, rule.eip, rule)
  }
  return [...forwards.values()]
}

function holderOf({ servers, balancers, subnets }: Network, vpc: Id, address: string): Id | undefined {
  const near = new Set(subnets.filter(subnet => subnet.vpc === vpc).map(({ id }) => id))
  const holders: readonly (WireOf<'server'> | WireOf<'load-balancer'>)[] = [...servers, ...balancers]
  return holders.find(each => each.address === address && each.subnet !== null && near.has(each.subnet))?.id
}
