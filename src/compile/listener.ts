import type { Backend, Id, Listener, LoadBalancer } from '../model/model.ts'
import { wayOf } from '../model/way.ts'
import type { ProxyCheck, ProxyConfig, ProxyListener, ProxyPool, ProxyServer, ProxyTls } from '../host/proxy.ts'
import { compileAccount, compileCertificate } from './certificate.ts'
import { inOrder, matchOf, rewritesOf } from './forward-policy.ts'
import type { Look } from './part.ts'
import { checkedListeners } from './spread.ts'

/** What HAProxy does for a balancer of one node: its listeners, but for those that are off; of those that the kernel carries only the checks. */
export function proxyOf(look: Look, { id: name, now, live }: LoadBalancer): ProxyConfig {
  const listeners = live.listeners.filter(each => each.enabled && wayOf(each, live) === 'proxy')
  const checked = checkedListeners({ live }).map(each => checkedPool(look, each))
  const account = accountOf(look, live.listeners)
  const { accessLog } = live
  const certificates = [...new Set(listeners.flatMap(each => each.certificates))].sort()
  return {
    nodes: [name],
    source: null,
    maxConnections: now.maxConnections,
    headerBytes: live.headerSizeKb * 1024,
    certificates: certificates.map(id => compileCertificate(look('certificate', id))),
    listeners: listeners.map(each => listenerOf(look, each, account)),
    ...(accessLog.local || accessLog.remote ? { log: accessLog } : {}),
    ...(checked.length > 0 ? { checked } : {}),
  }
}

/** The thumbprint of the account that certificates of these listeners are issued to: there is one at most. */
function accountOf(look: Look, listeners: readonly Listener[]): string | null {
  const used = listeners.flatMap(({ certificates }) => certificates.map(id => look('certificate', id)))
  const issued = used.find(({ now }) => now.acme !== null && now.accountKey !== null)
  return issued ? compileAccount(issued) : null
}

function listenerOf(look: Look, listener: Listener, account: string | null): ProxyListener {
  const { id, protocol, port, lastPort, acceptProxy, forwardedFor, headers, options } = listener
  const { clientLimits, timeoutS, tunnelTimeoutS, retries, retryOn, queueS } = listener
  const isHttp = protocol === 'http' || protocol === 'https'
  const policies = new Set(listener.backends.flatMap(({ policy }) => policy ?? []))
  const [own, ...ownTiers] = poolsOf(look, listener, null)
  const others = inOrder(look, policies).flatMap(policy => poolsOf(look, listener, policy.id))
  return {
    id,
    mode: isHttp ? 'http' : 'tcp',
    port,
    lastPort,
    acceptProxy,
    clientLimits: Object.values(clientLimits).some(limit => limit !== null) ? clientLimits : null,
    tls: tlsOf(listener),
    proofFor: protocol === 'http' ? account : null,
    redirect: options.includes('redirect-to-https')
      ? { status: listener.redirectStatus, port: listener.redirectPort }
      : null,
    forwardedFor: isHttp && forwardedFor,
    headers: isHttp ? headers : [],
    options: (isHttp
      ? (['any-url', 'compress', 'drop-proxy-header'] as const)
      : (['refuse-when-down'] as const)
    ).filter(each => options.includes(each)),
    timeoutS,
    tunnelTimeoutS,
    retries,
    repeats: isHttp && retryOn === 'idempotent',
    queueS,
    pools: [own, ...ownTiers, ...others],
  }
}

function tlsOf({ protocol, certificates, tls, http2, options }: Listener): ProxyTls | null {
  if (protocol !== 'https' && protocol !== 'ssl') return null
  const [preset] = (
    [
      ['strong-ciphers', 'strong'],
      ['no-insecure-ciphers', 'no-insecure'],
      ['compatible-ciphers', 'compatible'],
    ] as const
  ).filter(([option]) => options.includes(option))
  return {
    certificates,
    minVersion: tls.minVersion,
    ciphers: preset?.[1] ?? 'all',
    http2: protocol === 'https' && http2,
  }
}

/**
 * The backends of a listener that bear a policy, or none; then those that stand in for them, a pool for each tier. The first tier
 * is in the pool itself, where HAProxy can turn to it in the middle of a request; but not where clients stick to their
 * backends, as they would stick to backups when the others are back.
 */
function poolsOf(look: Look, listener: Listener, id: Id | null): readonly [ProxyPool, ...ProxyPool[]] {
  const tierOf = ({ backup, backupTier }: Backend) =>
    backup && (backupTier > 1 || listener.stickiness.type !== 'none') ? backupTier : 0
  const name = id === null ? listener.id : `${listener.id}_${id}`
  const byTier = Map.groupBy(
    listener.backends.filter(({ policy }) => policy === id),
    tierOf,
  )
  const tiers = [...byTier.keys()].filter(tier => tier > 0).sort((a, b) => a - b)
  const nameOf = (tier: number) => `${name}_b${tier}`
  return [
    poolOf(look, listener, id, { name, standsInFor: [], backends: byTier.get(0) ?? [] }),
    ...tiers.map((tier, i) => {
      const standsInFor = [name, ...tiers.slice(0, i).map(nameOf)]
      // Among themselves none stands back.
      const backends = byTier.get(tier)?.map(each => ({ ...each, backup: false })) ?? []
      return poolOf(look, listener, id, { name: nameOf(tier), standsInFor, backends })
    }),
  ]
}

interface Part {
  readonly name: string
  readonly standsInFor: readonly string[]
  readonly backends: readonly Backend[]
}

function poolOf(look: Look, listener: Listener, id: Id | null, { name, standsInFor, backends }: Part): ProxyPool {
  const policy = id === null ? null : look('forward-policy', id).live
  const { stickiness, scene, proxyProtocol, slowStartS, drainS } = listener
  return {
    id: name,
    match: standsInFor.length > 0 ? null : policy && matchOf(policy),
    standsInFor,
    rewrites: policy ? rewritesOf(policy) : [],
    balance: policy?.balance ?? listener.balance,
    stickiness,
    scene,
    proxyProtocol,
    check: checkOf(listener, policy?.check ?? listener.check),
    slowStartS,
    drainS,
    firstPort: listener.lastPort === null ? null : listener.port,
    servers: backends.flatMap(each => serverOf(look, each) ?? []),
  }
}

/** The pool of a listener that the kernel carries. */
function checkedPool(look: Look, listener: Listener): ProxyPool {
  const { id: name } = listener
  const pool = poolOf(look, listener, null, { name, standsInFor: [], backends: listener.backends })
  return { ...pool, firstPort: null, servers: pool.servers.map(checkedServer) }
}

/** Nothing else of it is anything to whoever only asks how it is. */
function checkedServer(server: ProxyServer): ProxyServer {
  return checked.getOrInsertComputed(server, () => ({ ...server, weight: 1, backup: false, maxConnections: null }))
}

const checked = new WeakMap<ProxyServer, ProxyServer>()

function checkOf({ protocol }: Listener, check: Listener['check']): ProxyCheck {
  const { accept, protocol: asked, send: _, ...rest } = check
  const usual = protocol === 'http' || protocol === 'https' ? '200-399' : '200'
  return { ...rest, protocol: asked === 'udp' || asked === 'icmp' ? 'none' : asked, accept: accept || usual }
}

/** A backend, the same object while nothing of it changes; null for a server that is in no network. */
function serverOf(look: Look, backend: Backend): ProxyServer | null {
  const address = backend.address ?? look('server', backend.server!).now.address
  if (address === null) return null
  const known = servers.get(backend)
  if (known?.address === address) return known
  const { id, port, weight, backup, maxConnections, enabled } = backend
  const made = { id, address, port, weight, backup, maxConnections, enabled }
  servers.set(backend, made)
  return made
}

const servers = new WeakMap<Backend, ProxyServer>()
