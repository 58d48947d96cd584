import type { Difference } from '../model/changes.ts'
import type { KindName } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'
import type { PlannedReach } from './apply-wire.ts'
import type { BackendTurn } from './wire.ts'

/** When something changed: `GET /v1/moments`. */
export interface Moments {
  /** RFC 3339: from when on the past is kept. */
  readonly oldest: string
  /** The newest first. */
  readonly items: readonly { readonly at: string; readonly revision: number }[]
}

/** What differed between two moments: `GET /v1/differences`. */
export interface Differences {
  readonly from: { readonly at: string; readonly revision: number }
  readonly to: { readonly at: string; readonly revision: number }
  readonly resources: readonly {
    readonly kind: KindName
    readonly id: Id
    readonly name: string
    readonly what: 'created' | 'changed' | 'deleted'
    /** What ran, and what took effect at once; empty where there is one side only. */
    readonly changes: readonly Difference[]
  }[]
  /** Backends that were in another state; null where one was not there, or not looked at yet. */
  readonly backends: readonly {
    readonly balancer: Id
    readonly backend: Id
    /** What people call it. */
    readonly name: string
    readonly from: BackendTurn['state'] | null
    readonly to: BackendTurn['state'] | null
    /** The check's own words at the later moment. */
    readonly reason: string
  }[]
  readonly gained: readonly PlannedReach[]
  readonly lost: readonly PlannedReach[]
  /** How many networks differed, and how many of them were looked at for who reached whom. */
  readonly networks: { readonly concerned: number; readonly looked: number }
}

/** What to go back to: the body of `POST /v1/restore`. */
export interface RestoreWish {
  /** RFC 3339. */
  readonly at: string
  /** Only these; everything that ran then when left out. */
  readonly resources?: readonly Id[]
  /** Only says what would be done. */
  readonly dryRun?: boolean
}

/** What a restore makes, or would make: `POST /v1/restore`. */
export interface Restore {
  readonly at: string
  readonly revision: number
  /** Whether it was done; false where it was only asked what it would do. */
  readonly done: boolean
  /** What has the version of then as its draft, and how that differs from what runs. */
  readonly drafts: readonly (RestoredName & {
    readonly changes: readonly Difference[]
    /** Whether it had edits that were not applied: they are lost. */
    readonly edited: boolean
  })[]
  /** What had been deleted, and is there again; its children wait in its draft. */
  readonly recreated: readonly RestoredName[]
  /** What takes effect at once and was otherwise then; it is left alone. */
  readonly untouched: readonly (RestoredName & { readonly changes: readonly Difference[] })[]
  /** What came since then; it is left alone. */
  readonly newer: readonly RestoredName[]
}

interface RestoredName {
  readonly kind: KindName
  readonly id: Id
  readonly name: string
}
