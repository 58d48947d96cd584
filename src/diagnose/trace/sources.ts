import { addressText, isPrivate, parseCidr } from '../../model/address.ts'
import { holderOf } from '../../model/holder.ts'
import { eipsAt, find, vpcOf, type Id, type Model, type Resource } from '../../model/model.ts'
import type { Packet } from '../../host/packet.ts'

/** No more than this many are tried. */
const most = 16

/** Sources that whoever holds an address may let in: of the prefixes that groups and lists on the way name. */
export function likelySources(model: Model, { to }: Packet): readonly string[] {
  const [eip] = eipsAt(model, to)
  const holder = eip === undefined ? undefined : holderOf(model, eip)
  if (!holder) return []
  const inside = holder.kind === 'load-balancer' ? [] : membersOf(model, vpcOf(model, holder))
  const groups = new Set([holder, ...inside].flatMap(groupsOf))
  const peers = [...groups]
    .flatMap(id => find(model, 'security-group', id)?.live.rules ?? [])
    .flatMap(({ peer, action }) => {
      if (peer === null || action === 'drop') return []
      return find(model, 'ip-set', peer)?.live.members ?? [peer]
    })
  const lists = holder.kind === 'load-balancer' ? holder.live.listeners.flatMap(({ allow }) => allow) : []
  const tried = [...lists, ...peers].map(prefix => {
    const { first, last } = parseCidr(prefix)
    return addressText(first === last ? first : first + 1)
  })
  // Who asks from the internet has no private address, unless ours are private, too.
  const likely = isPrivate(to) ? tried : tried.filter(address => !isPrivate(address))
  return [...new Set(likely)].slice(0, most)
}

function membersOf(model: Model, vpc: Id | undefined): Resource[] {
  return [...(model.members.get(vpc ?? '')?.values() ?? [])].filter(({ kind }) => kind === 'server')
}

function groupsOf({ now, live }: Resource): Id[] {
  if ('securityGroup' in now) return [now.securityGroup]
  return 'securityGroup' in live ? [live.securityGroup] : []
}
