import { contains, parseCidr } from '../address.ts'
import { eipsAt, find, type Eip, type Id, type Model, type Resource, type Zone } from '../model.ts'
import type { Problem } from '../problem.ts'
import { usersOf, type Rules } from './rule.ts'

export const eipRules: Rules<'eip'> = {
  *whole(model, eip) {
    yield* addressProblems(model, eip)
    const others = [...eipsAt(model, eip.now.address)].filter(id => id !== eip.id)
    for (const other of others.slice(0, 1)) {
      yield { code: 'address-taken', at: 'address', values: { address: eip.now.address, other } }
    }
    const holders = holdersOf(model, eip.id)
    if (holders.length < 2) return
    for (const { holder, at } of holders) {
      const other = holders.find(each => each.holder !== holder)?.holder.id
      if (other) yield { code: 'eip-in-use', at, resource: holder.id, values: { id: eip.id, other } }
    }
  },
}

function* addressProblems(model: Model, { now }: Eip): Iterable<Problem> {
  const zone = find(model, 'zone', now.zone)
  if (!zone) return
  const pools = poolsOf(zone, now.pool)
  if (pools.length === 0 && now.pool !== null) {
    yield { code: 'no-pool', at: 'pool', values: { zone: zone.id, pool: now.pool } }
  } else if (!pools.some(pool => givesOut(pool, now.address))) {
    yield { code: 'outside-pool', at: 'address', values: { zone: zone.id } }
  }
}

/** The pools that an EIP may come from: those of a name, or all. */
export function poolsOf(zone: Zone, name: string | null): Zone['now']['pools'] {
  return zone.now.pools.filter(pool => name === null || pool.name === name)
}

function givesOut(pool: Zone['now']['pools'][number], address: string): boolean {
  return !pool.reserved.includes(address) && pool.addresses.some(prefix => isUsable(prefix, address))
}

/** Whether an address is a host's within a prefix: in it, and neither its network nor its broadcast address. */
export function isUsable(prefix: string, address: string): boolean {
  if (!contains(prefix, address)) return false
  const [{ first, last, bits }, { base }] = [parseCidr(prefix), parseCidr(address)]
  return bits >= 31 || (base !== first && base !== last)
}

/** Who holds an EIP, with the attribute that says so. */
export function holdersOf(model: Model, eip: Id): { readonly holder: Resource; readonly at: string }[] {
  return [...usersOf(model, eip)].flatMap(holder => {
    const at = holdsAt(holder, eip)
    return at === null ? [] : [{ holder, at }]
  })
}

function holdsAt(resource: Resource, eip: Id): string | null {
  switch (resource.kind) {
    case 'vpc':
    case 'server':
      return resource.now.eip === eip ? 'eip' : null
    case 'nat-gateway':
    case 'load-balancer': {
      const index = resource.now.eips.indexOf(eip)
      return index < 0 ? null : `eips[${index}]`
    }
    default:
      return null
  }
}

/** EIPs serve only what lies in their own region. */
export function* regionProblems(
  model: Model,
  eips: readonly Id[],
  vpc: Id | undefined,
  at: (index: number) => string,
): Iterable<Problem> {
  const zone = find(model, 'vpc', vpc)?.now.zone
  if (zone === undefined) return
  for (const [i, id] of eips.entries()) {
    const eip = find(model, 'eip', id)
    if (eip && eip.now.zone !== zone) yield { code: 'eip-elsewhere', at: at(i), values: { id, zone: eip.now.zone } }
  }
}
