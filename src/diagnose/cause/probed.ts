import { find, vpcOf, type Listener, type LoadBalancer, type Model } from '../../model/model.ts'
import { privateAddressesOf } from '../../model/node.ts'
import { netnsOf } from '../../compile/names.ts'
import { namespaceOf } from '../../compile/server.ts'
import { found, isFault, type Finding, type FindingCode, type Values } from './finding.ts'
import { saysNothing } from './findings.ts'
import { serverAt } from './private-clients.ts'
import { changing } from './repairs.ts'
import { seenWords } from './words-seen.ts'

/** What came of asking a backend from inside its balancer's namespace; `client/probes.ts` says more. */
export interface Probed {
  readonly gateway: boolean | null
  readonly connect: {
    readonly got: 'answer' | 'refusal' | 'nothing' | 'silence'
    readonly reason: string
    readonly ms: number
  }
  readonly tls: {
    readonly ok: boolean
    readonly reason: string
    readonly ms: number
    readonly names: readonly string[]
  } | null
  readonly http: {
    readonly status: number | null
    readonly firstMs: number | null
    readonly ms: number
    readonly end: 'whole' | 'cut' | 'silence' | 'other'
  } | null
  readonly listens: readonly string[] | null
  readonly small: boolean | null
}

/** What is asked, of whom. */
export interface Checked {
  readonly balancer: LoadBalancer
  readonly listener: Listener
  readonly address: string
  readonly port: number
}

/** What is sent to a backend, and from where; `client/probes.ts` says more. */
interface Asking {
  readonly netns: string
  readonly source: string
  readonly gateway: string
  readonly server: string
  readonly address: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  readonly speak: 'nothing' | 'http' | 'https'
  readonly path: string
  readonly host: string
}

/** How a backend is asked: as its checks do it. */
export function probeOf(model: Model, { balancer, listener, address, port }: Checked): Asking {
  const { check, protocol } = listener
  const datagrams = check.protocol === 'icmp' ? 'icmp' : 'udp'
  const server = serverAt(model, balancer, address)
  return {
    netns: netnsOf(balancer.id),
    source: privateAddressesOf(balancer)[0] ?? '',
    gateway: find(model, 'subnet', balancer.now.subnet)?.now.gateway ?? '',
    server: server && server.now.attach.type !== 'tap' ? namespaceOf(server) : '',
    address,
    port,
    protocol: protocol === 'udp' ? datagrams : 'tcp',
    speak: speaks(listener),
    path: check.path,
    host: check.host,
  }
}

/** What is spoken with a backend: what its checks speak, and where these only connect, what its clients will. */
function speaks({ check, protocol }: Listener): Asking['speak'] {
  if (check.protocol === 'http' || check.protocol === 'https') return check.protocol
  return protocol === 'http' || protocol === 'https' ? 'http' : 'nothing'
}

/** What a probe says. `seenAs` are the addresses that the other side may see. */
export function probeSays(
  model: Model,
  { balancer, listener, address, port }: Checked,
  probed: Probed,
  seenAs: readonly string[],
): Finding[] {
  const { gateway, connect, tls, http, listens, small } = probed
  const { check } = listener
  const values = {
    address,
    port: String(port),
    rise: String(check.rise),
    timeoutS: String(check.timeoutS),
    path: check.path,
    seenAs: seenAs.join(', '),
  }
  const say = (code: FindingCode, reason: string, more = {}) => [found(code, balancer, { ...values, reason, ...more })]
  const subnet = find(model, 'subnet', balancer.now.subnet)
  if (gateway === false && subnet) return [found('gateway-silent', subnet, { gateway: subnet.now.gateway ?? '' })]
  switch (connect.got) {
    case 'refusal':
      if (listens?.length && listens.every(isLoopback))
        return say('listens-on-loopback', '', { listens: listens.join(', ') })
      return say('refused', connect.reason)
    case 'nothing': {
      const vip = virtualAt(model, balancer, address)
      if (vip) return [found('vip-not-taken', vip, { address, reason: connect.reason })]
      if (/reset/.test(connect.reason)) return say('reset', connect.reason)
      if (/no route|unreachable/.test(connect.reason)) return say('no-way-seen', connect.reason)
      if (/rules for what leaves/.test(connect.reason)) return say('check-held-back', connect.reason)
      return say(listener.protocol === 'udp' ? 'no-ping' : 'timeout', connect.reason)
    }
    case 'silence':
    case 'answer':
      break
  }
  if (small === true) return say('packets-too-big', '')
  if (tls && !tls.ok) {
    if (tls.reason === 'no answer') return say('no-handshake', tls.reason)
    return say(tls.reason === 'cut' ? 'reset' : 'tls-failed', tls.reason)
  }
  if (http && tls?.ok && speaks(listener) === 'http') return [speaksTls(listener, balancer, values)]
  if (http) {
    if (http.end === 'other') return say('not-http', '')
    if (http.end === 'cut') return say('reset', 'cut before the answer was whole')
    if (http.status === null) return say('no-answer', 'no answer')
    if (isChecked(listener) && !isAccepted(listener, http.status)) {
      return say(http.status >= 300 && http.status < 400 ? 'check-redirected' : 'bad-answer', `HTTP ${http.status}`)
    }
    if (isChecked(listener) && http.ms > check.timeoutS * 1000)
      return say('answers-late', '', { ms: String(Math.round(http.ms)) })
  }
  if (check.protocol === 'none') return say('answers-now', '', { ms: String(Math.round(connect.ms)) })
  if (!asksAsChecks(listener)) return []
  return say('well-now', '', { ms: String(Math.round(connect.ms + (tls?.ms ?? 0) + (http?.ms ?? 0))) })
}

/** Whether checks ask in HTTP. */
function isChecked({ check }: Listener): boolean {
  return check.protocol === 'http' || check.protocol === 'https'
}

/** TLS where HTTP was meant. Checks alone may speak it; what balancers send in HTTP they do not. */
function speaksTls(listener: Listener, balancer: LoadBalancer, values: Values): Finding {
  if (listener.protocol === 'http' || listener.protocol === 'https') return found('speaks-tls', balancer, values)
  const check = { protocol: 'https' }
  return found('check-without-tls', balancer, values, changing(balancer, ['listeners', listener.id], { check }))
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

/** Whether a probe that finds a backend well has asked all that its checks ask: no text, no ping first, no word of clients before. */
function asksAsChecks({ check, protocol, proxyProtocol }: Listener): boolean {
  return check.expect === '' && proxyProtocol === 'none' && (protocol !== 'udp' || check.protocol === 'icmp')
}

/** The virtual address that a balancer looks for in its own VPC. */
export function virtualAt(model: Model, balancer: LoadBalancer, address: string) {
  for (const member of model.members.get(vpcOf(model, balancer) ?? '')?.values() ?? []) {
    if (member.kind === 'vip' && member.now.address === address) return member
  }
  return undefined
}

/** Whether a check takes a status for a success. */
export function isAccepted({ check, protocol }: Listener, status: number): boolean {
  if (check.accept === '')
    return protocol === 'http' || protocol === 'https' ? status >= 200 && status < 400 : status === 200
  return check.accept.split(',').some(range => {
    const [from = 0, to = from] = range.split('-').map(Number)
    return from <= status && status <= to
  })
}

/** The findings about a backend once it was probed: what was applied still goes first, and what checks said gives way to what was seen just now. */
export function sharpened(findings: readonly Finding[], seen: readonly Finding[]): Finding[] {
  const isProved = ({ certainty }: Finding) => certainty === 'proved'
  const cause = findings[0] && isProved(findings[0])
  if (cause || seen.length === 0) return [...findings]
  const fresh = seen.filter(({ code }) => code !== 'well-now' || findings.some(isFault))
  const measured = findings.filter(each => !isProved(each) && !isHearsay(each))
  const proved = findings.filter(isProved)
  const isLost = fresh.some(({ code }) => saysNothing(code)) || measured.some(({ code }) => code === 'admits-some')
  return isLost ? [...measured, ...fresh, ...proved] : [...fresh, ...measured, ...proved]
}

/** Whether it is what checks said, or that nobody checks. What they said one after the other a single probe cannot refute. */
function isHearsay({ code }: Finding): boolean {
  if (code === 'admits-some') return false
  return code in seenWords || code === 'unchecked' || code === 'unchecked-silent'
}
