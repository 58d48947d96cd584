import type { Listener, LoadBalancer } from './model.ts'

/** The most elements that the kernel needs to lead a range of ports to other ports. */
const mostMoved = 8192

/** The places in a listener that ask for what only HAProxy does; none where the kernel can carry it. */
export function* needsProxy(listener: Listener): Iterable<string> {
  const { acceptProxy, proxyProtocol, balance, retries, queueS, slowStartS, clientLimits, backends } = listener
  if (retries !== usual.retries) yield 'retries'
  if (queueS !== usual.queueS) yield 'queueS'
  if (slowStartS !== 0) yield 'slowStartS'
  if (acceptProxy) yield 'acceptProxy'
  if (proxyProtocol !== 'none') yield 'proxyProtocol'
  if (balance === 'leastconn') yield 'balance'
  for (const [name, value] of Object.entries(clientLimits)) if (value !== null) yield `clientLimits.${name}`
  for (const [i, { maxConnections }] of backends.entries()) {
    if (maxConnections !== null) yield `backends[${i}].maxConnections`
  }
  if (movedPorts(listener) > mostMoved) yield 'lastPort'
}

/** What nobody asked for who says nothing. */
const usual = { retries: 3, queueS: 10 }

/** How many ports of a range the kernel must lead to other ports, once for each distance. */
function movedPorts({ port, lastPort, backends }: Listener): number {
  if (lastPort === null) return 0
  const distances = new Set(backends.map(backend => backend.port - port))
  distances.delete(0)
  return distances.size * (lastPort - port + 1)
}

/** What carries a listener. With auto, TCP goes by the kernel unless something is asked for that only HAProxy does, such as a log. */
export function wayOf(listener: Listener, { accessLog }: Pick<LoadBalancer['live'], 'accessLog'>): 'kernel' | 'proxy' {
  const { protocol, via, options } = listener
  if (protocol === 'udp') return 'kernel'
  if (protocol !== 'tcp' || via === 'proxy') return 'proxy'
  if (via === 'kernel' || options.includes('transparent')) return 'kernel'
  const logs = accessLog.local || accessLog.remote !== null
  return logs || needsProxy(listener)[Symbol.iterator]().next().done === false ? 'proxy' : 'kernel'
}
