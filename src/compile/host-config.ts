/** What compilation must know of the machine it compiles for. */
export interface HostConfig {
  readonly name: string
  /** The way to the internet; null on a machine that has none. */
  readonly uplink: Uplink | null
  /** The MTU of every link. */
  readonly mtu: number
}

export interface Uplink {
  readonly link:
    | { readonly kind: 'macvlan'; readonly parent: string }
    /** The other end of a veth in a namespace that somebody else made, e.g. a simulated internet. */
    | { readonly kind: 'veth'; readonly peer: { readonly netns: string; readonly name: string } }
  /** The edge's own address with its length, e.g. `192.0.2.2/24`. */
  readonly address: string
  /** The next hop to the internet. */
  readonly gateway: string
}
