import type { MeterName } from '../client/meters.ts'
import type { AgentStatus, BackendStatus, ResourceStatus, Role } from '../client/wire.ts'
import type { Commands } from '../commands/commands.ts'
import type { Id, Model, Resource } from '../model/model.ts'
import type { Ledger } from './ledger.ts'

/** The one account that there is: everything belongs to it. */
export const owner = 'usr-causeway'

/** An access key, as whoever checks signatures needs it. */
export interface Signer {
  readonly id: string
  readonly role: Role
  /** Null where the key was made before secrets were kept: it cannot sign. */
  readonly secret: string | null
  /** RFC 3339. */
  readonly createdAt: string
}

/** The access keys of the installation. */
export interface Signers {
  find(id: string): Signer | undefined
  all(): readonly Signer[]
  /** Takes keys away: what they sign is refused from now on. */
  remove(ids: readonly string[]): Promise<void>
}

/** What was measured of a resource or a child; times in milliseconds since 1970, the step in seconds. */
interface Measured {
  readonly step: number
  readonly points: ReadonlyMap<MeterName, readonly (readonly [time: number, value: number | null])[]>
}

/** Everything that actions work on: the commands and the knowledge that every other face has, too, and a ledger. */
export interface Cloud {
  readonly commands: Commands
  readonly signers: Signers
  readonly ledger: Ledger
  model(): Model
  statusOf(resource: Resource): ResourceStatus
  /** Undefined while nothing is known of a backend. */
  backend(id: Id): BackendStatus | undefined
  agents(): readonly AgentStatus[]
  measured(id: Id, question: { readonly from: number; readonly to: number; readonly step: number | null }): Measured
  /** Milliseconds since 1970. */
  now(): number
}

/** What a server has that a cloud is made of. */
interface Core {
  readonly store: { snapshot(): Model }
  readonly commands: Commands
  readonly board: Pick<Cloud, 'statusOf' | 'backend' | 'agents'>
  readonly series: { readonly read: Cloud['measured'] }
}

/** A cloud over a running server. */
export function cloudOf(core: Core, signers: Signers, ledger: Ledger, now = Date.now): Cloud {
  const { store, commands, board, series } = core
  return { ...board, commands, signers, ledger, model: store.snapshot, measured: series.read, now }
}
