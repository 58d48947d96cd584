import type { Packet } from './packet.ts'

/** A packet that is to be sent and followed. */
export interface FollowWish {
  /** Where it is sent from. */
  readonly netns: string
  /** Whether its source is an address of that namespace, by which its route is chosen. */
  readonly own: boolean
  readonly packet: Packet
  /** The namespaces in which it is looked for. */
  readonly among: readonly string[]
}

/** What was seen of a packet that was sent, and of its answer, in order. */
export interface Followed {
  /** Why it could not be sent; null where it was. */
  readonly unsent: string | null
  readonly events: readonly SeenEvent[]
}

/** One thing that the kernel told of a packet on its way. */
export interface SeenEvent {
  readonly netns: string
  readonly way: 'there' | 'back'
  /** That it was sent, entered, left or arrived; or what a rule, or the policy of a chain, decided. */
  readonly what: 'sends' | 'enters' | 'leaves' | 'arrives' | 'rule' | 'policy'
  /** The links that it came and goes by; empty where there is none, or where that is not known yet. */
  readonly iif: string
  readonly oif: string
  /** Of a rule that is not ours and drops it: its table and chain. */
  readonly chain: string
  /** Where the rule stands in its chain, from 0; -1 where none decided. */
  readonly index: number
  /** The id that the rule carries. */
  readonly for: string
  readonly verdict: 'accept' | 'drop' | 'jump' | 'goto' | 'return' | 'continue' | 'other'
  /** Its headers as the chain met them. */
  readonly packet: Packet
  /** What it says as an answer: that somebody takes the connection, or does not. */
  readonly says: 'answers' | 'refuses'
}
