import { addressText, contains, parseCidr } from '../model/address.ts'
import { find, isApplied, isJoined, type Id, type JoinedSubnet, type Model, type Vpc } from '../model/model.ts'
import type { Call } from './action.ts'
import { eipRef } from './eip-view.ts'
import { bit, labelsOf, timeText } from './labels.ts'
import type { Ledger } from './ledger.ts'
import { codeOf } from './parameters.ts'
import { isBeingCreated, transitionOf } from './transition.ts'

/** What this API calls the types of routers; the free one has no documented number. */
export const routerTypes = { 0: 'medium', 1: 'small', 2: 'large', 3: 'xlarge', 4: 'free' } as const

/** A VPC as clients see it: as its router. */
export function routerView(vpc: Vpc, { cloud, model }: Call, verbose: number): object {
  const { id, name, now, draft } = vpc
  const group = find(model(), 'security-group', draft.securityGroup)
  return {
    router_id: id,
    router_name: name,
    router_type: codeOf(routerTypes, now.type),
    vpc_network: now.cidr,
    vpc_ipv6_network: '',
    vpc_id: id.replace(/^rtr-/, 'vpc-'),
    base_vxnet: 'vxnet-0',
    private_ip: '',
    status: isBeingCreated(cloud, id) ? 'pending' : now.power === 'on' ? 'active' : 'poweroffed',
    transition_status: transitionOf(cloud, vpc),
    is_applied: bit(isApplied(vpc)),
    is_default: 0,
    features: 1,
    mode: 1,
    cpu: 0,
    memory: 0,
    security_group_id: draft.securityGroup,
    security_groups: group ? [{ group_id: group.id, group_name: group.name }] : [],
    // An object even where there is none: clients look into it. One that is gone holds nothing any more.
    eip: eipRef(model(), model().resources.has(id) ? now.eip : null),
    ...(verbose > 0 ? { vxnets: subnetsIn(model(), id).map(subnet => memberView(subnet, cloud.ledger)) } : {}),
    dns_aliases: [],
    instance_id: '',
    hypervisor: '',
    place_group_id: '',
    source: '',
    alarm_status: '',
    sub_code: 0,
    l3vni: 0,
    ...labelsOf(vpc, model()),
  }
}

function memberView(subnet: JoinedSubnet, ledger: Ledger) {
  return { vxnet_id: subnet.id, vxnet_name: subnet.name, nic_id: '', ...placeView(subnet, ledger) }
}

/** Where a network is in its router, as the network shows it; nothing where it is in none. */
export function routerOfView(subnet: JoinedSubnet, { cloud, model }: Call): object {
  const router = find(model(), 'vpc', subnet.now.vpc)
  return { router_id: subnet.now.vpc, router_name: router?.name ?? '', mode: 1, ...placeView(subnet, cloud.ledger) }
}

/** A network of a router as clients see it. */
export function routerVxnetView(subnet: JoinedSubnet, { cloud }: Call): object {
  return {
    router_id: subnet.now.vpc,
    vxnet_id: subnet.id,
    vxnet_name: subnet.name,
    ...placeView(subnet, cloud.ledger),
    features: leasesOf(subnet, cloud.ledger).features,
    create_time: timeText(subnet.createdAt),
  }
}

/** The networks of a VPC, oldest first. */
export function subnetsIn(model: Model, vpc: Id): readonly JoinedSubnet[] {
  const members = [...(model.members.get(vpc)?.values() ?? [])]
  return members
    .filter(member => member.kind === 'subnet')
    .filter(isJoined)
    .sort((a, b) => (`${a.createdAt} ${a.id}` < `${b.createdAt} ${b.id}` ? -1 : 1))
}

function placeView(subnet: JoinedSubnet, ledger: Ledger) {
  const { start, end } = leasesOf(subnet, ledger)
  return { manager_ip: subnet.now.gateway, ip_network: subnet.now.cidr, dyn_ip_start: start, dyn_ip_end: end }
}

/** What clients said of addresses that are given out in a network: it is kept for them, and nothing more. */
export interface Leases {
  /** 1 for DHCP, 2 for DNS, 3 for both. */
  readonly features: number
  readonly start: string
  readonly end: string
}

/** Notes what a client said of a network. */
export function keepLeases(vxnet: Id, leases: Leases, ledger: Ledger): void {
  ledger.spell(vxnet, JSON.stringify(leases))
}

/** What was said of a network, as long as it lies in it; else all its addresses but the gateway's. */
export function leasesOf({ id, now }: JoinedSubnet, ledger: Ledger): Leases {
  const spelling = ledger.spelling(id)
  const { features, ...told } = (spelling === undefined ? unsaid : JSON.parse(spelling)) as Leases
  const { first, last } = parseCidr(now.cidr)
  const [lowest, highest] = [addressText(first + 1), addressText(last - 1)]
  const within = (address: string) => address !== '' && contains(now.cidr, address)
  return {
    features,
    start: within(told.start) ? told.start : lowest === now.gateway ? addressText(first + 2) : lowest,
    end: within(told.end) ? told.end : highest === now.gateway ? addressText(last - 2) : highest,
  }
}

const unsaid: Leases = { features: 1, start: '', end: '' }
