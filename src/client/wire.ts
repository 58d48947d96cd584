import type { Command } from '../model/command.ts'
import type { Difference } from '../model/difference.ts'
import type { KindName, NowOf, SpecOf } from '../model/kinds.ts'
import type { Id, ResourceOf } from '../model/model.ts'
import type { ProblemCode } from '../model/problem.ts'
import type { CertificateFacts } from '../model/certificate.ts'
import type { Trial } from './apply-wire.ts'
import type { PolicyStatus } from './policy-wire.ts'
import type { AccessLine } from './access-line.ts'
import type { MeterName } from './meters.ts'

/** What is wrong with a request, in the language of the caller. */
export interface WireProblem {
  readonly code: ProblemCode
  /** The attribute that is wrong, e.g. `listeners[0].port`; empty for the whole. */
  readonly at: string
  readonly resource?: Id
  readonly message: string
}

/** The body of every answer that is not a success. */
export interface WireError {
  /** The code of the gravest problem. */
  readonly code: ProblemCode
  readonly message: string
  readonly problems: readonly WireProblem[]
}

/** What every resource shows besides its own attributes. */
interface Envelope<K extends KindName> {
  readonly kind: K
  readonly id: Id
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly createdAt: string
  /** Grows with every change; the ETag, and what If-Match expects. */
  readonly revision: number
  readonly generation: number
  /** Whether the draft says the same as what runs. */
  readonly applied: boolean
  readonly status: ResourceStatus
  /** What runs, where the draft differs from it. */
  readonly live?: SpecOf<K>
  /** What the user should know though it was done; in answers to commands. */
  readonly warnings?: readonly WireProblem[]
  /** In answers to an apply that is watched. */
  readonly trial?: Trial
}

/** Attributes that follow from other resources, by kind. */
interface Derived {
  readonly eip: {
    readonly state: 'available' | 'associated'
    readonly boundTo: { readonly kind: KindName; readonly id: Id } | null
  }
  readonly certificate: CertificateFacts & { readonly issuance: WireIssuance | null }
  readonly 'policy-test': { readonly verdict: PolicyStatus }
  readonly 'load-balancer': {
    /** By backend; a backend that no machine has reported yet is left out. */
    readonly backendStatus: Readonly<Record<Id, BackendStatus>>
  }
}

/** Where a certificate stands that a directory issues. */
export interface WireIssuance {
  /** `waiting`: something must be done first; `issuing`: it is under way; `valid`: nothing is to be done until `nextAt`; `failed`: it is tried again at `nextAt`. */
  readonly state: 'waiting' | 'issuing' | 'valid' | 'failed'
  /** What it waits for, or why it failed, in the language of the caller; empty otherwise. */
  readonly reason: string
  /** RFC 3339. */
  readonly nextAt: string | null
}

/** Attributes that are taken and never told. */
type Secrets<K extends KindName> = K extends 'certificate' ? 'key' | 'accountKey' : never

/** A resource of kind K as the API shows it: flat, the attributes of `now` and of the draft side by side. */
export type WireOf<K extends KindName> = Envelope<K> &
  Omit<NowOf<K>, Secrets<K>> &
  SpecOf<K> &
  (K extends keyof Derived ? Derived[K] : unknown)
export type WireResource = { [K in KindName]: WireOf<K> }[KindName]

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  /** What to pass as `after` for the next page; null on the last. */
  readonly next: string | null
  /** How many there are on all pages together. */
  readonly total: number
}

/** A published version, as the API shows it. */
export interface WireGeneration<K extends KindName = KindName> {
  readonly number: number
  readonly at: string
  readonly author: string
  readonly spec: SpecOf<K>
}

/** Something that was done, or refused: `GET /v1/operations`. */
export interface Operation {
  /** Grows with every operation. */
  readonly number: number
  readonly at: string
  readonly author: string
  readonly do: Command['do'] | 'restore' | 'sign-in' | 'sign-out'
  readonly kind: KindName | 'session' | 'key'
  /** Empty where a creation was refused, and for sessions; of a key that was made or taken away, its own. */
  readonly id: Id
  /** What it was called then. */
  readonly name?: string
  readonly child?: Id
  /** The generation that it left in place; absent after a deletion or a refusal. */
  readonly generation?: number
  /** Why it was refused; absent where it was done. */
  readonly refused?: ProblemCode
  /** Whether it was asked to be done though something speaks against it: a policy test, or whoever holds a public IP. */
  readonly forced?: true
  /** The address that it was asked from, where that is known. */
  readonly from?: string
}

export type Role = 'read-only' | 'operator' | 'admin'

/** Who asks, as the server sees it: `GET /v1/session`, which everyone may ask; and what a sign-in answers. */
export interface Session {
  /** Nobody needs to sign in: the server listens on loopback only and has neither users nor keys. Everyone is an admin. */
  readonly open: boolean
  /** Null where somebody must sign in first. */
  readonly caller: { readonly name: string; readonly role: Role; readonly by: 'loopback' | 'key' | 'session' } | null
  /** RFC 3339: when the session ends if it is not used; null where there is none. */
  readonly expiresAt: string | null
}

/** The body of a sign-in, `POST /v1/session`: a user and their password, or the id of an access key and its secret. */
export interface SignIn {
  readonly user: string
  readonly password: string
}

/**
 * Figures of one resource or child over time: `GET /v1/metrics/{id}`. A point's time is the end of its step, in
 * milliseconds since 1970; null where nothing was heard.
 */
export interface Metrics {
  readonly id: Id
  /** Seconds; never finer than what was kept for that long ago, whatever was asked for. */
  readonly step: number
  readonly meters: readonly {
    readonly name: MeterName
    readonly unit: string
    readonly points: readonly (readonly [time: number, value: number | null])[]
  }[]
}

/** Lines of a balancer's access log: `GET /v1/load-balancers/{id}/log`. */
export interface AccessLog {
  /** The newest last. */
  readonly items: readonly AccessLine[]
  /** What to pass as `after` to hear only what was written since. */
  readonly next: string
  /** Whether lines since `after` were lost because there were too many, or because an agent began anew. */
  readonly missed: boolean
  /** Machines that did not answer in time: theirs are missing. */
  readonly silent: readonly string[]
}

/** What `/v1/events` carries. After a `reset` everything must be read again: events were missed. */
export type WireEvent =
  | {
      readonly type: 'resource'
      readonly kind: KindName
      readonly id: Id
      readonly revision: number
      readonly what: 'created' | 'changed' | 'applied' | 'deleted'
    }
  | { readonly type: 'status'; readonly kind: KindName; readonly id: Id; readonly status: ResourceStatus }
  // Where its state changed; that only its reason did is no event.
  | { readonly type: 'backend'; readonly id: Id; readonly status: BackendStatus }
  | { readonly type: 'host'; readonly event: HostEvent }
  | { readonly type: 'trial'; readonly trial: Trial }
  // Where it came to hold, or to be broken.
  | { readonly type: 'policy-test'; readonly id: Id; readonly verdict: PolicyStatus }
  | { readonly type: 'reset'; readonly revision: number }

/** How the server and its agents are. */
export interface ServerStatus {
  readonly revision: number
  /** What keeps the server from writing; `at` is the directory or file. */
  readonly problems: readonly WireProblem[]
  readonly agents: readonly AgentStatus[]
}

export interface AgentStatus {
  readonly host: string
  readonly synced: number
  /** RFC 3339: when it last reported. */
  readonly seenAt: string
  /** False when it has been silent for too long. */
  readonly present: boolean
  readonly failures: Readonly<Record<Id, string>>
  readonly counters: Readonly<Record<string, number>>
}

/** Where a resource stands between the wish and the machines. */
export interface ResourceStatus {
  /** `pending`: the machines have not caught up; `stopped`: switched off; `failed`: a machine could not do it. */
  readonly phase: 'pending' | 'active' | 'stopped' | 'failed'
  /** Why it failed or what it waits for, for an operator; empty otherwise. */
  readonly reason: string
  /** RFC 3339: since when it waits, where that is known. */
  readonly since?: string
}

/** What is known of one backend. */
export interface BackendStatus {
  /** 活跃, 不可用, 异常 (on the way between the two), 排空中 (taken out, with connections left), or switched off. */
  readonly state: 'active' | 'unavailable' | 'abnormal' | 'draining' | 'disabled'
  /** The last check's own words, e.g. `connection refused`; empty while nothing is known. */
  readonly reason: string
  /** RFC 3339: when it entered this state. */
  readonly since: string
  /** The source addresses that the backend may see; empty when no packet can leave. */
  readonly seenAs: readonly string[]
  /** Connections that it had when anything else here last changed, those of former selves included; while it drains, those that are left. */
  readonly sessions: number
  /** Requests that it had got by then; metrics tell both as they are now. */
  readonly requests: number
  /** Clients that wait for it, or for whichever backend like it is free first. */
  readonly queued: number
  /** RFC 3339: when the last connections of what was taken out are ended; absent where they end by themselves. */
  readonly drainEndsAt?: string
  /** The balancer that it was removed from, while it drains. */
  readonly removedFrom?: Id
}

/** A backend that was seen to enter a state. */
export interface BackendTurn {
  readonly backend: Id
  /** RFC 3339. */
  readonly at: string
  readonly state: BackendStatus['state']
  /** The check's own words, e.g. `HTTP 200`; empty where none had been made. */
  readonly reason: string
}

/** The same with what it followed: `GET /v1/load-balancers/{id}/backends/{backend}/history`. */
export interface KnownTurn extends BackendTurn {
  /** The machine that checks it. */
  readonly host: string
  /** The state that it left, and after how many milliseconds; null for the first that is known. */
  readonly was: BackendStatus['state'] | null
  readonly lastedMs: number | null
}

/** Something that happened on a machine and that people should know: drift healed, a step failed. */
export interface HostEvent {
  /** RFC 3339. */
  readonly at: string
  readonly host: string
  readonly type: 'drift' | 'healed' | 'failed' | 'proxy' | 'agent' | 'certificate' | 'snat'
  /** The resource that it concerns; empty for the machine itself. */
  readonly resource: Id
  readonly message: string
}

/** A resource as agents see it: only what is published. */
export type Published = { [K in KindName]: Omit<ResourceOf<K>, 'draft'> }[KindName]

/**
 * What an agent asks for: `GET /v1/agent/state?since=<revision>&waitMs=<n>` on the unix socket. Answers at once when
 * something newer than `since` exists, else after at most `waitMs`. Full when `since` is 0 or too long ago.
 */
export interface AgentState {
  readonly revision: number
  /** Whether `resources` is everything there is; else only what changed after `since`. */
  readonly full: boolean
  readonly resources: readonly Published[]
  /** What changed of resources that the agent has since then. */
  readonly changed: readonly PublishedChange[]
  readonly removed: readonly Id[]
}

/** What a resource is that an agent has, and what became of what takes effect. */
export interface PublishedChange extends Omit<Published, 'now' | 'live'> {
  /** Its `liveRevision` before. */
  readonly was: number
  /** Null where nothing did. */
  readonly now: Difference | null
  readonly live: Difference | null
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
  /** What became of backends since the last report that was answered, each turn of them; told again until one is answered. */
  readonly turns?: readonly BackendTurn[]
  /** Deterministic counts of work done since the agent started. */
  readonly counters: Readonly<Record<string, number>>
  /** Present every ten seconds or so. */
  readonly samples?: Samples
}

/** What an agent measured at one moment. */
export interface Samples {
  /** Milliseconds since 1970: when, and since when the agent counts. */
  readonly at: number
  readonly since: number
  /** By resource or child. What counts up never goes down while `since` is the same. */
  readonly of: Readonly<Record<Id, Sample>>
}

export type Sample = Readonly<Partial<Record<MeterName, number>>>
