import type { Role, Session } from '../client/wire.ts'

/** Who asks, and what they may do. */
export interface Caller {
  readonly author: string
  /** Null for somebody unknown, who may ask only what everyone may. */
  readonly role: Role | null
  /** How the server knows; null where it does not. */
  readonly by: NonNullable<Session['caller']>['by'] | null
  /** The address that they ask from; empty where there is none. */
  readonly from: string
  /** When their session ends if it is not used, in milliseconds since 1970. */
  readonly expiresAt?: number
  /** The session whose cookie their browser should keep for longer. */
  readonly renewed?: string
  /** Whether they may still ask: for answers that go on and on. */
  readonly holds: () => boolean
}

/** The people of this machine, where the door stands open for them, and the agent behind its socket. */
export const local: Caller = { author: 'local', role: 'admin', by: 'loopback', from: '', holds: () => true }

/** Somebody of whom nothing is known. */
export function stranger(from: string): Caller {
  return { author: 'anyone', role: null, by: null, from, holds: () => true }
}
