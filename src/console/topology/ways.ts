import type { BackendStatus, WireOf } from '../../client/wire.ts'
import { contains } from '../../model/address.ts'
import type { SpecOf } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'
import { routeFor, type Route } from '../../model/route-choice.ts'
import type { Network } from './network.ts'

/** Whether traffic for a backend flows: it serves, it should and does not, or it was never asked to. */
export type RunState = 'serving' | 'broken' | 'off'

/** The traffic of a balancer to one of its backends. */
export interface Run {
  readonly balancer: Id
  readonly listener: Id
  readonly backend: Id
  readonly name: string
  readonly address: string
  readonly port: number
  /** The server of the network that the backend is; null for any other address. */
  readonly server: Id | null
  readonly entrances: readonly Id[]
  readonly state: RunState
  readonly status: BackendStatus | undefined
}

type Listener = SpecOf<'load-balancer'>['listeners'][number]

/** All backends of all balancers, drafted ones too, with how they are. */
export function runsOf(network: Network): readonly Run[] {
  return network.balancers.flatMap(balancer =>
    listenersOf(balancer).flatMap(listener =>
      listener.backends.map(backend => runOf(network, balancer, listener, backend)),
    ),
  )
}

function runOf(
  network: Network,
  balancer: WireOf<'load-balancer'>,
  listener: Listener,
  backend: Listener['backends'][number],
): Run {
  const status = balancer.backendStatus[backend.id]
  const server = network.servers.find(({ id, address }) =>
    backend.server === null
      ? isWithin(network, balancer, address) && address === backend.address
      : id === backend.server,
  )
  const isOut = status?.state === 'disabled' || status?.state === 'draining'
  const off = !listener.enabled || !backend.enabled || isOut || balancer.power === 'off'
  return {
    balancer: balancer.id,
    listener: listener.id,
    backend: backend.id,
    name: backend.name,
    address: server?.address ?? backend.address ?? '',
    port: backend.port,
    server: server?.id ?? null,
    entrances: balancer.eips,
    state: off ? 'off' : status?.state === 'active' ? 'serving' : 'broken',
    status,
  }
}

/** The listeners of a balancer: those that run, and those that are drafted, each with the backends of both. */
function listenersOf({ listeners, live }: WireOf<'load-balancer'>): readonly Listener[] {
  if (!live) return listeners
  const byId = new Map([...live.listeners, ...listeners].map(listener => [listener.id, listener]))
  return [...byId.values()].map(listener => {
    const old = live.listeners.find(({ id }) => id === listener.id)?.backends ?? []
    const backends = new Map([...old, ...listener.backends].map(backend => [backend.id, backend]))
    return { ...listener, backends: [...backends.values()] }
  })
}

/**
 * The nodes that the traffic may pass, from the balancer to the backend: one way per public address that it may leave
 * by. Where nothing leads on, the way ends there.
 */
export function waysOf(
  network: Network,
  { balancer: id, backend, address, server }: Run,
): readonly (readonly string[])[] {
  const balancer = network.balancers.find(each => each.id === id)
  const subnet = network.subnets.find(each => each.id === balancer?.subnet)
  if (!balancer || !subnet?.vpc) return [[id]]
  const near = network.subnets.find(({ vpc, cidr }) => vpc === subnet.vpc && cidr !== null && contains(cidr, address))
  if (near) return [[id, subnet.id, ...(near === subnet ? [] : [subnet.vpc, near.id]), server ?? backend]]
  const hop = hopFor(network, balancer, subnet, address)
  const out = (way: readonly string[], eips: readonly Id[]) =>
    eips.length === 0 ? [way] : eips.map(eip => [...way, eip, 'far', backend])
  switch (hop?.type) {
    case 'router': {
      const eip = network.vpcs.find(vpc => vpc.id === hop.id)?.eip
      return out([id, subnet.id, hop.id], eip ? [eip] : [])
    }
    case 'nat-gateway': {
      const gateway = network.natGateways.find(each => each.id === hop.id)
      const rule = gateway && running(gateway).snatRules.find(each => each.enabled && each.target === subnet.id)
      return out([id, subnet.id, subnet.vpc, hop.id], rule?.eips ?? [])
    }
    default:
      return [[id, subnet.id]]
  }
}

function hopFor(
  network: Network,
  { routeTable, address: source }: WireOf<'load-balancer'>,
  subnet: WireOf<'subnet'>,
  address: string,
): Route['nextHop'] | undefined {
  for (const table of [routeTable, subnet.routeTable]) {
    const found = network.routeTables.find(({ id }) => id === table)
    const route = found && routeFor(running(found), source ?? subnet.gateway ?? '', address)
    if (route) return route.nextHop
  }
  return undefined
}

function isWithin({ subnets }: Network, { subnet }: WireOf<'load-balancer'>, address: string | null): boolean {
  const vpc = subnets.find(({ id }) => id === subnet)?.vpc
  return subnets.some(
    each => each.vpc === vpc && each.cidr !== null && address !== null && contains(each.cidr, address),
  )
}

/** What runs of a resource whose draft may differ. */
export function running<Spec extends object>(resource: Spec & { readonly live?: Spec }): Spec {
  return resource.live ?? resource
}
