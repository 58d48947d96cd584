import type { Id } from '../model/model.ts'
import type { WireThing } from './trace-wire.ts'

/** Our rules of a namespace, as its kernel has them. */
export interface CountedRules {
  readonly netns: string
  readonly rules: readonly {
    readonly family: 'ip' | 'bridge'
    readonly chain: string
    /** Where in the chain it stands, from 0. */
    readonly index: number
    readonly handle: number
    readonly for: Id
    /** Null where it counts nothing. */
    readonly counted: Counted | null
  }[]
}

/** What a rule let through, dropped or translated since it was loaded: of a flow only the first packet. */
interface Counted {
  readonly packets: number
  readonly bytes: number
}

/** What machines hold, and what of the API it is for: `GET /v1/kernel`. */
export interface KernelObjects {
  readonly items: readonly {
    readonly netns: string
    /** Whose namespace that is, in words. */
    readonly place: string
    readonly kind: string
    /** As the kernel's tools take it. */
    readonly text: string
    /** The kernel's number of a rule; null of what is none, and where no machine says. */
    readonly handle: number | null
    readonly counted: Counted | null
    readonly object: WireThing | null
    /** The version that it runs by; null where it belongs to no resource that is applied. */
    readonly applied: { readonly generation: number; readonly at: string; readonly author: string } | null
  }[]
  /** Machines that did not say what their kernel has. */
  readonly silent: readonly string[]
}

/** What the rules of a resource counted, by child: `GET /v1/counters/{id}`. */
export interface RuleCounters {
  readonly items: Readonly<Record<Id, Counted>>
  readonly silent: readonly string[]
}
