import { digestOf } from './digest.ts'
import type { ProxyConfig, ProxyListener, ProxyServer } from './proxy.ts'

/** Where one HAProxy process keeps its files. */
export interface ProxyPaths {
  /** The runtime socket. */
  readonly socket: string
  /** The states of servers that a new process starts from: every server must be in it, down until a check says otherwise. */
  readonly stateFile: string
  /** Whom it becomes once it listens; null to stay who it is. No part of the structure: nobody is reloaded for it. */
  readonly user: { readonly uid: number; readonly gid: number } | null
}

/** The description by which a running process says which structure it has; {@link proxyStructure} follows. */
export const descriptionPrefix = 'cw:'

/** The haproxy.cfg of a balancer; its structure's digest can be read back by `show info`. */
export function proxyText(name: string, config: ProxyConfig, paths: ProxyPaths): string {
  return [
    'global',
    `  node ${name}`,
    `  description ${descriptionPrefix}${proxyStructure(config)}`,
    `  stats socket ${quoted(paths.socket)} mode 600 level admin expose-fd listeners`,
    `  server-state-file ${quoted(paths.stateFile)}`,
    ...(paths.user ? [`  uid ${paths.user.uid}`, `  gid ${paths.user.gid}`] : []),
    ...globalLines(config),
    '',
    'defaults',
    '  load-server-state-from-file global',
    '',
    ...config.listeners.flatMap(listener => [
      ...listenerLines(listener),
      ...servedBy(listener).map(
        server => `  server ${server.id} ${serverText(listener, server)} weight ${server.weight}`,
      ),
      '',
    ]),
  ].join('\n')
}

/** A digest of all but the servers: what a running process cannot change without a reload. */
export function proxyStructure(config: ProxyConfig): string {
  const listeners = config.listeners.flatMap(listener => [...listenerLines(listener), checkText(listener)])
  return digestOf([...globalLines(config), ...listeners].join('\n'))
}

function globalLines(config: ProxyConfig): string[] {
  return [
    `  maxconn ${config.maxConnections}`,
    // Not as many as the machine has cores, which is HAProxy's own choice: there are many balancers on a machine.
    '  nbthread 2',
    // Where the limit of open files cannot be raised, fewer connections are better than no balancer.
    '  no strict-limits',
    // What a reload replaced may finish its connections, but not stay for ever.
    '  hard-stop-after 10m',
    // 64 KB buffers, and splicing below, are worth 2.5 times the throughput on responses of 100 KB.
    '  tune.bufsize 65536',
    // A new process asks every backend at once instead of spreading the first checks over the interval.
    '  max-spread-checks 200ms',
  ]
}

function listenerLines(listener: ProxyListener): string[] {
  const { id, mode, port, timeoutS, check } = listener
  return [
    `listen ${id}`,
    `  mode ${mode}`,
    `  bind :${port}`,
    // Only these algorithms, with a consistent hash, accept servers at run time.
    `  balance ${listener.balance}`,
    ...(listener.balance === 'source' ? ['  hash-type consistent'] : []),
    '  option splice-response',
    '  option redispatch',
    '  retries 3',
    ...(mode === 'http' ? ['  http-reuse safe', '  option idle-close-on-response'] : []),
    ...(mode === 'http' && listener.forwardedFor ? ['  option forwardfor'] : []),
    `  timeout client ${timeoutS}s`,
    `  timeout server ${timeoutS}s`,
    `  timeout connect ${check.protocol === 'none' ? 5 : Math.min(5, check.timeoutS)}s`,
    `  timeout check ${check.timeoutS}s`,
    ...checkLines(check),
  ]
}

function checkLines(check: ProxyListener['check']): string[] {
  if (check.protocol !== 'http') return []
  // Unlike a path, a header is a format, in which % is special.
  const host = check.host && ` ver HTTP/1.1 hdr Host ${quoted(check.host).replaceAll('%', '%%')}`
  return [
    '  option httpchk',
    `  http-check send meth GET uri ${quoted(check.path)}${host}`,
    `  http-check expect status ${check.accept}`,
  ]
}

/** The servers that a process has. A disabled one is not there at all: one that starts in maintenance is not checked for long after it left it. */
export function servedBy(listener: ProxyListener): readonly ProxyServer[] {
  return listener.servers.filter(server => server.enabled)
}

/** A server's address and settings: what follows its name on a `server` line and in `add server`, but for its weight. */
export function serverText(listener: ProxyListener, server: ProxyServer): string {
  return [`${server.address}:${server.port}`, ...(server.backup ? ['backup'] : []), checkText(listener)]
    .join(' ')
    .trimEnd()
}

/** How a server is checked, which HAProxy cannot change while the server is there. */
function checkText({ check }: ProxyListener): string {
  if (check.protocol === 'none') return ''
  return `check inter ${check.intervalS}s fastinter 1s downinter 2s fall ${check.fall} rise ${check.rise}`
}

/** A word that HAProxy takes literally. What would end the quotes, the line or the request is percent-encoded. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[^\x21-\x7e]|'/gu, percentEncoded)}'`
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character)].map(byte => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')
}
