import type { Listener } from '../model.ts'
import type { Problem } from '../problem.ts'
import { needsProxy } from '../way.ts'
import { duplicates } from './rule.ts'

/** Whether two listeners want the same port of the same transport. */
export function sharePort(a: Listener, b: Listener): boolean {
  if ((a.protocol === 'udp') !== (b.protocol === 'udp')) return false
  return a.port <= (b.lastPort ?? b.port) && b.port <= (a.lastPort ?? a.port)
}

/** What goes with some protocols, and not with that of the listener. */
export function* listenerProblems(listener: Listener, at: string): Iterable<Problem> {
  const { protocol, port, lastPort, stickiness, check, backends } = listener
  const isHttp = protocol === 'http' || protocol === 'https'
  if (lastPort !== null) {
    if (protocol !== 'tcp' && protocol !== 'udp') yield { code: 'range-protocol', at: `${at}.lastPort` }
    else if (lastPort <= port) yield { code: 'range-backwards', at: `${at}.lastPort` }
  }
  if (stickiness.type !== 'none' && stickiness.type !== 'source' && !isHttp)
    yield { code: 'cookie-without-http', at: `${at}.stickiness` }
  if ((check.protocol === 'udp' || check.protocol === 'icmp') && protocol !== 'udp')
    yield { code: 'check-without-udp', at: `${at}.check.protocol` }
  yield* certificateProblems(listener, at)
  yield* redirectProblems(listener, at)
  yield* wayProblems(listener, at)
  if (listener.retryOn !== 'connect' && !isHttp) yield { code: 'retry-without-http', at: `${at}.retryOn` }
  if (isHttp || protocol === 'ssl') return
  for (const [i, { policy }] of backends.entries()) {
    if (policy !== null) yield { code: 'policy-without-http', at: `${at}.backends[${i}].policy` }
  }
}

function* certificateProblems({ protocol, certificates }: Listener, at: string): Iterable<Problem> {
  const endsTls = protocol === 'https' || protocol === 'ssl'
  if (endsTls && certificates.length === 0) yield { code: 'no-certificate', at: `${at}.certificates` }
  if (!endsTls && certificates.length > 0) yield { code: 'certificate-without-tls', at: `${at}.certificates` }
  for (const { index, first } of duplicates(certificates, id => id)) {
    yield { code: 'duplicate', at: `${at}.certificates[${index}]`, values: { other: `certificates[${first}]` } }
  }
}

function* redirectProblems({ protocol, options, backends }: Listener, at: string): Iterable<Problem> {
  if (!options.includes('redirect-to-https')) return
  if (protocol !== 'http') yield { code: 'redirect-without-http', at: `${at}.options` }
  else if (backends.length > 0) yield { code: 'redirect-with-backends', at: `${at}.backends` }
}

/** What carries it, and what that cannot do: all of it. */
function* wayProblems(listener: Listener, at: string): Iterable<Problem> {
  const { protocol, via, options } = listener
  const isTransparent = options.includes('transparent')
  if (protocol !== 'tcp' && protocol !== 'udp') {
    if (via === 'kernel') yield { code: 'kernel-without-transport', at: `${at}.via` }
    if (isTransparent) yield { code: 'transparent-without-transport', at: `${at}.options` }
    return
  }
  if (protocol === 'udp' && via === 'proxy') yield { code: 'proxy-without-udp', at: `${at}.via` }
  if (protocol === 'tcp' && via === 'proxy' && isTransparent) {
    yield { code: 'transparent-by-proxy', at: `${at}.options` }
  } else if (protocol === 'udp' || via === 'kernel' || isTransparent) {
    for (const place of needsProxy(listener))
      yield { code: protocol === 'udp' ? 'not-on-udp' : 'not-by-kernel', at: `${at}.${place}` }
  }
}
