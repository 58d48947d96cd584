import type { Role } from '../client/wire.ts'
import { Refused } from '../model/problem.ts'
import type { Caller } from './caller.ts'
import { roles } from './endpoint.ts'

/** Throws where a caller may not do what this role may; everyone may what needs none. */
export function checkRole({ role }: Caller, needs: Role | null): void {
  if (needs === null) return
  if (role === null) throw new Refused([{ code: 'unauthenticated', at: '' }])
  if (roles.indexOf(role) < roles.indexOf(needs))
    throw new Refused([{ code: 'not-allowed', at: '', values: { needs, has: role } }])
}
