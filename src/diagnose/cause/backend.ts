import {
  find,
  get,
  type Backend,
  type Id,
  type Listener,
  type LoadBalancer,
  type Model,
  type Server,
} from '../../model/model.ts'
import { privateAddressesOf } from '../../model/node.ts'
import { echoRequest, transportOf } from './admission.ts'
import { admitting, listenerLabel, redirecting } from './balancer-door.ts'
import { circling } from './circle.ts'
import { expired, unissued, unvouched } from './expired.ts'
import { found, isFault, labelOf, type Finding } from './finding.ts'
import { distinct, practicable, saysNothing } from './findings.ts'
import { diagnoseFlow, type FlowDiagnosis } from './flow.ts'
import { joining } from './joining.ts'
import { drained, idle } from './idle.ts'
import { limitsOf, limitsOut } from './limits.ts'
import { checkSays, type Facts } from './observed.ts'
import { applying, changing, enabling, setting, starting, effect } from './repairs.ts'
import type { Checked } from './probed.ts'
import { wayOf, type Target } from './way.ts'

/**
 * Why a backend does not serve, in the order of a packet's way: the first finding is what is wrong. Empty when nothing
 * is. The model is asked first, as it knows the reason; then the machines, who know the symptom.
 */
export function diagnoseBackend(model: Model, balancerId: Id, backendId: Id, facts: Facts = {}): Finding[] {
  const balancer = get(model, 'load-balancer', balancerId)
  const [listener, backend] = backendOf(balancer.draft, backendId) ?? backendOf(balancer.live, backendId) ?? []
  if (!listener || !backend) throw new Error(`${balancerId} has no backend ${backendId}`)
  const reasons = distinct([...staging(balancer, listener, backend), ...wayTo(model, balancer, listener, backend)])
  const checked = checkedOf(model, balancer, listener, backend)
  const leaving = drained(balancer, backend, reasons, facts)
  if (leaving) return practicable(model, [leaving])
  const observed = reasons.length > 0 ? [] : [...checkSays(model, checked, backend.id, facts)]
  const crowded = facts.measured ? limitsOut(model, balancerId, checked.address, facts.measured) : []
  return practicable(model, [
    ...reasons,
    ...(observed.some(({ code }) => saysNothing(code)) ? [...crowded, ...observed] : [...observed, ...crowded]),
    ...(reasons.length > 0 ? [] : idle(checked, backend, facts)),
    ...byPolicy(model, backend),
    ...admitting(model, balancer, listener),
    ...expired(model, listener, facts.now),
    ...unissued(model, listener),
    ...unvouched(model, listener),
  ])
}

/** What the checks of a backend ask, and whom; null where it is nowhere. */
export function probedBackend(model: Model, balancerId: Id, backendId: Id): Checked | null {
  const balancer = get(model, 'load-balancer', balancerId)
  const [listener, backend] = backendOf(balancer.live, backendId) ?? []
  if (!listener || !backend) return null
  const checked = checkedOf(model, balancer, listener, backend)
  return checked.address === '' ? null : checked
}

/** A backend as its checks see it: with the checks of its policy, where these are others. */
export function checkedOf(model: Model, balancer: LoadBalancer, listener: Listener, backend: Backend): Checked {
  const address = addressOf(model, backend) ?? ''
  const check = find(model, 'forward-policy', backend.policy)?.live.check ?? listener.check
  return { balancer, listener: { ...listener, check }, address, port: backend.port }
}

/** The way of what a balancer sends to a backend; null where there is none to follow. */
export function backendWay(model: Model, balancer: Id, backend: Id): FlowDiagnosis | null {
  const way = diagnoseFlow(model, { from: balancer, to: backend, vpc: null, protocol: null, port: null })
  return 'findings' in way ? way : null
}

/** Why a balancer does not serve at all: its first backend's findings, or what it lacks. */
export function diagnoseBalancer(
  model: Model,
  balancerId: Id,
  factsOf: (backend: Id) => Facts = () => ({}),
): Finding[] {
  const balancer = get(model, 'load-balancer', balancerId)
  const { listeners } = balancer.draft
  const empty = listeners.find(each => each.backends.length === 0 && !each.options.includes('redirect-to-https'))
  if (listeners.length === 0) return [found('no-listener', balancer)]
  if (empty) return [found('no-backend', balancer, { listener: listenerLabel(empty) })]
  const backends = listeners.flatMap(each => each.backends)
  const wrong = backends.map(b => diagnoseBackend(model, balancerId, b.id, factsOf(b.id)).filter(isFault))
  const reasons =
    wrong.find(list => list.length > 0) ??
    listeners.flatMap(each => [...admitting(model, balancer, each), ...redirecting(balancer, each)])
  const { measured } = factsOf('')
  return practicable(model, distinct([...reasons, ...(measured ? limitsOf(model, balancerId, measured) : [])]))
}

/** What is switched off, or was forgotten to be applied, in the balancer itself. */
function* staging(balancer: LoadBalancer, listener: Listener, backend: Backend): Iterable<Finding> {
  if (balancer.now.power === 'off') yield found('balancer-off', balancer, {}, starting(balancer))
  const live = backendOf(balancer.live, backend.id)
  if (!live || !sameTarget(live[1], backend) || live[0].enabled !== listener.enabled) {
    const child = live ? listenerLabel(listener) : labelOf(backend)
    yield found('balancer-not-applied', balancer, { child }, applying(balancer))
    return
  }
  if (!live[0].enabled) {
    const repair = enabling(balancer, 'listeners', listener.id)
    yield found('listener-disabled', balancer, { child: listenerLabel(listener) }, repair)
  }
  const path = ['listeners', listener.id, 'backends', backend.id]
  const child = labelOf(backend)
  if (!live[1].enabled) yield found('backend-disabled', balancer, { child }, enabling(balancer, ...path))
  else if (live[1].weight === 0) {
    const waits = backend.weight > 0
    yield waits
      ? found('balancer-not-applied', balancer, { child }, applying(balancer))
      : found('weight-zero', balancer, { child }, changing(balancer, path, { weight: 1 }))
  }
}

function sameTarget(a: Backend, b: Backend): boolean {
  return a.address === b.address && a.server === b.server && a.port === b.port && a.enabled === b.enabled
}

/** What stops a packet on its way from the balancer to the backend. */
function wayTo(model: Model, balancer: LoadBalancer, listener: Listener, backend: Backend): Finding[] {
  const address = addressOf(model, backend)
  const subnet = find(model, 'subnet', balancer.now.subnet)
  const server = find(model, 'server', backend.server)
  if (address === null && server) return [withoutNetwork(server, balancer)]
  if (address === null) return []
  const circle = circling(model, { balancer, listener }, backend, address)
  if (circle) return [circle]
  if (!subnet)
    return [found('no-subnet', balancer, { address }, joining(model, balancer, { address, port: backend.port }))]
  const stopped = privateAddressesOf(balancer)
    .map(from => targetsOf(listener, backend, address).flatMap(to => wayOf(model, balancer, from, to)))
    .find(list => list.length > 0)
  return stopped ?? []
}

function withoutNetwork(server: Server, balancer: LoadBalancer): Finding {
  const { subnet } = balancer.now
  const repair =
    subnet === null ? null : setting(server, { subnet }, [effect('moves', { it: labelOf(server), subnet })])
  return found('server-in-no-network', server, {}, repair)
}

/** What a backend must be reached by: flows of its listener, and what its checks begin with. */
function targetsOf({ protocol, check }: Listener, { port }: Backend, address: string): Target[] {
  const flow: Target = { address, protocol: transportOf(protocol), port }
  const pings = check.protocol === 'udp' || check.protocol === 'icmp'
  return pings ? [{ address, protocol: 'icmp', port: echoRequest }, flow] : [flow]
}

/** A policy that leads nothing to the backend, though it may be well. */
function* byPolicy(model: Model, backend: Backend): Iterable<Finding> {
  const policy = find(model, 'forward-policy', backend.policy)
  if (!policy || policy.live.rules.some(({ enabled }) => enabled)) return
  const child = labelOf(backend)
  if (policy.draft.rules.some(({ enabled }) => enabled))
    yield found('policy-not-applied', policy, { child }, applying(policy))
  else {
    const [rule] = policy.live.rules
    yield found('policy-without-rule', policy, { child }, rule ? enabling(policy, 'rules', rule.id) : null)
  }
}

function backendOf(version: LoadBalancer['live'], id: Id): readonly [Listener, Backend] | undefined {
  for (const listener of version.listeners) {
    const backend = listener.backends.find(each => each.id === id)
    if (backend) return [listener, backend]
  }
  return undefined
}

/** Where a backend is; null for a server that is in no network. */
function addressOf(model: Model, backend: Backend): string | null {
  return backend.address ?? get(model, 'server', backend.server ?? '').now.address
}
