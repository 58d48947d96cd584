import { holderOf } from '../../model/holder.ts'
import {
  eipsAt,
  get,
  vpcOf,
  type Backend,
  type Id,
  type Listener,
  type LoadBalancer,
  type Model,
} from '../../model/model.ts'
import { privateAddressesOf } from '../../model/node.ts'
import { transportOf } from './admission.ts'
import { listenerLabel } from './balancer-door.ts'
import { found, labelOf, type Finding } from './finding.ts'

/** A listener, and whose it is. */
interface Door {
  readonly balancer: LoadBalancer
  readonly listener: Listener
}

/** A backend that is the listener which it is a backend of, or whose own backends lead back to that. Null where neither is so. */
export function circling(
  model: Model,
  { balancer, listener }: Door,
  backend: Backend,
  address: string,
): Finding | null {
  const values = { child: labelOf(backend), address, listener: listenerLabel(listener) }
  const own = [...privateAddressesOf(balancer), ...balancer.now.eips.map(eip => get(model, 'eip', eip).now.address)]
  if (own.includes(address) && takes(listener, backend.port)) return found('leads-to-itself', balancer, values)
  const first = doorAt(model, { balancer, listener }, address, backend.port)
  // What a policy picks out may be picked out there, too, and go elsewhere.
  if (!first || (backend.policy !== null && first.listener.backends.some(({ policy }) => policy !== null))) return null
  const others = wayBack(model, listener.id, first, [])
  if (!others) return null
  const names = others.map(each => labelOf(each.balancer))
  return found('leads-back', balancer, { ...values, others: names.join(' → ') })
}

/** The listeners that requests pass from one on until they are back where they began; null where they end elsewhere. */
function wayBack(model: Model, start: Id, door: Door, passed: readonly Door[]): readonly Door[] | null {
  if (door.listener.id === start) return passed
  if (passed.some(({ listener }) => listener.id === door.listener.id)) return null
  const { backends, options } = door.listener
  if (options.includes('redirect-to-https')) return null
  for (const { enabled, weight, backup, policy, address, port } of backends) {
    if (!enabled || weight === 0 || backup || policy !== null || address === null) continue
    const next = doorAt(model, door, address, port)
    const way = next && wayBack(model, start, next, [...passed, door])
    if (way) return way
  }
  return null
}

/** The listener that what one balancer sends to an address comes to; undefined where no balancer has it. */
function doorAt(model: Model, { balancer: sender, listener: sending }: Door, address: string, port: number) {
  const members = [...(model.members.get(vpcOf(model, sender) ?? '')?.values() ?? [])]
  const inVpc = members.filter(each => each.kind === 'load-balancer' && privateAddressesOf(each).includes(address))
  const holders = [...eipsAt(model, address)].map(eip => holderOf(model, eip))
  const balancer = [...holders, ...inVpc].find(each => each?.kind === 'load-balancer')
  if (balancer?.now.power !== 'on') return undefined
  const listener = balancer.live.listeners.find(
    each => each.enabled && transportOf(each.protocol) === transportOf(sending.protocol) && takes(each, port),
  )
  return listener && { balancer, listener }
}

function takes({ port: first, lastPort }: Listener, port: number): boolean {
  return first <= port && port <= (lastPort ?? first)
}
