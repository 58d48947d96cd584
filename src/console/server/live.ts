import { useSyncExternalStore } from 'react'
import type { QueryClient } from '@tanstack/react-query'
import { apiClient } from '../../client/api-client.ts'
import type { Transport } from '../../client/transport.ts'
import type { WireEvent } from '../../client/wire.ts'
import { fetchTransport } from './fetch-transport.ts'

/** How the event stream is. */
export type Connection = 'connecting' | 'connected' | 'reconnecting'

/** What is on the screen is read again at most this often. */
const refreshMs = 250

let connection: Connection = 'connecting'
const listeners = new Set<() => void>()

/** The state of the event stream, for the mark in the header. */
export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => connection)
}

/**
 * Keeps what is on the screen fresh: whatever happens on the server, queries that are shown are read again, a few
 * times a second at most. Runs until the signal aborts; a hidden page lets its stream go and catches up when it is seen.
 */
export async function follow(queries: QueryClient, signal: AbortSignal): Promise<void> {
  const refresh = throttled(() => void queries.invalidateQueries({ queryKey: ['api'] }), refreshMs)
  const catchUp = () => {
    void queries.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' })
    refresh()
  }
  while (!signal.aborted) {
    await untilVisible(signal)
    const seen = new AbortController()
    const leave = () => document.hidden && seen.abort()
    document.addEventListener('visibilitychange', leave)
    try {
      const client = apiClient(told(fetchTransport(), catchUp))
      for await (const event of client.events(AbortSignal.any([signal, seen.signal]))) {
        forgetName(queries, event)
        refresh()
      }
    } catch {
      // The stream could not even begin: the server is away or asks to sign in. The other queries tell.
      setConnection('reconnecting')
    } finally {
      document.removeEventListener('visibilitychange', leave)
    }
    if (!seen.signal.aborted) await new Promise(resolve => setTimeout(resolve, 1000))
  }
}

/** A transport that tells whether its event stream is open. */
function told(transport: Transport, onOpen: () => void): Transport {
  return {
    ...transport,
    async send(request) {
      try {
        const response = await transport.send(request)
        if (response.status >= 400) return response
        setConnection('connected')
        onOpen()
        return { ...response, body: untilItEnds(response.body) }
      } catch (error) {
        setConnection('reconnecting')
        throw error
      }
    },
  }
}

async function* untilItEnds(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body
  } finally {
    setConnection('reconnecting')
  }
}

/** Names are kept for good, so that links cost nothing; a change of the resource ends that. */
function forgetName(queries: QueryClient, event: WireEvent): void {
  if (event.type === 'resource') void queries.invalidateQueries({ queryKey: ['name', event.kind, event.id] })
  if (event.type === 'reset') void queries.invalidateQueries({ queryKey: ['name'] })
}

function untilVisible(signal: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve()
  return new Promise(resolve => {
    const look = () => {
      if (document.hidden && !signal.aborted) return
      document.removeEventListener('visibilitychange', look)
      resolve()
    }
    document.addEventListener('visibilitychange', look)
    signal.addEventListener('abort', look)
  })
}

/** Calls at once, then at most once in the given time, and always once after the last wish. */
function throttled(act: () => void, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false
  const run = () => {
    timer = setTimeout(() => {
      timer = undefined
      if (!again) return
      again = false
      run()
    }, ms)
    act()
  }
  return () => {
    if (timer === undefined) run()
    else again = true
  }
}

function setConnection(next: Connection): void {
  if (connection === next) return
  connection = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
