import { randomBytes } from 'node:crypto'
import type { Role } from '../client/wire.ts'
import { Refused } from '../model/problem.ts'
import type { Caller } from './caller.ts'
import { freshly } from './credential-file.ts'
import { keyPrefix, keysIn, secretChecker, type AccessKey } from './keys.ts'
import { createLockOut } from './lock-out.ts'
import { isPassword, usersIn } from './users.ts'

export interface AccessOptions {
  /** Where keys and users are kept; read again whenever they change. Without: there are none. */
  readonly keysFile?: string | undefined
  readonly usersFile?: string | undefined
  /** Whether only this machine can reach the server. */
  readonly loopback: boolean
  readonly now?: () => number
}

/** Who may ask. Sessions live in memory: a restart of the server signs everyone out. */
export interface Access {
  /** How long a session lasts that is not used. */
  readonly lifetimeMs: number
  /** Whether everyone may do everything: on loopback, while there are neither users nor keys. */
  open(): boolean
  /** Whether there is anyone who may sign in or has a key. */
  anyone(): boolean
  /** Who sent an access key as `<id>:<secret>`; null where it is none. */
  byKey(credentials: string, from: string): Promise<Caller | null>
  /** Whose session it is; null where it has ended. */
  bySession(token: string, from: string): Caller | null
  /** Begins a session. Throws {@link Refused}. */
  signIn(name: string, password: string, from: string): Promise<{ readonly caller: Caller; readonly token: string }>
  signOut(token: string): void
}

interface Session {
  readonly name: string
  /** The hash of what was signed in with: another password ends the session. */
  readonly proof: string
  readonly startedAt: number
  usedAt: number
  /** When the browser was last told how long its cookie holds. */
  toldAt: number
}

const idleMs = 12 * 3600_000
const longestMs = 7 * 24 * 3600_000
const renewalMs = 10 * 60_000
const mostSessions = 10_000

export function createAccess({ keysFile, usersFile, loopback, now = Date.now }: AccessOptions): Access {
  const keys = keysFile === undefined ? () => [] : freshly(keysFile, keysIn)
  const users = usersFile === undefined ? () => [] : freshly(usersFile, usersIn)
  const isSecret = secretChecker()
  const guesses = { ofUser: createLockOut({ mostMs: 60_000, now }), ofAddress: createLockOut({ now }) }
  const sessions = new Map<string, Session>()

  const anyone = () => keys().length + users().length > 0
  const keyOf = (id: string): AccessKey | undefined => keys().find(key => key.id === id)
  const accountOf = (name: string): { readonly role: Role; readonly hash: string } | undefined =>
    name.startsWith(keyPrefix) ? keyOf(name) : users().find(user => user.name === name)

  function endOf({ startedAt, usedAt }: Session): number {
    return Math.min(usedAt + idleMs, startedAt + longestMs)
  }

  /** The role of a session that goes on; null where it has ended. */
  function roleOf(token: string): Role | null {
    const session = sessions.get(token)
    if (!session) return null
    const account = accountOf(session.name)
    if (account?.hash === session.proof && now() < endOf(session)) return account.role
    sessions.delete(token)
    return null
  }

  function callerOf(token: string, session: Session, role: Role, from: string): Caller {
    const { name: author } = session
    return { author, role, by: 'session', from, expiresAt: endOf(session), holds: () => roleOf(token) !== null }
  }

  function checkPatience(name: string, from: string): void {
    const waitMs = Math.max(guesses.ofUser.waitMs(name), guesses.ofAddress.waitMs(from))
    if (waitMs === 0) return
    throw new Refused([{ code: 'too-many-attempts', at: '', values: { seconds: Math.ceil(waitMs / 1000) } }])
  }

  async function isRight(name: string, password: string): Promise<boolean> {
    if (!name.startsWith(keyPrefix))
      return isPassword(
        users().find(user => user.name === name),
        password,
      )
    const key = keyOf(name)
    return key !== undefined && isSecret(key, password)
  }

  return {
    lifetimeMs: idleMs,
    open: () => loopback && !anyone(),
    anyone,
    async byKey(credentials, from) {
      const [, id = '', secret = ''] = /^([^:]+):([^:]+)$/.exec(credentials) ?? []
      const key = keyOf(id)
      if (!key || !(await isSecret(key, secret))) return null
      return { author: key.id, role: key.role, by: 'key', from, holds: () => keyOf(id)?.hash === key.hash }
    },
    bySession(token, from) {
      const role = roleOf(token)
      const session = sessions.get(token)
      if (!role || !session) return null
      session.usedAt = now()
      const caller = callerOf(token, session, role, from)
      if (now() - session.toldAt < renewalMs) return caller
      session.toldAt = now()
      return { ...caller, renewed: token }
    },
    async signIn(name, password, from) {
      checkPatience(name, from)
      const [ofUser, ofAddress] = [guesses.ofUser.attempt(name), guesses.ofAddress.attempt(from)]
      const right = await isRight(name, password)
      const account = accountOf(name)
      if (!right || !account) {
        ofUser.wrong()
        ofAddress.wrong()
        throw new Refused([{ code: 'wrong-credentials', at: '' }])
      }
      ofUser.right()
      ofAddress.undo()
      const token = randomBytes(32).toString('base64url')
      const session = { name, proof: account.hash, startedAt: now(), usedAt: now(), toldAt: now() }
      sessions.set(token, session)
      for (const oldest of sessions.keys()) {
        if (sessions.size <= mostSessions) break
        sessions.delete(oldest)
      }
      return { caller: callerOf(token, session, account.role, from), token }
    },
    signOut: token => void sessions.delete(token),
  }
}
