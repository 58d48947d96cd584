import { digestOf, numberOf } from './digest.ts'
import type { ProxyCheck, ProxyListener, ProxyPool, ProxyServer } from './proxy.ts'
import { argument, literal, quoted } from './proxy-words.ts'

/** The name of the section by which a reload hands over which client goes where. */
export const peersSection = 'clients'

/** How a pool serves: all of a `backend` section but its servers. */
export function poolLines(listener: ProxyListener, pool: ProxyPool): string[] {
  const { mode, timeoutS, tunnelTimeoutS, queueS } = listener
  const { balance, check, scene, rewrites } = pool
  return [
    // Only these algorithms, with a consistent hash, accept servers at run time.
    `  balance ${balance}`,
    ...(balance === 'source' ? ['  hash-type consistent'] : []),
    '  option splice-response',
    // All of them, where HAProxy would have only the first serve.
    '  option allbackups',
    ...retryLines(listener),
    ...(mode === 'http' ? [scene === 'keep-alive' ? '  http-reuse never' : '  http-reuse safe'] : []),
    ...(mode === 'http' && scene === 'keep-alive' ? ['  option prefer-last-server'] : []),
    ...rewrites.map(
      ({ pattern, replacement }) =>
        `  http-request set-path ${literal(`%[path,regsub(${argument(pattern)},${argument(replacement)},i)]`)}`,
    ),
    ...stickinessLines(listener, pool),
    `  timeout queue ${queueS}s`,
    `  timeout server ${timeoutS}s`,
    `  timeout tunnel ${tunnelTimeoutS}s`,
    `  timeout connect ${check.protocol === 'none' ? 5 : Math.min(5, check.timeoutS)}s`,
    `  timeout check ${check.timeoutS}s`,
    ...checkLines(check),
  ]
}

/** When another server is asked. Which one is chosen anew at every attempt, not only at the last as is HAProxy's way. */
function retryLines({ mode, retries, repeats }: ProxyListener): string[] {
  return [
    '  option redispatch 1',
    `  retries ${retries}`,
    ...(mode === 'http' && repeats
      ? [
          '  retry-on conn-failure empty-response junk-response',
          '  http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE }',
        ]
      : []),
  ]
}

/** The secret that a pool's cookies are made with; null where it has none. Servers that are added at run time need it told again. */
export function cookieKeyOf({ id, stickiness: { type } }: ProxyPool): string | null {
  return type === 'insert' || type === 'rewrite' || type === 'prefix' ? digestOf(id).replaceAll(':', '') : null
}

/** Whether a pool remembers clients in a table, which reloads hand over. */
export function hasTable({ stickiness: { type } }: ProxyPool): boolean {
  return type === 'source' || type === 'backend'
}

function stickinessLines({ tls }: ProxyListener, pool: ProxyPool): string[] {
  const { stickiness } = pool
  // Servers that are added at run time take no cookie of their own, only one that follows from their address.
  const key = `  dynamic-cookie-key ${cookieKeyOf(pool)}`
  switch (stickiness.type) {
    case 'none':
      return []
    case 'source':
      return [`  stick-table type ip size 200k expire ${stickiness.lifetimeS}s peers ${peersSection}`, '  stick on src']
    case 'backend': {
      const { cookie, lifetimeS } = stickiness
      const expiry = lifetimeS === 0 ? '' : ` expire ${lifetimeS}s`
      return [
        `  stick-table type string len 128 size 200k${expiry} peers ${peersSection}`,
        `  stick on req.cook(${cookie})`,
        `  stick store-response res.cook(${cookie})`,
      ]
    }
    case 'insert': {
      const { cookie, lifetimeS } = stickiness
      const idle = lifetimeS === 0 ? '' : ` maxidle ${lifetimeS}s`
      return [`  cookie ${cookie} insert indirect nocache httponly${tls ? ' secure' : ''}${idle} dynamic`, key]
    }
    case 'rewrite':
    case 'prefix':
      return [`  cookie ${stickiness.cookie} ${stickiness.type} dynamic`, key]
  }
}

/** How a pool is checked that others serve: all of its section but its servers. */
export function checkedLines({ check }: ProxyPool): string[] {
  return [
    '  mode tcp',
    `  timeout connect ${check.timeoutS}s`,
    `  timeout check ${check.timeoutS}s`,
    ...checkLines(check),
  ]
}

function checkLines(check: ProxyCheck): string[] {
  if (check.protocol !== 'http' && check.protocol !== 'https') return []
  // Unlike a path, a header is a format, in which % is special.
  const host = check.host && ` ver HTTP/1.1 hdr Host ${quoted(check.host).replaceAll('%', '%%')}`
  return [
    '  option httpchk',
    `  http-check send meth GET uri ${quoted(check.path)}${host}`,
    ...(check.expect === '' ? [] : [`  http-check expect string ${literal(check.expect)}`]),
    // Last, as it is what a check that went well is reported by.
    `  http-check expect status ${check.accept}`,
  ]
}

/** The servers that a process has. A disabled one is not there at all: one that starts in maintenance is not checked for long after it left it. */
export function servedBy(pool: ProxyPool): readonly ProxyServer[] {
  return pool.servers.filter(server => server.enabled)
}

/** A server's address and settings: what follows its name on a `server` line and in `add server`, but for its weight. */
export function serverText(pool: ProxyPool, server: ProxyServer): string {
  const { firstPort, check } = pool
  const checked = firstPort !== null && check.protocol !== 'none' ? [`port ${server.port}`] : []
  const port = portText(pool, server)
  return [
    `${server.address}:${firstPort === null ? port : `+${port}`}`,
    ...(server.backup ? ['backup'] : []),
    ...(server.maxConnections === null ? [] : [`maxconn ${server.maxConnections}`]),
    settingsText(pool),
    ...checked,
  ]
    .join(' ')
    .trimEnd()
}

/**
 * By which number a client's address leads to a server: one that follows from its name, so that all nodes, and processes that
 * came to their servers in other orders, lead a client to the same.
 */
export function numberText({ balance }: ProxyPool, name: string): string {
  return balance === 'source' ? ` id ${1 + (numberOf(name) % largestNumber)}` : ''
}

/** What HAProxy takes. That two servers of a pool come to have one number is less likely than anything else that may befall them. */
const largestNumber = 2 ** 31 - 1

/** A server's port as HAProxy is told it: where the listener has several, by how much it is beyond the client's, modulo all ports. */
export function portText({ firstPort }: ProxyPool, { port }: ProxyServer): string {
  return String(firstPort === null ? port : (port - firstPort + ports) % ports)
}

const ports = 65536

/** The port that HAProxy was told so. */
export function portTold({ firstPort }: ProxyPool, told: number): number {
  return firstPort === null ? told : (told + firstPort) % ports
}

/** How servers are spoken to and checked, which HAProxy cannot change while they are there. */
export function settingsText({ check, scene, proxyProtocol, slowStartS }: ProxyPool): string {
  const slowly = slowStartS === 0 ? [] : [`slowstart ${slowStartS}s`]
  const told = { none: [], v1: ['send-proxy'], v2: ['send-proxy-v2'] }[proxyProtocol]
  const cut = scene === 'cut-when-down' ? ['on-marked-down shutdown-sessions'] : []
  if (check.protocol === 'none') return [...told, ...slowly].join(' ')
  const name = check.host.replace(/:\d+$/, '')
  const tls =
    check.protocol === 'https' ? ['check-ssl verify none', ...(name ? [`check-sni ${quoted(name)}`] : [])] : []
  const times = `check inter ${check.intervalS}s fastinter 1s downinter 2s fall ${check.fall} rise ${check.rise}`
  return [...told, ...cut, times, ...tls, ...slowly].join(' ')
}
