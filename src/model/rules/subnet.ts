import { contains, parseCidr } from '../address.ts'
import { find, type Id, type Model, type Resource, type Server, type Subnet } from '../model.ts'
import type { Problem } from '../problem.ts'
import { usersOf, type Rules } from './rule.ts'
import { isUsable } from './zone.ts'

export const subnetRules: Rules<'subnet'> = {
  *whole(model, subnet) {
    const { type, vpc, cidr, gateway, routeTable } = subnet.now
    const attributes = ['cidr', 'gateway', 'routeTable'] as const
    for (const at of attributes) {
      if ((subnet.now[at] === null) !== (vpc === null)) yield { code: vpc === null ? 'needs-vpc' : 'missing', at }
    }
    if (vpc !== null && type === 'self-managed') yield { code: 'self-managed', at: 'vpc' }
    const table = find(model, 'route-table', routeTable)
    if (table && table.now.vpc !== vpc) yield { code: 'other-vpc', at: 'routeTable', values: { id: table.id } }
    if (table && table.now.serves !== 'subnet')
      yield { code: 'wrong-table', at: 'routeTable', values: { id: table.id } }
    if (cidr === null) yield* strayAddressProblems(model, subnet)
    else {
      const { bits } = parseCidr(cidr)
      if (bits < 16 || bits > 29) yield { code: 'subnet-size', at: 'cidr' }
      const range = find(model, 'vpc', vpc)?.now.cidr
      if (range && !contains(range, cidr)) yield { code: 'outside-vpc', at: 'cidr', values: { range } }
      if (gateway !== null && !isUsable(cidr, gateway))
        yield { code: 'outside-subnet', at: 'gateway', values: { range: cidr } }
      yield* addressProblems(model, subnet, cidr)
    }
  },
}

/** Balancers say themselves that they need an address, or a VPC. */
function* addressProblems(model: Model, subnet: Subnet, cidr: string): Iterable<Problem> {
  const { gateway } = subnet.now
  const taken = new Map(gateway === null ? [] : [[gateway, { id: subnet.id, at: 'gateway' }]])
  for (const { id, kind, address, at } of membersOf(model, subnet.id)) {
    if (address === null) {
      if (kind !== 'load-balancer') yield { code: 'missing', at, resource: id }
      continue
    }
    const other = taken.get(address)
    if (!isUsable(cidr, address)) yield { code: 'outside-subnet', at, resource: id, values: { range: cidr } }
    else if (other === undefined) taken.set(address, { id, at })
    else {
      yield { code: 'address-taken', at, resource: id, values: { address, other: other.id } }
      if (other.id !== subnet.id && other.id !== id)
        yield { code: 'address-taken', at: other.at, resource: other.id, values: { address, other: id } }
    }
  }
}

function* strayAddressProblems(model: Model, subnet: Subnet): Iterable<Problem> {
  for (const { id, kind, address, at } of membersOf(model, subnet.id)) {
    if (address !== null && kind !== 'load-balancer')
      yield { code: 'in-no-vpc', at, resource: id, values: { id: subnet.id } }
  }
}

interface Member {
  readonly id: Id
  readonly kind: Resource['kind']
  readonly address: string | null
  /** Where it says so. */
  readonly at: string
}

/** What is in a subnet, or keeps an address there; a balancer once for every node. */
export function* membersOf(model: Model, subnet: Id): Iterable<Member> {
  for (const { id, kind, now } of usersOf(model, subnet)) {
    if (!('subnet' in now) || now.subnet !== subnet) continue
    yield { id, kind, address: now.address, at: 'address' }
    if (!('nodeAddresses' in now)) continue
    for (const [i, address] of now.nodeAddresses.entries()) yield { id, kind, address, at: `nodeAddresses[${i}]` }
  }
}

/**
 * What is wrong with using a server or a subnet from within a VPC: it is in another, or in none. One whose own private network
 * is gone says so itself.
 */
export function* memberProblems(
  model: Model,
  vpc: Id | undefined,
  used: Server | Subnet,
  at: string,
): Iterable<Problem> {
  const subnet =
    used.kind === 'subnet' ? used : used.now.subnet === null ? null : find(model, 'subnet', used.now.subnet)
  if (subnet === null || subnet?.now.vpc === null) yield { code: 'in-no-vpc', at, values: { id: used.id } }
  else if (subnet && subnet.now.vpc !== vpc) yield { code: 'other-vpc', at, values: { id: used.id } }
}
