import type { KindName } from './kinds.ts'
import type { Id, Model, Resource } from './model.ts'
import type { Problem } from './problem.ts'

/** Where a child lives in its aggregate: `['listeners']`, or `['listeners', 'lbl-…', 'backends']`. */
export type ChildPath = readonly string[]

/**
 * Everything that a user can ask for. Bodies are as they came from outside: flat objects with name, description, tags
 * and the attributes of `now` and `spec` side by side; `edit` checks them. `ifRevision` refuses a change to a
 * resource that someone else changed meanwhile.
 */
export type Command =
  | { readonly do: 'create'; readonly kind: KindName; readonly body: unknown }
  | {
      readonly do: 'patch'
      readonly kind: KindName
      readonly id: Id
      readonly body: unknown
      readonly ifRevision?: number
    }
  | {
      readonly do: 'delete'
      readonly kind: KindName
      readonly id: Id
      readonly force?: boolean
      readonly ifRevision?: number
    }
  /** Publishes the draft as the next generation. Applying what is applied already changes nothing. */
  | {
      readonly do: 'apply'
      readonly kind: KindName
      readonly id: Id
      /** Also where that breaks policy tests. */
      readonly force?: boolean
      readonly ifRevision?: number
    }
  /** Throws the draft away: it becomes what runs. */
  | { readonly do: 'discard'; readonly kind: KindName; readonly id: Id; readonly ifRevision?: number }
  /** Publishes an older generation again, as a new one. */
  | {
      readonly do: 'rollback'
      readonly kind: KindName
      readonly id: Id
      readonly generation: number
      /** As with an apply. */
      readonly force?: boolean
      readonly ifRevision?: number
    }
  | {
      readonly do: 'add-child'
      readonly kind: KindName
      readonly id: Id
      readonly path: ChildPath
      readonly body: unknown
      readonly ifRevision?: number
    }
  /** The path ends with the child's id. */
  | {
      readonly do: 'patch-child'
      readonly kind: KindName
      readonly id: Id
      readonly path: ChildPath
      readonly body: unknown
      readonly ifRevision?: number
    }
  | {
      readonly do: 'delete-child'
      readonly kind: KindName
      readonly id: Id
      readonly path: ChildPath
      readonly ifRevision?: number
    }

/** What an edit takes from the world, so that it is a function of its arguments. */
export interface Context {
  /** RFC 3339, UTC. */
  readonly now: string
  readonly author: string
  /** A new id, e.g. `lb-1a2b3c4d` for `lb`. */
  newId(prefix: string): Id
  /** A certificate of these names that nobody vouches for, with its key; both as PEM. `now` is RFC 3339. */
  placeholder(names: readonly string[], now: string): { readonly chain: string; readonly key: string }
  /** A private key on P-256, as PEM. */
  newKey(): string
}

/** What a command makes of a model. */
export interface Edited {
  /** The checked model, revision not yet grown. */
  readonly model: Model
  /** The resource that the command was about, as it is now; null after a delete. */
  readonly resource: Resource | null
  /** The child that it was about. */
  readonly child: Id | null
  /** What was made besides, e.g. a VPC's default route table, an allocated EIP, an automatic route's table. */
  readonly touched: readonly Id[]
  /** What the user should know though it was done. */
  readonly warnings: readonly Problem[]
}
