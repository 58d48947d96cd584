import type { Backend, Listener, LoadBalancer } from '../../model/model.ts'
import { listenerLabel } from './balancer-door.ts'
import { found, labelOf, type Finding, type FindingCode } from './finding.ts'
import { widening } from './limit-repairs.ts'
import type { Facts } from './observed.ts'
import type { Checked } from './probed.ts'
import type { Repair } from './repair.ts'
import { changing } from './repairs.ts'

/** A backend that was taken out and has connections left: it is as it was meant to be. Null where there is more to say. */
export function drained(
  balancer: LoadBalancer,
  backend: Backend,
  reasons: readonly Finding[],
  { backendStatus: status }: Facts,
): Finding | null {
  const isMeant =
    reasons.length > 0 && reasons.every(({ code }) => code === 'backend-disabled' || code === 'weight-zero')
  if (status?.state !== 'draining' || !isMeant) return null
  const { sessions = 0, drainEndsAt: until } = status
  const end =
    until === undefined
      ? { en: 'as they end by themselves', zh: '等待其自行结束' }
      : { en: `until ${until}, when what is left is cut`, zh: `${until} 截止，届时切断剩余连接` }
  const values = { child: labelOf(backend), sessions: String(sessions), until: end }
  return found('drains', balancer, values, reasons[0]?.repair ?? null)
}

/** What is to be said of a backend that the model and the checks have nothing against: it is full, waits for its turn, or is not checked. */
export function* idle(checked: Checked, backend: Backend, facts: Facts): Iterable<Finding> {
  const { balancer, listener } = checked
  const status = facts.backendStatus
  yield* backendFull(balancer, listener, backend, facts)
  if (status?.state !== 'active') return
  if (listener.check.protocol === 'none') yield uncheckedBackend(checked, backend, facts)
  const before = serveBefore(listener, backend, facts)
  if (before) yield found('backup-waits', balancer, { child: labelOf(backend), others: labelOf(before) })
  else yield* answersItself(balancer, listener, facts)
}

/** A backend that has all the connections that it may, while clients wait. */
function* backendFull(
  balancer: LoadBalancer,
  listener: Listener,
  backend: Backend,
  { backendStatus: status }: Facts,
): Iterable<Finding> {
  const { maxConnections: limit } = backend
  const { sessions = 0, queued = 0 } = status ?? {}
  if (limit === null || queued === 0 || sessions < limit) return
  const values = { child: labelOf(backend), limit: String(limit), queued: String(queued) }
  yield found('backend-full', balancer, values, widening(balancer, listener, backend))
}

/** A listener that answers requests with errors of its own, though it has whom to ask; or that clients do not speak with as it expects. */
function* answersItself(balancer: LoadBalancer, listener: Listener, { measured }: Facts): Iterable<Finding> {
  const { ownErrors4xx = 0, ownErrors5xx = 0, newConnections = 0, requests } = measured?.(listener.id) ?? {}
  const { port, protocol, backends, acceptProxy } = listener
  const say = (code: FindingCode, perSecond: number, repair: Repair | null = null) => {
    const values = { child: listenerLabel(listener), rate: rateText(perSecond), port: String(port) }
    return found(code, balancer, values, repair)
  }
  const isPartial = backends.every(({ enabled, policy }) => !enabled || policy !== null)
  if (ownErrors5xx > 0) yield say(isPartial ? 'no-default-backend' : 'answers-itself', ownErrors5xx)
  if (ownErrors4xx > 0 && protocol === 'http' && portsOfTls.includes(port)) yield say('asked-in-tls', ownErrors4xx)
  if (!acceptProxy || newConnections === 0 || requests !== 0) return
  yield say('proxy-expected', newConnections, changing(balancer, ['listeners', listener.id], { acceptProxy: false }))
}

/** Where clients speak TLS without being told. */
const portsOfTls: readonly number[] = [443, 8443]

/** The active backend of an earlier tier because of which a backup does not serve; of no tier are those that are no backups. */
function serveBefore(listener: Listener, backend: Backend, { stateOf }: Facts): Backend | undefined {
  if (!backend.backup || !stateOf) return undefined
  const tierOf = ({ backup, backupTier }: Backend) => (backup ? backupTier : 0)
  return listener.backends.find(
    each =>
      each.policy === backend.policy &&
      each.enabled &&
      each.weight > 0 &&
      tierOf(each) < tierOf(backend) &&
      stateOf(each.id) === 'active',
  )
}

/** What can be said of a backend that nobody checks: what went there and what came back, where that is counted. */
function uncheckedBackend({ balancer, listener, address }: Checked, backend: Backend, facts: Facts): Finding {
  const { failedConnections = 0, packetsIn = 0, packetsOut } = facts.measured?.(backend.id) ?? {}
  const check = { protocol: listener.protocol === 'udp' ? 'udp' : 'tcp' }
  const repair = changing(balancer, ['listeners', listener.id], { check })
  const values = { address, port: String(backend.port) }
  const say = (en: string, zh: string) =>
    found('unchecked-silent', balancer, { ...values, evidence: { en, zh } }, repair)
  if (failedConnections > 0) {
    const rate = rateText(failedConnections)
    return say(`up to ${rate} connections a second to it failed lately`, `最近每秒最多 ${rate} 个到它的连接失败`)
  }
  if (packetsIn > 0 && packetsOut === 0) {
    const rate = rateText(packetsIn)
    return say(
      `up to ${rate} packets a second were sent to it lately, and none came back`,
      `最近每秒最多向它发送 ${rate} 个数据包，没有任何返回`,
    )
  }
  return found('unchecked', balancer, values, repair)
}

function rateText(perSecond: number): string {
  return perSecond >= 10 ? String(Math.round(perSecond)) : String(Math.max(0.1, Math.round(perSecond * 10) / 10))
}
