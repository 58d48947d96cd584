import { find, get, type Id, type Model, type Resource } from '../../model/model.ts'
import { codeOf, isSuccess } from './check-words.ts'
import { found, type Finding } from './finding.ts'
import { isHalfAdmitted, type Turned } from './half-admitted.ts'
import type { Measured } from './limits.ts'
import { saysNothing } from './findings.ts'
import { virtualAt, type Checked } from './probed.ts'

/** What a balancer's own checks say of a backend; a part of what the API shows. */
interface ObservedBackend {
  readonly state: 'active' | 'unavailable' | 'abnormal' | 'draining' | 'disabled'
  readonly reason: string
  readonly seenAs: readonly string[]
  /** RFC 3339: when it entered its state. */
  readonly since?: string
  readonly sessions?: number
  readonly queued?: number
  /** RFC 3339. */
  readonly drainEndsAt?: string
}

/** What the machines said; everything may be unknown. */
export interface Facts {
  readonly backendStatus?: ObservedBackend | undefined
  /** Whether the machine was brought to the newest live version. */
  readonly synced?: boolean | undefined
  /** What a machine could not do, by resource. */
  readonly failures?: Readonly<Record<Id, string>> | undefined
  /** The state of any backend. */
  readonly stateOf?: ((backend: Id) => ObservedBackend['state'] | undefined) | undefined
  /** How a backend turned, the newest first. */
  readonly turnsOf?: ((backend: Id) => readonly Turned[]) | undefined
  readonly measured?: Measured | undefined
  /** RFC 3339; nothing is over while it is not known. */
  readonly now?: string | undefined
}

/** What machines could not do of these resources, and whether they have caught up. */
export function* machineSays(model: Model, about: readonly (Id | null | undefined)[], facts: Facts): Iterable<Finding> {
  const resources = about.flatMap((id): Resource[] =>
    id ? [get(model, model.resources.get(id)!.kind, id) as Resource] : [],
  )
  for (const resource of resources) {
    const reason = facts.failures?.[resource.id]
    if (reason) yield found('machine-failed', resource, { reason })
  }
  const [first] = resources
  if (facts.synced === false && first) yield found('not-synced', first)
}

/** What machines say of a backend, where the model has no reason why it should not serve. */
export function* checkSays(model: Model, checked: Checked, backend: Id, facts: Facts): Iterable<Finding> {
  const { balancer, listener, address, port } = checked
  const { subnet } = balancer.now
  yield* machineSays(model, [balancer.id, subnet, find(model, 'subnet', subnet)?.now.vpc], facts)
  const status = facts.backendStatus
  if (!status) return
  const seenAs = status.seenAs.length > 0 ? status.seenAs.join(', ') : nobodyKnown
  if (isHalfAdmitted(checked, backend, facts))
    return yield found('admits-some', balancer, { address, port: String(port), seenAs })
  if (['active', 'draining', 'disabled'].includes(status.state)) return
  const { reason } = status
  const isRising = reason === '' || isSuccess(checked, reason)
  const silent = !isRising && saysNothing(codeOf(reason))
  const vip = virtualAt(model, balancer, address)
  if (vip && silent) return yield found('vip-not-taken', vip, { address, reason })
  yield found(isRising ? 'checking' : codeOf(reason), balancer, {
    address,
    port: String(port),
    reason,
    rise: String(listener.check.rise),
    seenAs,
    timeoutS: String(listener.check.timeoutS),
    path: listener.check.path,
  })
}

/** In the place of addresses that nobody could tell. */
const nobodyKnown = { en: 'the balancer', zh: '负载均衡器' }
