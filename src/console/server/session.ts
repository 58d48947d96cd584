import { useQuery } from '@tanstack/react-query'
import { useServer } from './use-server.ts'

/** Who is signed in, and whether they may change anything. */
export function useSession() {
  const { queries } = useServer()
  const { data: session } = useQuery(queries.session())
  return { session, mayChange: session?.caller ? session.caller.role !== 'read-only' : false }
}
