import type { Role } from '../../src/client/wire.ts'
import type { ClientName, Parameters } from './clients.ts'
import type { Shape } from './shape.ts'
import type { Answer, Site } from './site.ts'

/** What was made before a request: ids by names that the row chose. */
export type Given = Readonly<Record<string, string>>

type Fields = { readonly [field: string]: Shape }

/** One request, and what it must be answered. */
export interface Row {
  readonly action: string
  /** What it shows, where an action has several rows. */
  readonly about?: string
  /** Makes what the request needs. */
  readonly given?: (site: Site) => Promise<Given>
  readonly parameters?: Parameters | ((given: Given) => Parameters)
  /** Every field of the answer but `action` and `ret_code`. */
  readonly answer: Fields | ((given: Given) => Fields)
  /** What else must hold then. */
  readonly then?: (site: Site, given: Given, answer: Answer) => void | Promise<void>
  /** With which key; an operator's unless named. */
  readonly role?: Role
  /** Who sends it; every client unless named. */
  readonly clients?: readonly ClientName[]
}
