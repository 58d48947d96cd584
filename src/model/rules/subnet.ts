import { contains, parseCidr } from '../address.ts'
import { attachmentOf, find, type Model, type Subnet } from '../model.ts'
import type { Problem } from '../problem.ts'
import { usersOf, type Rules } from './rule.ts'
import { isUsable, regionProblems } from './zone.ts'

export const subnetRules: Rules<'subnet'> = {
  *whole(model, subnet) {
    const { vpc, cidr, gateway, routeTable } = subnet.now
    const { bits } = parseCidr(cidr)
    if (bits < 16 || bits > 29) yield { code: 'subnet-size', at: 'cidr' }
    const range = find(model, 'vpc', vpc)?.now.cidr
    if (range && !contains(range, cidr)) yield { code: 'outside-vpc', at: 'cidr', values: { range } }
    if (!isUsable(cidr, gateway)) yield { code: 'outside-subnet', at: 'gateway', values: { range: cidr } }
    const table = find(model, 'route-table', routeTable)
    if (table && table.now.vpc !== vpc) yield { code: 'other-vpc', at: 'routeTable', values: { id: table.id } }
    if (table && table.now.serves !== 'subnet')
      yield { code: 'wrong-table', at: 'routeTable', values: { id: table.id } }
    yield* addressProblems(model, subnet)
  },
}

function* addressProblems(model: Model, subnet: Subnet): Iterable<Problem> {
  const { cidr, gateway } = subnet.now
  const taken = new Map([[gateway, subnet.id]])
  for (const { id, address } of addressesIn(model, subnet.id)) {
    const other = taken.get(address)
    if (!isUsable(cidr, address)) yield { code: 'outside-subnet', at: 'address', resource: id, values: { range: cidr } }
    else if (other === undefined) taken.set(address, id)
    else {
      yield { code: 'address-taken', at: 'address', resource: id, values: { address, other } }
      if (other !== subnet.id)
        yield { code: 'address-taken', at: 'address', resource: other, values: { address, other: id } }
    }
  }
}

/** The addresses that servers and balancers have in a subnet. */
export function* addressesIn(
  model: Model,
  subnet: string,
): Iterable<{ readonly id: string; readonly address: string }> {
  for (const user of usersOf(model, subnet)) {
    if (user.kind !== 'server' && user.kind !== 'load-balancer') continue
    if (user.now.subnet === subnet && user.now.address !== null) yield { id: user.id, address: user.now.address }
  }
}

export const serverRules: Rules<'server'> = {
  *whole(model, server) {
    const { id, now } = server
    const vpc = find(model, 'subnet', now.subnet)?.now.vpc
    if (now.eip !== null) yield* regionProblems(model, [now.eip], vpc, () => 'eip')
    const what = attachmentOf(server)
    if (what === null) return
    const others = [...(model.byAttachment.get(what) ?? [])].filter(other => other !== id)
    for (const other of others.slice(0, 1)) yield { code: 'attach-taken', at: 'attach', values: { what, other } }
    if (now.attach.type === 'tap' && ownLinks.test(what))
      yield { code: 'own-link', at: 'attach.device', values: { what } }
  },
}

/** How links are named that a tap device may meet where it is moved to. */
const ownLinks = /^(lo|pub0|(br|l|n|p)-[0-9a-z]{8})$/
