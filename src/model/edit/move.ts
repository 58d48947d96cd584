import { freeAddress } from '../allocate.ts'
import { find, get, isJoined, vpcOf, type Id, type Resource } from '../model.ts'
import type { Raw } from './body.ts'
import { filled } from './fill.ts'
import { change, type Work } from './work.ts'

/**
 * A patch with what goes with a move: who comes into another subnet gets a free address there, who leaves gives its address up, a
 * subnet that leaves its VPC its gateway and table, an interface that changes servers its number.
 */
export function withMove(work: Work, old: Resource, given: Raw, body: Raw): Raw {
  const left = attributesLeft(old, given).filter(name => given[name] === undefined || given[name] === null)
  if (left.length === 0) return body
  const blank = Object.fromEntries(left.map(name => [name, name === 'nodeAddresses' ? [] : null]))
  return filled(work, old.kind, { ...body, ...blank }, '')
}

/** What a resource had for the sake of where it was. */
function attributesLeft(old: Resource, given: Raw): readonly string[] {
  const was: Raw = old.now
  const changes = (name: string) => given[name] !== undefined && given[name] !== was[name]
  if (old.kind === 'subnet') return changes('vpc') ? ['cidr', 'gateway', 'routeTable'] : []
  if (!('subnet' in old.now)) return []
  const addresses = ['address', ...(old.kind === 'load-balancer' ? ['nodeAddresses'] : [])]
  return [...(changes('subnet') ? addresses : []), ...(old.kind === 'nic' && changes('server') ? ['sequence'] : [])]
}

/**
 * What a change brings about elsewhere: members of a subnet get addresses or lose them, a tag is renamed wherever it is, a route
 * table that is in no VPC comes into that of what it is bound to.
 */
export function follow(work: Work, old: Resource, now: Resource): void {
  if (now.kind === 'subnet' && old.kind === 'subnet' && now.now.vpc !== old.now.vpc) moveMembers(work, now.id)
  placeTable(work, now)
  if (now.kind === 'tag' && now.name !== old.name) retag(work, old.name, [now.name])
}

/** Takes the route table of a resource into its VPC, where it is in none. */
export function placeTable(work: Work, resource: Resource): void {
  const table = 'routeTable' in resource.now ? find(work.model, 'route-table', resource.now.routeTable) : undefined
  const vpc = vpcOf(work.model, resource)
  if (!table || table.now.vpc !== null || vpc === undefined) return
  change(work, table, { now: { ...table.now, vpc } })
  work.touched.add(table.id)
}

function moveMembers(work: Work, id: Id): void {
  for (const user of [...(work.model.users.get(id) ?? [])].sort()) {
    const member = work.model.resources.get(user)
    if (member?.kind !== 'server' && member?.kind !== 'nic' && member?.kind !== 'vip') continue
    if (member.now.subnet !== id) continue
    const subnet = get(work.model, 'subnet', id)
    const address = isJoined(subnet) ? (freeAddress(work.model, subnet) ?? null) : null
    if (address === null && isJoined(subnet)) {
      work.problems.push({ code: 'no-address-left', at: 'cidr', resource: id, values: { where: id } })
      return
    }
    change(work, member, { now: { ...member.now, address } })
    work.touched.add(user)
  }
}

/** Puts other tags, or none, in place of one, wherever it is. */
export function retag(work: Work, name: string, others: readonly string[]): void {
  for (const each of [...work.model.resources.values()].filter(resource => resource.tags.includes(name))) {
    const tags = new Set(each.tags.flatMap(tag => (tag === name ? others : [tag])))
    change(work, each, { tags: [...tags] })
    work.touched.add(each.id)
  }
}
