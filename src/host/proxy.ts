/** What one HAProxy process does, as data. Every id in it is one of the model's. */
export interface ProxyConfig {
  readonly maxConnections: number
  readonly listeners: readonly ProxyListener[]
}

/** A port that is listened on, and the servers behind it. Disabled listeners are left out of the configuration. */
export interface ProxyListener {
  /** The listener's id: the name of frontend and backend. */
  readonly id: string
  readonly mode: 'http' | 'tcp'
  readonly port: number
  readonly balance: 'roundrobin' | 'leastconn' | 'source'
  readonly forwardedFor: boolean
  readonly timeoutS: number
  readonly check: {
    readonly protocol: 'tcp' | 'http' | 'none'
    readonly path: string
    readonly host: string
    readonly intervalS: number
    readonly timeoutS: number
    readonly fall: number
    readonly rise: number
    /** Statuses that an HTTP check accepts, e.g. `200-399`. */
    readonly accept: string
  }
  readonly servers: readonly ProxyServer[]
}

/** A backend as HAProxy sees it. Changed through the runtime socket, never by a reload. */
export interface ProxyServer {
  /** The backend's id: the server's name. */
  readonly id: string
  readonly address: string
  readonly port: number
  readonly weight: number
  readonly backup: boolean
  readonly enabled: boolean
}
