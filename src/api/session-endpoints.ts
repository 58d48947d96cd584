import { z } from 'zod'
import type { Session } from '../client/wire.ts'
import { problemsOf } from '../model/issue.ts'
import { Refused } from '../model/problem.ts'
import type { Access } from './access.ts'
import type { Caller } from './caller.ts'
import { clearedCookie, sessionCookie, tokenOf } from './cookie.ts'
import type { Endpoint } from './endpoint.ts'
import type { OperationLog } from './operations.ts'
import { refTo } from './schemas.ts'

const signIn = z.strictObject({ user: z.string().min(1).max(64), password: z.string().min(1).max(1024) })

/** Signing in and out, and who one is. Everyone may ask. */
export function sessionEndpoints(access: Access, log: OperationLog): Endpoint[] {
  const common = { path: '/v1/session', tag: 'system', needs: null } as const
  return [
    {
      ...common,
      method: 'GET',
      name: 'getSession',
      about: 'Says who asks, and whether one must sign in at all',
      answers: { status: 200, about: 'That', schema: refTo('Session') },
      handle: ({ caller }) => ({ status: 200, body: sessionOf(caller, access) }),
    },
    {
      ...common,
      method: 'POST',
      name: 'signIn',
      about: 'Signs in with a name and a password, or with an access key: sets a cookie. Wrong guesses must wait (429)',
      body: refTo('SignIn'),
      answers: { status: 200, about: 'Signed in', schema: refTo('Session') },
      async handle({ body, caller: { from }, headers }) {
        const read = signIn.safeParse(body)
        if (!read.success) throw new Refused(problemsOf(read.error, body))
        const { user, password } = read.data
        try {
          const { caller, token } = await access.signIn(user, password, from)
          log.noteSession('sign-in', user, from)
          const cookie = sessionCookie(token, access.lifetimeMs, headers)
          return { status: 200, body: sessionOf(caller, access), headers: { 'set-cookie': cookie } }
        } catch (error) {
          log.noteSession('sign-in', user, from, error)
          throw error
        }
      },
    },
    {
      ...common,
      method: 'DELETE',
      name: 'signOut',
      about: 'Signs out; done already where nobody was signed in',
      answers: { status: 204, about: 'Signed out', schema: null },
      handle({ caller, headers }) {
        if (caller.by === 'session') {
          access.signOut(tokenOf(headers['cookie']) ?? '')
          log.noteSession('sign-out', caller.author, caller.from)
        }
        return { status: 204, headers: { 'set-cookie': clearedCookie(headers) } }
      },
    },
  ]
}

function sessionOf({ author, role, by, expiresAt }: Caller, access: Access): Session {
  return {
    open: access.open(),
    caller: role && by ? { name: author, role, by } : null,
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
  }
}
