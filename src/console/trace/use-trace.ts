import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Trace, TraceRequest } from '../../client/trace-wire.ts'
import { useServer } from '../server/use-server.ts'

/** What somebody wants to know of a packet, as far as it is said. */
export interface Wish {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly protocol?: TraceRequest['protocol'] | undefined
  readonly port?: number | undefined
  readonly version?: TraceRequest['version'] | undefined
}

/** The question that a wish is; null while something is missing. */
function requestOf({ from, to, protocol, port, version }: Wish): TraceRequest | null {
  if (from === undefined || to === undefined) return null
  const common = { from, to, ...(version === undefined ? {} : { version }) }
  // Listeners and backends know their port.
  if (/^lb[lb]-/.test(to)) return common
  if (protocol === 'icmp') return { ...common, protocol }
  return port === undefined ? null : { ...common, port, ...(protocol === undefined ? {} : { protocol }) }
}

/** What becomes of the packet, always as of now; and, once one was sent, of that. */
export function useTrace(wish: Wish | null) {
  const { server, queries } = useServer()
  const request = wish && requestOf(wish)
  const told = useQuery({ ...queries.trace(request), enabled: request !== null })
  const [real, setReal] = useState<{ readonly key: string; readonly trace?: Trace; readonly error?: Error }>()
  const [sending, setSending] = useState(false)
  const key = JSON.stringify(request)
  const sent = real?.key === key ? real : undefined
  async function send() {
    if (!request) return
    setSending(true)
    try {
      setReal({ key, trace: await server.trace({ ...request, real: true }) })
    } catch (error) {
      setReal({ key, error: error as Error })
    }
    setSending(false)
  }
  return {
    trace: sent?.trace ?? (request ? told.data : undefined),
    error: sent?.error ?? told.error,
    asked: request !== null,
    sending,
    send: () => void send(),
  }
}
