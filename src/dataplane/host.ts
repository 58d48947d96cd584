import type { HostState, Item, ProxyItem } from '../host/item.ts'
import type { Step } from '../host/diff.ts'
import type { Followed, FollowWish } from '../host/seen.ts'
import type { KernelRule } from './rules.ts'
import type { LogRead } from './proxy-log.ts'
import type { Measurable, Measure } from './measure.ts'
import type { Doomed, PlannedSpace } from './doomed-flows.ts'
import type { PathReport, PathWish } from './path-probe.ts'
import type { Tried, Try } from './tries.ts'
import type { Translations } from './translations.ts'

/** What became of a step. */
export interface Outcome {
  readonly step: Step
  /** Why it failed, in words for an operator; absent where it was done. */
  readonly failed?: string
}

/** Somebody else changed something of ours. */
export interface Drift {
  /** The namespace that must be read again. */
  readonly netns: string
  /** What was seen, e.g. `namespace deleted`, `ruleset changed`, `haproxy lb-1 exited`. */
  readonly what: string
}

/** What is known of one backend's health, from the balancer's own checks. */
export interface ServerHealth {
  readonly listener: string
  readonly backend: string
  /** Up and not failing; down; on the way between the two; or taken out, with connections left or without. */
  readonly state: 'up' | 'down' | 'rising' | 'falling' | 'no-check' | 'maintenance' | 'draining'
  /** The last check's own words, e.g. `connection refused`, `no route`, `timeout after 5 s`, `HTTP 503`; empty before the first. */
  readonly reason: string
  /** Seconds since it went up or down, where that is known. */
  readonly changedS?: number
  /** Milliseconds that the last check took; null before the first. */
  readonly checkMs: number | null
  readonly sessions: number
  readonly requests: number
  /** How many clients wait for it, or for whichever of its pool is free first. Absent where nobody can wait. */
  readonly queued?: number
  /** Present while what was taken out of service has connections: the backend, or a former self of it. */
  readonly drain?: ServerDrain
}

/** How the last connections of a backend end. */
export interface ServerDrain {
  readonly balancer: string
  /** Whether the balancer has such a backend no more. */
  readonly isRemoved: boolean
  /** RFC 3339: when they are cut; null for when they end by themselves. */
  readonly endsAt: string | null
}

/** A machine, or something as strict that stands for one. Everything is idempotent. */
export interface Host {
  /**
   * What the machine holds of ours: all of it, or only these namespaces. What a kernel cannot give back whole (the rules of a
   * ruleset) is recognised among what is expected; so are namespaces that are not ours. Without an expectation,
   * what was put or read last is expected.
   */
  observe(netns?: readonly string[], expected?: HostState): Promise<HostState>
  /** Takes the steps in order. A failed step does not keep the others from being tried. */
  apply(steps: readonly Step[]): Promise<readonly Outcome[]>
  /** Reports what others change, until aborted. May report too much; never hides a change for long. */
  watch(signal: AbortSignal): AsyncIterable<Drift>
  /**
   * The health of every backend of these proxies, and of what these rulesets spread flows over; new flows are led by it from now on.
   * Names all there are: who is not among them is forgotten.
   */
  health(balancers: readonly Item[]): Promise<readonly ServerHealth[]>
  /** What some things have counted. Absent where nothing is. */
  metrics?(wish: Measurable): Promise<readonly Measure[]>
  /** What a proxy wrote to its access log, all of it or after a place; null where none is kept. */
  accessLog?(proxy: ProxyItem, after: string | null): Promise<LogRead | null>
  /** How the source addresses of a namespace's flows are translated, with so many of the fullest; null where it is not there. */
  translations?(netns: string, most: number): Promise<Translations | null>
  /** The connections that would not stand if namespaces held this instead: how many, and of which pairs, those with most first. */
  doomedFlows?(spaces: readonly PlannedSpace[], most: number): Promise<Doomed>
  /**
   * Asks a backend as its balancer would, and says whether its router, where one is named, answers ARP, and at which addresses
   * somebody listens in the backend's own namespace, where that is named and here. Null where the namespace is not there.
   */
  probe?(
    wish: PathWish & { readonly gateway: string; readonly server: string },
  ): Promise<(PathReport & { readonly gateway: boolean | null; readonly listens: readonly string[] | null }) | null>
  /** Tries flows from inside namespaces; null for those that are not here. */
  tryAll?(tries: readonly Try[]): Promise<readonly (Tried | null)[]>
  /** Our rules in a namespace, and what they count; null where it is not there. */
  rules?(netns: string): Promise<readonly KernelRule[] | null>
  /** Sends a packet, and tells what the kernel did with it and with its answer. Throws where the host cannot know. */
  follow?(wish: FollowWish): Promise<Followed>
  /** Deterministic counts of work done, e.g. `processes`, `nftTransactions`, `reloads`, `netlinkRequests`. */
  readonly counters: Readonly<Record<string, number>>
  close(): Promise<void>
}
