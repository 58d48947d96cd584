import type { Backend, Id, Listener, LoadBalancer } from '../model/model.ts'
import { wayOf } from '../model/way.ts'
import { slotsFor } from '../host/deal.ts'
import type { Spread, SpreadTarget } from '../host/spread.ts'
import { firstSpreadMark, placesOf, spreadMarks } from './names.ts'
import type { Look } from './part.ts'

/** What the kernel spreads for a balancer: its listeners that need no proxy, but for those that are off. */
export function spreadsOf(look: Look, { live }: Pick<LoadBalancer, 'live'>): Spread[] {
  const listeners = live.listeners.filter(each => each.enabled && wayOf(each, live) === 'kernel')
  const marks = placesOf(
    listeners.map(({ id }) => id),
    spreadMarks,
  )
  return listeners.map(listener => spreadOf(look, listener, firstSpreadMark + marks.get(listener.id)!))
}

function spreadOf(look: Look, listener: Listener, mark: number): Spread {
  const { id, protocol, port, lastPort, balance, stickiness, options, scene, drainS } = listener
  const targets = listener.backends.flatMap(each => (each.enabled ? (targetOf(look, each) ?? []) : []))
  const by = balance === 'source' || stickiness.type === 'source' ? 'source' : 'turn'
  return {
    id,
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    port,
    lastPort,
    by,
    slots: slotsFor(by, targets),
    mark,
    idleS: protocol === 'udp' ? listener.timeoutS : listener.tunnelTimeoutS,
    transparent: options.includes('transparent'),
    cutWhenDown: scene === 'cut-when-down',
    drainS,
    check: checkOf(listener),
    targets,
  }
}

/** A backend, the same object while nothing of it changes; null for a server that is in no network. */
function targetOf(look: Look, backend: Backend): SpreadTarget | null {
  const address = backend.address ?? look('server', backend.server!).now.address
  if (address === null) return null
  const known = targets.get(backend)
  if (known?.address === address) return known
  const { id, port, weight, backup, backupTier } = backend
  const made = { backend: id, address, port, weight, tier: backup ? backupTier : 0 }
  targets.set(backend, made)
  return made
}

const targets = new WeakMap<Backend, SpreadTarget>()

function checkOf({ check }: Listener): Spread['check'] {
  const { protocol, send, expect, intervalS, timeoutS, fall, rise } = check
  if (protocol === 'none') return 'none'
  if (protocol !== 'udp' && protocol !== 'icmp') return 'proxy'
  return { protocol, send, expect, intervalS, timeoutS, fall, rise }
}

/** The listeners of a balancer whose backends HAProxy checks while the kernel carries them. */
export function checkedListeners({ live }: Pick<LoadBalancer, 'live'>): readonly (Listener & { readonly id: Id })[] {
  return live.listeners.filter(
    each => each.enabled && wayOf(each, live) === 'kernel' && checkOf(each) === 'proxy' && each.backends.length > 0,
  )
}
