import type { Spread } from './spread.ts'

/**
 * Our nftables table of a namespace, as data: printed by `rulesetText`, walked by `trace`.
 * Chains are static; what changes often lives in sets and maps, so that it changes by elements.
 */
export interface Ruleset {
  readonly family: 'ip' | 'bridge'
  readonly sets: readonly NamedSet[]
  readonly chains: readonly Chain[]
  /** What new flows are spread over; left out where nothing is. Whoever loads the table fills their maps, as health says. */
  readonly spreads?: readonly Spread[]
}

/**
 * A set of addresses, prefixes or ports, its elements sorted and unique; or a map of ports; or of answers that are expected, or of
 * what is counted of backends, of one port or of ranges, which rules fill, so that it has no elements here.
 */
export interface NamedSet {
  readonly name: string
  readonly type: 'ipv4_addr' | 'inet_service' | 'ports' | 'answers' | 'echoes' | 'tally' | 'range-tally'
  readonly elements: readonly string[]
}

export interface Chain {
  readonly name: string
  /** Where the kernel enters it; null for one that only jumps reach. */
  readonly hook: {
    readonly type: 'filter' | 'nat'
    readonly at: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'
    readonly priority: number
    readonly policy: 'accept' | 'drop'
  } | null
  readonly rules: readonly FilterRule[]
}

/** What is counted of the backends of spreads: each by its port, or where ports are a range by its address alone. */
export interface Tally {
  readonly what: 'sent' | 'heard' | 'made'
  readonly of: 'port' | 'range'
}

/** The name of the set that it is counted in. */
export function tallySet({ what, of }: Tally): string {
  return of === 'port' ? what : `${what}-ranges`
}

/** Whether the kernel has to keep track of flows for it. */
export function tracksFlows({ chains }: Ruleset): boolean {
  const tracks = ({ match, then }: FilterRule) =>
    match.some(({ on }) => on.startsWith('ct-')) || then.do === 'limit-connections'
  return chains.some(({ hook, rules }) => hook?.type === 'nat' || rules.some(tracks))
}

/** One rule: all matches must hold. Carries the id of the API object that caused it. */
export interface FilterRule {
  readonly for: string
  readonly match: readonly Match[]
  readonly then: Action
  /** Whether the rule counts what it did something to; by name in a counter that others may share, and that outlives the rule. */
  readonly counter?: boolean | string
}

export type Match =
  | { readonly on: 'iif' | 'oif'; readonly is: readonly string[]; readonly not?: boolean }
  /** Prefixes or addresses, or the name of a set. */
  | {
      readonly on: 'saddr' | 'daddr'
      readonly is: readonly string[] | { readonly set: string }
      readonly not?: boolean
    }
  /** Protocol names or numbers. */
  | { readonly on: 'protocol'; readonly is: readonly string[] }
  /** Ports and ranges of the protocol, or the name of a set. */
  | {
      readonly on: 'sport' | 'dport'
      readonly protocol: 'tcp' | 'udp'
      readonly is: readonly string[] | { readonly set: string }
    }
  | { readonly on: 'icmp'; readonly type: number; readonly code: number | null }
  /** What a frame carries; on bridges only, as is who asks or answers by ARP. */
  | { readonly on: 'ethertype'; readonly is: 'arp' | 'ip'; readonly not?: boolean }
  | { readonly on: 'arp-sender'; readonly is: string }
  /** Whether it is an answer that a set expects: where there is no conntrack. */
  | { readonly on: 'expected'; readonly as: 'answers' | 'echoes'; readonly in: string }
  | { readonly on: 'ct-state'; readonly is: readonly ('new' | 'established' | 'related' | 'invalid')[] }
  /** Whether a packet goes as the first of its flow did, or answers it. */
  | { readonly on: 'ct-direction'; readonly is: 'original' | 'reply' }
  /** Whether destination NAT was done to the flow. */
  | { readonly on: 'ct-status'; readonly is: 'dnat' | 'snat' }
  /** What flows are marked with for good: by the spread that they went over, or by where they came from. */
  | { readonly on: 'ct-mark'; readonly is: readonly number[] }
  /** The destination before NAT. */
  | { readonly on: 'ct-original-daddr'; readonly is: readonly string[] }

export type Action =
  | { readonly do: 'accept' | 'drop' | 'return' }
  | { readonly do: 'reject'; readonly with: 'admin-prohibited' | 'host-unreachable' | 'port-unreachable' | 'tcp-reset' }
  | { readonly do: 'jump' | 'goto'; readonly chain: string }
  /** To one address, and a port where it changes. */
  | { readonly do: 'dnat'; readonly to: string; readonly port: number | null }
  /** Takes a slot of a spread for a new flow, and goes on with the next rule. */
  | { readonly do: 'slot'; readonly of: string }
  /** To where the slot leads by a map of a spread, ports by a map of theirs where it moves them; goes on where it leads nowhere. */
  | { readonly do: 'spread'; readonly of: string; readonly map: string; readonly ports: string | null }
  /** Chooses routes by policy, and goes on with the next rule. */
  | { readonly do: 'mark'; readonly mark: number }
  /** Chooses routes by that part of what its flow is marked with, and goes on with the next rule. */
  | { readonly do: 'mark-as-flow'; readonly mask: number }
  /** Marks the flow for good, besides what it is marked with where `more` says so; and goes on with the next rule. */
  | { readonly do: 'mark-flow'; readonly mark: number; readonly more?: boolean }
  /** Counts what backends of spreads get or send, and lets it pass; or a new flow to one, and goes on with the next rule. */
  | { readonly do: 'tally'; readonly what: Tally['what']; readonly in: string; readonly of: Tally['of'] }
  /** To one of these addresses, at random per flow. */
  | { readonly do: 'snat'; readonly to: readonly string[] }
  /** Drops what would be a flow too many. */
  | { readonly do: 'limit-connections'; readonly most: number }
  | { readonly do: 'limit-rate'; readonly perSecond: number }
  /** Expects the answer for five minutes, and goes on with the next rule. */
  | { readonly do: 'expect'; readonly as: 'answers' | 'echoes'; readonly in: string }
  /** Clamps the MSS of TCP handshakes to the path's MTU. */
  | { readonly do: 'clamp-mss' }
