import { addressText, hostsOf, parseCidr } from './address.ts'
import { addressBlock, get, type Id, type JoinedSubnet, type Model, type Zone } from './model.ts'
import { membersOf } from './rules/subnet.ts'
import { poolsOf } from './rules/zone.ts'

/** The first address of a subnet that neither its gateway nor a member has; undefined when it is full. */
export function freeAddress(model: Model, subnet: JoinedSubnet): string | undefined {
  const taken = new Set([...membersOf(model, subnet.id)].map(each => each.address))
  taken.add(subnet.now.gateway)
  for (const host of hostsOf(subnet.now.cidr)) if (!taken.has(host)) return host
  return undefined
}

/** The first public address of a region, or of one pool there, that no EIP has; undefined when none is left. */
export function freePublicAddress(model: Model, zone: Zone, pool: string | null): string | undefined {
  for (const { addresses, reserved } of poolsOf(zone, pool)) {
    const kept = new Set(reserved)
    for (const prefix of addresses) {
      const free = freeWithin(model, prefix, kept)
      if (free !== undefined) return free
    }
  }
  return undefined
}

function freeWithin({ byAddress }: Model, prefix: string, kept: ReadonlySet<string>): string | undefined {
  const { first, last, bits } = parseCidr(prefix)
  const [from, to] = bits >= 31 ? [first, last] : [first + 1, last - 1]
  for (let n = from; n <= to;) {
    const block = byAddress.get(Math.floor(n / addressBlock))
    if (block?.size === addressBlock) {
      n += addressBlock - (n % addressBlock)
      continue
    }
    const address = addressText(n++)
    if (!kept.has(address) && !block?.has(address)) return address
  }
  return undefined
}

/** The group that is used where none is named; undefined before there is one. */
export function defaultGroup(model: Model): Id | undefined {
  const ids = model.byKind.get('security-group')
  if (!ids) return undefined
  if (!defaults.has(ids))
    defaults.set(
      ids,
      ids.find(id => get(model, 'security-group', id).now.isDefault),
    )
  return defaults.get(ids)
}

/** Kept by the set of groups, which changes only when one comes or goes; being the default cannot change. */
const defaults = new WeakMap<object, Id | undefined>()

/** The table of a VPC's subnets that name no other. */
export function defaultTable(model: Model, vpc: Id): Id | undefined {
  return model.members.get(vpc)?.find(member => member.kind === 'route-table' && member.now.isDefault)?.id
}
