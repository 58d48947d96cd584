import type { Id, Resource } from '../model/model.ts'

/** Where a resource stands between the wish and the machines. */
export interface ResourceStatus {
  /** `pending`: the machines have not caught up; `stopped`: switched off; `failed`: a machine could not do it. */
  readonly phase: 'pending' | 'active' | 'stopped' | 'failed'
  /** Why it failed, for an operator; empty otherwise. */
  readonly reason: string
}

/** What is known of one backend. */
export interface BackendStatus {
  /** 活跃, 不可用, 异常 (on the way between the two), or switched off. */
  readonly state: 'active' | 'unavailable' | 'abnormal' | 'disabled'
  /** The last check's own words, e.g. `connection refused`; empty while nothing is known. */
  readonly reason: string
  /** RFC 3339: when it entered this state. */
  readonly since: string
  /** The source addresses that the backend may see; empty when no packet can leave. */
  readonly seenAs: readonly string[]
  readonly sessions: number
  readonly requests: number
}

/** Something that happened on a machine and that people should know: drift healed, a step failed, a backend changed. */
export interface HostEvent {
  /** RFC 3339. */
  readonly at: string
  readonly host: string
  readonly type: 'drift' | 'healed' | 'failed' | 'backend' | 'proxy' | 'agent'
  /** The resource that it concerns; empty for the machine itself. */
  readonly resource: Id
  readonly message: string
}

/**
 * What an agent asks for: `GET /v1/agent/state?since=<revision>&waitMs=<n>` on the unix socket. Answers at once when
 * something newer than `since` exists, else after at most `waitMs`. Full when `since` is 0 or too long ago.
 */
export interface AgentState {
  readonly revision: number
  /** Whether `resources` is everything there is; else only what changed after `since`. */
  readonly full: boolean
  /** With `draft` equal to `live`: agents see only what is published. */
  readonly resources: readonly Resource[]
  readonly removed: readonly Id[]
}

/** What an agent says: `POST /v1/agent/report` on the unix socket. Level-triggered: the newest report holds. */
export interface AgentReport {
  readonly host: string
  /** The revision that its machine was last brought to, failures aside. */
  readonly synced: number
  /** Everything that fails now, by resource. */
  readonly failures: Readonly<Record<Id, string>>
  /** Backends whose status changed since the last report that was answered; all of them in the first. */
  readonly backends: Readonly<Record<Id, BackendStatus>>
  readonly events: readonly HostEvent[]
  /** Deterministic counts of work done since the agent started. */
  readonly counters: Readonly<Record<string, number>>
}
