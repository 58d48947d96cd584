import { all, isJoined, type LoadBalancer, type Model, type Subnet } from '../../model/model.ts'
import { labelOf } from './finding.ts'
import type { Repair } from './repair.ts'
import { repaired } from './repair.ts'
import { effect, setting } from './repairs.ts'
import { wayOf } from './way.ts'

/** More subnets than this are not tried: a person must choose. */
const mostTried = 200

/**
 * Puts a balancer into the one subnet from which least keeps it from an address; where there are several, into the one whose VPC
 * guards its way out by the same group. Null where that leaves a choice.
 */
export function joining(
  model: Model,
  balancer: LoadBalancer,
  { address, port }: { readonly address: string; readonly port: number },
): Repair | null {
  const subnets = [...all(model, 'subnet')].filter(isJoined)
  if (subnets.length > mostTried) return null
  const repairTo = (subnet: Subnet) =>
    setting(balancer, { subnet: subnet.id }, [effect('moves', { it: labelOf(balancer), subnet: labelOf(subnet) })])
  const obstacles = subnets.flatMap(subnet => {
    const after = repaired(model, repairTo(subnet))
    const joined = after?.resources.get(balancer.id)
    if (!after || joined?.kind !== 'load-balancer' || joined.now.address === null) return []
    const to = { address, protocol: 'tcp', port } as const
    return [{ subnet, count: wayOf(after, joined, joined.now.address, to).length }]
  })
  const least = Math.min(...obstacles.map(({ count }) => count))
  const leading = obstacles.filter(({ count }) => count === least).map(({ subnet }) => subnet)
  const group = balancer.live.securityGroup
  const akin = leading.filter(({ now }) =>
    [...(model.members.get(now.vpc)?.values() ?? [])].some(
      member => (member.kind === 'vpc' || member.kind === 'nat-gateway') && member.live.securityGroup === group,
    ),
  )
  const [only, ...others] = leading.length === 1 ? leading : akin
  return only && others.length === 0 ? repairTo(only) : null
}
