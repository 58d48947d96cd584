/** What agents say of translated flows; ports of a public IP are taken per destination and its port. */
export interface Translations {
  /** By public address, the fullest first. */
  readonly addresses: readonly {
    readonly address: string
    readonly flows: number
    readonly destinations: number
    /** Ports in use for the destination that takes most. */
    readonly most: number
  }[]
  /** The fullest first, as many as were asked for. */
  readonly fullest: readonly {
    readonly address: string
    readonly protocol: string
    readonly destination: string
    /** 0 where the protocol has none. */
    readonly port: number
    readonly flows: number
  }[]
}
