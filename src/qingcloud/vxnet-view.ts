import { parseCidr } from '../model/address.ts'
import { find, isJoined, type Id, type Model, type Server, type Subnet } from '../model/model.ts'
import { usersOf } from '../model/rules/rule.ts'
import { membersOf } from '../model/rules/subnet.ts'
import { owner } from './cloud.ts'
import type { Call } from './action.ts'
import { labelsOf, timeText } from './labels.ts'
import { codeOf } from './parameters.ts'
import { routerOfView } from './router-view.ts'

/** The network that is always there and carries nothing: who is in no private network is in it. */
export const baseVxnet = 'vxnet-0'

/** What this API calls who looks after a network's addresses. */
export const vxnetTypes = { 0: 'self-managed', 1: 'managed' } as const

/** A network as clients see it; with `verbose`, with the instances in it. */
export function vxnetView(subnet: Subnet, call: Call, verbose: number): object {
  const model = call.model()
  const { id, name, now } = subnet
  return {
    vxnet_id: id,
    vxnet_name: name,
    vxnet_type: codeOf(vxnetTypes, now.type),
    // A text even where it is in none, and `router` an object: clients look into both.
    vpc_router_id: now.vpc ?? '',
    router: isJoined(subnet) ? routerOfView(subnet, call) : {},
    ...(verbose > 0 ? { instance_ids: serversIn(model, id).map(server => server.id) } : {}),
    available_ip_count: freeIn(model, subnet),
    zone_id: find(model, 'vpc', now.vpc)?.now.zone ?? call.zone,
    ...labelsOf(subnet, model),
  }
}

/** The network that is always there, as clients see it. */
export function baseVxnetView(call: Call, verbose: number): object {
  return {
    vxnet_id: baseVxnet,
    vxnet_name: 'base network',
    vxnet_type: 2,
    vpc_router_id: '',
    router: {},
    ...(verbose > 0 ? { instance_ids: serversIn(call.model(), baseVxnet).map(server => server.id) } : {}),
    available_ip_count: 0,
    zone_id: call.zone,
    description: '',
    tags: [],
    owner,
    root_user_id: owner,
    console_id: 'causeway',
    controller: 'self',
    create_time: timeText(0),
    status_time: timeText(0),
  }
}

/** The servers in a network, by their first link or another; those in none for the base network. Oldest first. */
export function serversIn(model: Model, vxnet: Id): readonly Server[] {
  const inside = vxnet === baseVxnet ? serversInNone(model) : serversByLink(model, vxnet)
  return [...new Set(inside)].sort((a, b) => (`${a.createdAt} ${a.id}` < `${b.createdAt} ${b.id}` ? -1 : 1))
}

function serversInNone(model: Model): readonly Server[] {
  return [...(model.members.get('')?.values() ?? [])]
    .filter(member => member.kind === 'server')
    .filter(({ now }) => now.subnet === null)
}

function serversByLink(model: Model, vxnet: Id): readonly Server[] {
  return [...usersOf(model, vxnet)].flatMap(user => {
    if (user.kind === 'server') return user.now.subnet === vxnet ? user : []
    return user.kind === 'nic' ? (find(model, 'server', user.now.server) ?? []) : []
  })
}

/** How many addresses of a network nobody has. */
function freeIn(model: Model, subnet: Subnet): number {
  if (!isJoined(subnet)) return 0
  const { bits } = parseCidr(subnet.now.cidr)
  const network = 3 // Its own address, that of broadcasts, and the gateway's.
  return Math.max(0, 2 ** (32 - bits) - network - [...membersOf(model, subnet.id)].length)
}
