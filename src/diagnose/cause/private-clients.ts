import { isPrivate } from '../../model/address.ts'
import { find, vpcOf, type Listener, type LoadBalancer, type Model, type Resource } from '../../model/model.ts'
import { membersOf, speaks, trafficText, type Arrival } from './admission.ts'
import { found, labelOf, type Finding } from './finding.ts'
import { groupOf, lettingPass, type Guarded } from './groups.ts'

/** What lets nobody from the internet in, though it lets somebody in: whoever is known by a private address is not seen by it. */
export function privateOnly(model: Model, guards: readonly Guarded[], arrival: Arrival): Finding[] {
  return guards.flatMap(guard => privateGroup(model, guard, arrival))
}

function privateGroup(model: Model, user: Guarded, { protocol, port }: Arrival): Finding[] {
  const group = groupOf(model, user)
  const flow = { direction: 'ingress', protocol, port, peer: null } as const
  const rules = group.live.rules.filter(
    rule => rule.enabled && rule.action === 'accept' && rule.direction === 'ingress' && speaks(model, rule, flow),
  )
  const peers = rules.map(rule => membersOf(model, rule.peer))
  if (peers.length === 0 || !peers.every(list => list?.every(isPrivate) === true)) return []
  const values = { user: labelOf(user), traffic: trafficText(flow), peers: told(peers.flatMap(list => list ?? [])) }
  return [found('admits-private-only', group, values, lettingPass(model, group, user, flow))]
}

/** The same of a listener's own list, and of the groups of servers whom it shows clients as who they are. */
export function privateListener(model: Model, balancer: LoadBalancer, listener: Listener, arrival: Arrival): Finding[] {
  const { allow } = listener
  const isListed = allow.length > 0 && allow.every(isPrivate)
  const lists = isListed
    ? [found('lists-private-only', balancer, { child: labelOf(listener), peers: told(allow) })]
    : []
  if (!listener.options.includes('transparent')) return lists
  const shown = listener.backends
    .filter(({ enabled }) => enabled)
    .flatMap(({ port, ...each }) => {
      const server = find(model, 'server', each.server) ?? serverAt(model, balancer, each.address)
      return server ? privateOnly(model, [server], { ...arrival, port }) : []
    })
  return [...lists, ...shown]
}

/** The server that has an address in the VPC of something. */
export function serverAt(model: Model, near: Resource, address: string | null) {
  for (const member of model.members.get(vpcOf(model, near) ?? '')?.values() ?? []) {
    if (member.kind === 'server' && member.now.address === address) return member
  }
  return undefined
}

const mostTold = 3

function told(prefixes: readonly string[]): string {
  return [...prefixes.slice(0, mostTold), ...(prefixes.length > mostTold ? ['…'] : [])].join(', ')
}
