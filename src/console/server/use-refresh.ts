import { useQueryClient } from '@tanstack/react-query'

/** Reads again what is on the screen, without waiting for the event stream. */
export function useRefresh(): () => void {
  const queries = useQueryClient()
  return () => void queries.invalidateQueries({ queryKey: ['api'] })
}
