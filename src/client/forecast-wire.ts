import type { KindName } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'

/** Something that fills up. */
interface WireFilling {
  readonly inUse: number
  readonly perHour: number
  /** RFC 3339: when none is left if it goes on like this; null where that is not in sight. */
  readonly exhaustedAt: string | null
}

/**
 * How the connections and ports of an appliance that translates sources are used, and how long they last:
 * `GET /v1/nat-gateways/{id}/forecast`, `GET /v1/vpcs/{id}/forecast`.
 */
export interface Forecast {
  readonly kind: KindName
  readonly id: Id
  /** RFC 3339. */
  readonly at: string
  /** Machines that did not answer in time: what they carry is missing. */
  readonly silent: readonly string[]
  /** Translated connections; the limit is that of a gateway's size. */
  readonly connections: WireFilling & { readonly limit: number | null }
  /** By public IP, the fullest first. A port is taken per destination and its port: what counts is the destination that has most. */
  readonly addresses: readonly (WireFilling & {
    /** Null where the address is not held any more. */
    readonly eip: Id | null
    readonly address: string
    readonly connections: number
    readonly destinations: number
    readonly limit: number
  })[]
  /** The fullest first. */
  readonly destinations: readonly {
    readonly eip: Id | null
    readonly address: string
    readonly protocol: string
    readonly destination: string
    /** 0 where the protocol has none. */
    readonly port: number
    readonly ports: number
  }[]
  /** The earliest of all; null where nothing runs out in sight. */
  readonly exhaustedAt: string | null
  /** What would help; nothing where nothing has to be done. */
  readonly proposals: readonly ForecastProposal[]
}

export interface ForecastProposal {
  readonly do: 'resize' | 'add-eips' | 'split' | 'add-gateway'
  /** In the language of the caller. */
  readonly message: string
  readonly size?: string
  /** Names for the public IPs to add, and the rules that are to use them. */
  readonly names?: readonly string[]
  readonly rules?: readonly Id[]
  /** As an operator would type it. */
  readonly commands: readonly string[]
}
