/** What one HAProxy process does, as data. Every id in it is one of the model's. */
export interface ProxyConfig {
  /** The names of all processes that do this together, each for a part of the clients; the first is the balancer's id. */
  readonly nodes: readonly string[]
  /** The address that it speaks to servers from; null where the kernel chooses one. */
  readonly source: string | null
  readonly maxConnections: number
  /** How long the header of a request may be. */
  readonly headerBytes: number
  /** What its listeners prove names with. Changed through the runtime socket, like servers. */
  readonly certificates: readonly ProxyCertificate[]
  readonly listeners: readonly ProxyListener[]
  /** Where a line about every connection and request goes; absent where none is written. */
  readonly log?: ProxyLog
  /** Pools of listeners that others carry: their servers are checked, and nothing more. Left out where there are none. */
  readonly checked?: readonly ProxyPool[]
}

/** Who gets the lines of the access log. */
export interface ProxyLog {
  /** Whether the newest are kept in the memory of the process. */
  readonly local: boolean
  /** A syslog server. */
  readonly remote: {
    readonly address: string
    readonly port: number
    readonly protocol: 'udp' | 'tcp'
    readonly format: 'rfc3164' | 'rfc5424'
  } | null
}

/** A certificate with its key. No text that people see holds it. */
export interface ProxyCertificate {
  readonly id: string
  /** PEM, without blank lines: chain first, then the key. */
  readonly pem: string
}

/** A port that is listened on, and the pools behind it. Disabled listeners are left out of the configuration. */
export interface ProxyListener {
  /** The listener's id: the name of the frontend, and of its first pool. */
  readonly id: string
  readonly mode: 'http' | 'tcp'
  readonly port: number
  /** The end of a range that begins with the port; null for the one port. */
  readonly lastPort: number | null
  /** Whether clients come through another balancer, which tells who they are. */
  readonly acceptProxy: boolean
  /** What one client address may do, each without a limit where null; null where nothing is limited. */
  readonly clientLimits: {
    readonly connections: number | null
    readonly connectionsPerS: number | null
    readonly requestsPerS: number | null
  } | null
  readonly tls: ProxyTls | null
  /** Whom it proves requests for certificates in the name of, by the thumbprint of an account's key; null for nobody. */
  readonly proofFor: string | null
  /** Answers every request by sending it to this port of HTTPS. */
  readonly redirect: { readonly status: number; readonly port: number } | null
  readonly forwardedFor: boolean
  readonly headers: readonly ('x-forwarded-proto' | 'x-forwarded-port' | 'qc-lbid' | 'qc-lbip')[]
  readonly options: readonly ('any-url' | 'compress' | 'drop-proxy-header' | 'refuse-when-down')[]
  readonly timeoutS: number
  readonly tunnelTimeoutS: number
  readonly retries: number
  /** Whether requests that may be made twice are made anew where a server that took one gave no answer. */
  readonly repeats: boolean
  /** How long a client waits for a server that has its most connections. */
  readonly queueS: number
  /** The first takes what no other matches; the others are asked in order. */
  readonly pools: readonly [ProxyPool, ...ProxyPool[]]
}

/** How TLS ends at a listener. */
export interface ProxyTls {
  /** The ids of its certificates; the first also for names that none has. */
  readonly certificates: readonly string[]
  readonly minVersion: '1.0' | '1.1' | '1.2' | '1.3'
  readonly ciphers: 'all' | 'compatible' | 'no-insecure' | 'strong'
  readonly http2: boolean
}

/** Servers among which requests are balanced: a `backend` of HAProxy. */
export interface ProxyPool {
  /** Its name in HAProxy: the listener's id, followed by the policy's where there is one, and by the tier of backups. */
  readonly id: string
  /** What requests must be like; null for those that no other pool takes. */
  readonly match: ProxyMatch | null
  /** The pools, best first, in whose place it serves where none of their servers is left; empty for one that serves by itself. */
  readonly standsInFor: readonly string[]
  /** Changes of the path, one after the other. */
  readonly rewrites: readonly { readonly pattern: string; readonly replacement: string }[]
  readonly balance: 'roundrobin' | 'leastconn' | 'source'
  readonly stickiness: ProxyStickiness
  readonly scene: 'default' | 'keep-alive' | 'cut-when-down'
  readonly proxyProtocol: 'none' | 'v1' | 'v2'
  readonly check: ProxyCheck
  /** In how many seconds a server that came up gets to its whole share. */
  readonly slowStartS: number
  /** After how many seconds the connections of a server that was taken out end; 0 for when they end. Nothing that HAProxy knows. */
  readonly drainS: number
  /**
   * The first port of the listener's range; null for one port. Then the ports of servers are those that it leads to, and the others
   * lead to those after them.
   */
  readonly firstPort: number | null
  readonly servers: readonly ProxyServer[]
}

/** A condition on requests; one without rules matches nothing. */
export interface ProxyMatch {
  readonly operator: 'or' | 'and'
  readonly rules: readonly ProxyRule[]
}

export interface ProxyRule {
  readonly id: string
  readonly type: 'domain' | 'url' | 'source' | 'header'
  readonly header: string
  /** Regular expressions, or prefixes of sources, one of which must match. */
  readonly words: readonly string[]
}

/** What keeps a client with the server that it had. */
export type ProxyStickiness =
  | { readonly type: 'none' }
  | { readonly type: 'source'; readonly lifetimeS: number }
  | { readonly type: 'insert' | 'backend'; readonly cookie: string; readonly lifetimeS: number }
  | { readonly type: 'rewrite' | 'prefix'; readonly cookie: string }

export interface ProxyCheck {
  readonly protocol: 'tcp' | 'http' | 'https' | 'none'
  readonly path: string
  readonly host: string
  readonly intervalS: number
  readonly timeoutS: number
  readonly fall: number
  readonly rise: number
  /** Statuses that an HTTP check accepts, e.g. `200-399`. */
  readonly accept: string
  /** Text that its answer must hold; any when empty. */
  readonly expect: string
}

/** A backend as HAProxy sees it. Changed through the runtime socket, never by a reload. */
export interface ProxyServer {
  /** The backend's id: the server's name. */
  readonly id: string
  readonly address: string
  readonly port: number
  readonly weight: number
  readonly backup: boolean
  /** How many connections, or requests where those are HTTP, it gets at a time; any number where null. */
  readonly maxConnections: number | null
  readonly enabled: boolean
}

/** The pools of all listeners, and those that are only checked. */
export function poolsOf({ listeners, checked = [] }: ProxyConfig): readonly ProxyPool[] {
  return [...listeners.flatMap(listener => listener.pools), ...checked]
}

/** The listener that a pool belongs to, by the pool's name. */
export function listenerOf(pool: string): string {
  return pool.split('_')[0] ?? ''
}
