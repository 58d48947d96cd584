import { isPrivate } from '../../model/address.ts'
import type { Listener, LoadBalancer, Model } from '../../model/model.ts'
import { admitsAnyone, listsAdmit, trafficText, transportOf, type Arrival } from './admission.ts'
import { found, labelOf, type Finding } from './finding.ts'
import { groupOf, through } from './groups.ts'
import { privateListener, privateOnly } from './private-clients.ts'
import { applying, enabling, starting } from './repairs.ts'

/** A client that knocks at a listener; its source is null for anybody at all, its port for either end of a range. */
interface Client {
  readonly source: string | null
  readonly port: number | null
}

/** What keeps a flow from the listener that it is for. What becomes of it there is not asked. */
export function enteringBalancer(model: Model, balancer: LoadBalancer, arrival: Arrival): Finding[] {
  const { protocol, port } = arrival
  const off = balancer.now.power === 'off' ? [found('balancer-off', balancer, {}, starting(balancer))] : []
  if (protocol === 'icmp') {
    return [...off, ...through(model, balancer, { direction: 'ingress', protocol, port, peer: arrival.source })]
  }
  const takes = (listener: Listener) =>
    transportOf(listener.protocol) === protocol && listener.port <= port && port <= (listener.lastPort ?? listener.port)
  const listener = balancer.live.listeners.find(takes)
  if (!listener) {
    const drafted = balancer.draft.listeners.find(takes)
    const waits = drafted
      ? found('listener-not-applied', balancer, { child: listenerLabel(drafted) }, applying(balancer))
      : found('no-listener-at', balancer, { traffic: trafficText(arrival) })
    return [...off, waits]
  }
  const disabled = listener.enabled
    ? []
    : [
        found(
          'listener-disabled',
          balancer,
          { child: listenerLabel(listener) },
          enabling(balancer, 'listeners', listener.id),
        ),
      ]
  const isServed = listener.options.includes('redirect-to-https') || listener.backends.some(({ enabled }) => enabled)
  const lacks = isServed ? [] : [found('no-backend', balancer, { listener: listenerLabel(listener) })]
  const closed = admitting(model, balancer, listener, arrival)
  const isOpen = closed.length === 0 && arrival.source === null && !isPrivate(arrival.address)
  const unseen = isOpen
    ? [...privateOnly(model, [balancer], arrival), ...privateListener(model, balancer, listener, arrival)]
    : []
  return [...off, ...disabled, ...closed, ...unseen, ...lacks]
}

/** Where a listener sends clients who shall come by HTTPS, and nobody listens. */
export function redirecting(balancer: LoadBalancer, listener: Listener): Finding[] {
  if (!listener.options.includes('redirect-to-https')) return []
  const { redirectPort } = listener
  const takes = ({ protocol, port, lastPort }: Listener) =>
    (protocol === 'https' || protocol === 'ssl' || protocol === 'tcp') &&
    port <= redirectPort &&
    redirectPort <= (lastPort ?? port)
  const live = balancer.live.listeners.filter(takes)
  if (live.some(({ enabled }) => enabled)) return []
  const drafted = balancer.draft.listeners.filter(takes).find(({ enabled }) => enabled)
  if (drafted) return [found('listener-not-applied', balancer, { child: labelOf(drafted) }, applying(balancer))]
  const [disabled] = live
  if (disabled) {
    const repair = enabling(balancer, 'listeners', disabled.id)
    return [found('listener-disabled', balancer, { child: labelOf(disabled) }, repair)]
  }
  return [found('redirect-to-nobody', balancer, { child: labelOf(listener), port: String(redirectPort) })]
}

/** What keeps clients out of a listener: the group of its balancer, or its own lists. */
export function admitting(
  model: Model,
  balancer: LoadBalancer,
  listener: Listener,
  { source, port: asked }: Client = { source: null, port: null },
): Finding[] {
  const protocol = transportOf(listener.protocol)
  const ports = asked === null ? new Set([listener.port, listener.lastPort ?? listener.port]) : [asked]
  const closed = [...ports].flatMap(port =>
    through(model, balancer, { direction: 'ingress', protocol, port, peer: source }),
  )
  const live = balancer.live.listeners.find(each => each.id === listener.id)
  const group = groupOf(model, balancer)
  const lets = (each: Listener) => (source === null ? admitsAnyone(model, group.live, each) : listsAdmit(each, source))
  if (closed.length > 0 || !live || lets(live)) return closed
  const { allow, deny } = live
  const values = { child: listenerLabel(live), group: labelOf(group), allow: allow.join(' '), deny: deny.join(' ') }
  const drafted = balancer.draft.listeners.find(each => each.id === listener.id)
  if (drafted && lets(drafted)) return [found('lists-not-applied', balancer, values, applying(balancer))]
  return [found('lists-refuse', balancer, values)]
}

/** A listener by its name, else by what it speaks and where. */
export function listenerLabel(listener: Listener): string {
  return labelOf(listener)
}
