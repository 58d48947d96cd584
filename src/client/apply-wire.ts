import type { Difference } from '../model/changes.ts'
import type { KindName } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'
import type { PlannedTest } from './policy-wire.ts'
import type { BackendStatus } from './wire.ts'

/** What would come of a change. */
export interface Consequences {
  /** Who would reach whom that does not now, and the other way round; answers included. */
  readonly gained: readonly PlannedReach[]
  readonly lost: readonly PlannedReach[]
  /** Backends that would stand otherwise. */
  readonly backends: readonly PlannedBackend[]
  /** Listeners that would lose their last backend. */
  readonly listeners: readonly PlannedListener[]
  /** Connections that would be cut. */
  readonly flows: PlannedFlows
  /** Policy tests that it concerns, those first that it breaks: an apply is refused for them unless it is forced. */
  readonly tests: readonly PlannedTest[]
  /** How many networks it concerns, and how many were looked at for who reaches whom. */
  readonly networks: { readonly concerned: number; readonly looked: number }
}

/** Where a backend stands by the configuration: not there, switched off, or in service, and then with a way to it or without. */
type BackendStanding = 'absent' | 'disabled' | 'unreachable' | 'reachable'

export interface PlannedBackend {
  readonly id: Id
  readonly name: string
  readonly balancer: { readonly id: Id; readonly name: string }
  /** Empty for a server that is in no network. */
  readonly address: string
  readonly port: number
  readonly was: BackendStanding
  readonly becomes: BackendStanding
  /** What checks say of it now; null where nothing is known. */
  readonly state: BackendStatus['state'] | null
  /** What would keep packets from it; empty where it is reached or out of service, and of many. */
  readonly reason: string
}

export interface PlannedListener {
  readonly id: Id
  readonly name: string
  readonly balancer: { readonly id: Id; readonly name: string }
  readonly protocol: string
  readonly port: number
}

/** Connections that would be cut, as the machines have them now. */
export interface PlannedFlows {
  /** How many. */
  readonly total: number
  /** Those with most of them first, at most twenty. */
  readonly pairs: readonly {
    /** Where they are: the resource whose namespace keeps track of them. */
    readonly at: Id
    readonly from: string
    readonly to: string
    readonly protocol: string
    /** 0 where the protocol has none. */
    readonly port: number
    readonly flows: number
  }[]
  /** Machines that did not say in time. */
  readonly silent: readonly string[]
}

/** What would be lost without something: `POST …/{id}:without`, `POST /v1/hosts/{host}:without`. */
export interface WhatIf extends Consequences {
  /** The kind of the resource, or `host`. */
  readonly kind: KindName | 'host'
  readonly id: string
  /** The child that is meant; null for the whole. */
  readonly child: Id | null
}

/** What an apply would change, and what would come of it. */
export interface Plan extends Consequences {
  readonly kind: KindName
  readonly id: Id
  readonly generation: number
  readonly changes: readonly Difference[]
  /** What machines would do, in order. */
  readonly steps: readonly {
    readonly do: 'put' | 'remove'
    readonly kind: string
    readonly netns: string
    readonly name: string
    /** The resource that it is for. */
    readonly for: Id
  }[]
  /** The same as an operator would type it, where that was asked for. */
  readonly commands?: string
  /** What is allowed and probably not meant. */
  readonly traps: readonly { readonly code: string; readonly at: Id; readonly message: string }[]
}

/** Flows from one end to another. */
export interface PlannedReach {
  readonly from: PlannedEnd
  readonly to: PlannedEnd
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Ports and ranges, e.g. `80`, `8000-8010`; none for ICMP. */
  readonly ports: readonly string[]
}

/** Resources, or addresses of the internet, that nothing tells apart: one address stands for all. */
export interface PlannedEnd {
  readonly kind: 'internet' | 'server' | 'load-balancer' | 'eip' | 'backend' | 'address'
  readonly ids: readonly Id[]
  readonly names: readonly string[]
  readonly address: string
}

/** An aggregate whose draft waits for an apply: `GET /v1/pending`. */
export interface Pending extends Pick<Plan, 'kind' | 'id' | 'generation' | 'changes'> {
  readonly name: string
  /** The newest of its changes. */
  readonly revision: number
}

/**
 * An apply that is watched: what it published is taken back by itself where backends that were active fall, errors rise, a policy
 * test breaks, or nobody confirms it in time.
 */
export interface Trial {
  readonly id: string
  readonly kind: KindName
  readonly resource: Id
  readonly name: string
  readonly author: string
  /** RFC 3339, as the others. */
  readonly startedAt: string
  readonly endsAt: string
  /** The generation that was published, and the one that ran before. */
  readonly generation: number
  readonly previous: number
  /** Whether it ends by being taken back unless somebody confirms it. */
  readonly confirm: boolean
  /**
   * `running`; `kept`, as all was well until its end; `confirmed`; `reverted`; `superseded` by another apply of the resource;
   * `stuck` where what ran before could not be published again.
   */
  readonly state: 'running' | 'kept' | 'confirmed' | 'reverted' | 'superseded' | 'stuck'
  readonly endedAt: string | null
  /** Why it was taken back or is stuck, in the language of whoever asks; empty otherwise. */
  readonly reason: string
  /** How many backends were active when it began, and how many of them are now. */
  readonly backends: { readonly before: number; readonly now: number }
}
