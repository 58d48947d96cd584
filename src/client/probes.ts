/** A backend to be asked from inside the namespace of its balancer. */
export interface Probe {
  readonly netns: string
  /** The address that it is asked from; empty where the kernel chooses. */
  readonly source: string
  /** The router of the balancer's subnet; empty where there is none. */
  readonly gateway: string
  /** The namespace of the backend itself; empty where it is no server of ours. */
  readonly server: string
  readonly address: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** What is spoken once there is a connection. */
  readonly speak: 'nothing' | 'http' | 'https'
  /** What HTTP asks for. */
  readonly path: string
  readonly host: string
}

/** What came of it, part by part; null for what was not tried. */
export interface ProbeReport {
  /** Whether the router answers ARP; null where nobody asked it. */
  readonly gateway: boolean | null
  /** The first packets: answered, refused, or neither. */
  readonly connect: {
    readonly got: 'answer' | 'refusal' | 'nothing' | 'silence'
    readonly reason: string
    readonly ms: number
  }
  readonly tls: {
    readonly ok: boolean
    readonly reason: string
    readonly ms: number
    /** The names that the certificate is for. */
    readonly names: readonly string[]
  } | null
  readonly http: {
    /** Null where there was no answer in HTTP. */
    readonly status: number | null
    readonly firstMs: number | null
    readonly ms: number
    readonly bytes: number
    /** How it ended: `whole`, `cut`, `silence`, `not HTTP`. */
    readonly end: 'whole' | 'cut' | 'silence' | 'other'
  } | null
  /** At which addresses of the backend itself somebody listens on the port; null where nobody could look. */
  readonly listens: readonly string[] | null
  /** Whether it went well with small packets after it had not with those of usual size; null where that was not tried. */
  readonly small: boolean | null
}
