import { find, get, type Id, type Model, type Resource } from '../../model/model.ts'
import { found, type Finding, type FindingCode } from './finding.ts'
import type { Measured } from './limits.ts'
import { saysNothing } from './findings.ts'
import { isAccepted, virtualAt, type Checked } from './probed.ts'

/** What a balancer's own checks say of a backend; a part of what the API shows. */
interface ObservedBackend {
  readonly state: 'active' | 'unavailable' | 'abnormal' | 'draining' | 'disabled'
  readonly reason: string
  readonly seenAs: readonly string[]
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
export function* checkSays(model: Model, checked: Checked, facts: Facts): Iterable<Finding> {
  const { balancer, listener, address, port } = checked
  const { subnet } = balancer.now
  yield* machineSays(model, [balancer.id, subnet, find(model, 'subnet', subnet)?.now.vpc], facts)
  const status = facts.backendStatus
  if (!status || ['active', 'draining', 'disabled'].includes(status.state)) return
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
    seenAs: status.seenAs.length > 0 ? status.seenAs.join(', ') : nobodyKnown,
    timeoutS: String(listener.check.timeoutS),
    path: listener.check.path,
  })
}

/** What checks say of a success: it takes several of them. */
const successes = ['connected', 'TLS established', 'answers ping', 'answers', 'not refused']

function isSuccess({ listener }: Checked, reason: string): boolean {
  const status = /^HTTP (\d+)$/.exec(reason)?.[1]
  return status === undefined ? successes.includes(reason) : isAccepted(listener, Number(status))
}

/** In the place of addresses that nobody could tell. */
const nobodyKnown = { en: 'the balancer', zh: '负载均衡器' }

/** What checks say, as patterns, with what that means; the first that matches. */
const meanings: readonly (readonly [RegExp, FindingCode])[] = [
  [/refused|port unreachable/i, 'refused'],
  [/answer to ping/i, 'no-ping'],
  [/connected, but no TLS/i, 'no-handshake'],
  [/connected, but no answer/i, 'no-answer'],
  [/time(d )?\s*out/i, 'timeout'],
  [/not HTTP/i, 'not-http'],
  [/does not hold/i, 'unexpected-answer'],
  [/^HTTP 3\d\d$/, 'check-redirected'],
  [/HTTP/i, 'bad-answer'],
  [/TLS/i, 'tls-failed'],
  [/reset by peer/i, 'reset'],
  [/rules for what leaves/i, 'check-held-back'],
  [/no route|unreachable/i, 'no-way-seen'],
]

function codeOf(reason: string): FindingCode {
  return meanings.find(([said]) => said.test(reason))?.[1] ?? 'check-failed'
}
