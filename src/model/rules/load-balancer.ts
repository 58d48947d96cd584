import { contains, isHost } from '../address.ts'
import { find, vpcOf, type Backend, type Certificate, type Listener, type LoadBalancer, type Model } from '../model.ts'
import { mostNodes } from '../node.ts'
import type { Problem } from '../problem.ts'
import { listenerProblems, sharePort } from './listener.ts'
import { memberProblems } from './subnet.ts'
import { duplicates, overQuota, type Rules } from './rule.ts'
import { regionProblems } from './zone.ts'

export const loadBalancerRules: Rules<'load-balancer'> = {
  *whole(model, balancer) {
    const { eips, subnet, address, nodeAddresses, routeTable } = balancer.now
    if (address !== null && subnet === null) yield { code: 'address-without-subnet', at: 'address' }
    const network = find(model, 'subnet', subnet)
    const most = subnet === null ? 0 : mostNodes(balancer) - 1
    if (nodeAddresses.length > most) yield { code: 'too-many-node-addresses', at: 'nodeAddresses', values: { most } }
    if (network?.now.vpc === null) yield { code: 'in-no-vpc', at: 'subnet', values: { id: network.id } }
    else if (address === null && subnet !== null) yield { code: 'missing', at: 'address' }
    for (const { index, first } of duplicates(eips, id => id)) {
      yield { code: 'duplicate', at: `eips[${index}]`, values: { other: `eips[${first}]` } }
    }
    yield* regionProblems(model, eips, vpcOf(model, balancer), i => `eips[${i}]`)
    const table = find(model, 'route-table', routeTable)
    if (!table) return
    const at = 'routeTable'
    if (table.now.serves !== 'load-balancer') yield { code: 'wrong-table', at, values: { id: table.id } }
    if (subnet === null) yield { code: 'table-without-subnet', at }
    else if (table.now.vpc !== vpcOf(model, balancer)) yield { code: 'other-vpc', at, values: { id: table.id } }
  },

  *spec(model, balancer, { listeners, accessLog: { remote } }) {
    if (remote && !isHost(remote.address))
      yield { code: 'not-a-host', at: 'accessLog.remote.address', values: { address: remote.address } }
    yield* overQuota('listeners', listeners.length, 'listeners')
    const backends = listeners.reduce((sum, listener) => sum + listener.backends.length, 0)
    yield* overQuota('backendsPerBalancer', backends, 'listeners')
    yield* accountProblems(model, listeners)
    for (const [i, listener] of listeners.entries()) {
      const first = listeners.slice(0, i).findIndex(other => sharePort(listener, other))
      if (first >= 0) yield { code: 'duplicate', at: `listeners[${i}].port`, values: { other: `listeners[${first}]` } }
      yield* listenerProblems(listener, `listeners[${i}]`)
      yield* backendProblems(model, balancer, listener.backends, `listeners[${i}].backends`)
      if (listener.options.includes('transparent'))
        yield* strangers(model, balancer, listener.backends, `listeners[${i}].backends`)
    }
  },
}

/** The key of the account that a certificate is issued to; null for one that is not. */
export function accountOf({ now: { acme, accountKey } }: Certificate): string | null {
  return acme === null ? null : accountKey
}

/** A proof names the account, and the request for it only the proof: one balancer can answer for one account. */
function* accountProblems(model: Model, listeners: readonly Listener[]): Iterable<Problem> {
  const uses = listeners.flatMap(({ certificates }, i) =>
    certificates.flatMap((id, k) => {
      const certificate = find(model, 'certificate', id)
      const account = certificate ? accountOf(certificate) : null
      return account === null ? [] : [{ id, account, at: `listeners[${i}].certificates[${k}]` }]
    }),
  )
  const [first] = uses
  for (const { account, at } of uses)
    if (first && account !== first.account) yield { code: 'account-keys-differ', at, values: { other: first.id } }
}

function* backendProblems(
  model: Model,
  balancer: LoadBalancer,
  backends: readonly Backend[],
  at: string,
): Iterable<Problem> {
  yield* overQuota('backends', backends.length, at)
  for (const { index, first } of duplicates(backends, backend => endpointOf(model, backend))) {
    yield { code: 'duplicate', at: `${at}[${index}]`, values: { other: `${at}[${first}]` } }
  }
  for (const [i, { address, server }] of backends.entries()) {
    if ((address === null) === (server === null)) yield { code: 'one-target', at: `${at}[${i}]` }
    if (address !== null && !isHost(address))
      yield { code: 'not-a-host', at: `${at}[${i}].address`, values: { address } }
    const resource = find(model, 'server', server)
    // Neither is in a network: nothing reaches the server until both are, and nothing else is wrong.
    if (!resource || (resource.now.subnet === null && balancer.now.subnet === null)) continue
    if (balancer.now.subnet === null) yield { code: 'server-without-subnet', at: `${at}[${i}].server` }
    else yield* memberProblems(model, vpcOf(model, balancer), resource, `${at}[${i}].server`)
  }
}

/** Backends that do not answer by way of the balancer's VPC, so that they cannot be shown their clients. */
function* strangers(model: Model, balancer: LoadBalancer, backends: readonly Backend[], at: string): Iterable<Problem> {
  const vpc = vpcOf(model, balancer)
  const subnets = [...(model.members.get(vpc ?? '')?.values() ?? [])].flatMap(each =>
    each.kind === 'subnet' && each.now.cidr !== null ? [each.now.cidr] : [],
  )
  for (const [i, { address }] of backends.entries()) {
    if (address !== null && !subnets.some(cidr => contains(cidr, address)))
      yield { code: 'transparent-outside', at: `${at}[${i}].address`, values: { address } }
  }
}

function endpointOf(model: Model, { address, server, port }: Backend): string | null {
  const host = address ?? find(model, 'server', server)?.now.address
  return host == null ? null : `${host}:${port}`
}
