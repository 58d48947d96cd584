import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Client, ListQuery, OperationQuery } from '../../client/api-client.ts'
import { ApiError } from '../../client/api-error.ts'
import type { Diagnosis } from '../../client/diagnosis.ts'
import type { TraceRequest } from '../../client/trace-wire.ts'
import type { Page, WireResource } from '../../client/wire.ts'
import type { KindName } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'

/** A resource of any kind, with its attributes by name: what generic pages show. */
export type Shown = WireResource & Readonly<Record<string, unknown>>

/** Everything that pages ask of the server. What begins with `api` is read again whenever something happens there. */
export const queriesOf = (server: Client, language: string) => ({
  /** One numbered page of a list. */
  page: (kind: KindName, query: ListQuery, page: number, size: number) =>
    queryOptions({
      queryKey: ['api', 'page', kind, query, page, size, language],
      placeholderData: keepPreviousData,
      queryFn: async () =>
        (await server.list(kind, { ...query, limit: size, offset: (page - 1) * size })) as Page<Shown>,
    }),
  some: (kind: KindName, query: ListQuery) =>
    queryOptions({
      queryKey: ['api', 'some', kind, query, language],
      placeholderData: keepPreviousData,
      queryFn: async () => (await server.list(kind, query)) as Page<Shown>,
    }),
  resource: (kind: KindName, id: Id) =>
    queryOptions({
      queryKey: ['api', 'resource', kind, id, language],
      queryFn: async () => (await server.get(kind, id)) as Shown,
    }),
  /** What a resource is called; kept until the resource changes. */
  name: (kind: KindName, id: Id) =>
    queryOptions({
      queryKey: ['name', kind, id],
      staleTime: Infinity,
      queryFn: async () => {
        const found = (await server.get(kind, id)) as Shown
        return found.kind === 'eip' ? found.address : found.name
      },
    }),
  plan: (kind: KindName, id: Id) =>
    queryOptions({ queryKey: ['api', 'plan', kind, id, language], queryFn: () => server.plan(kind, id) }),
  without: (kind: KindName, id: Id, child?: Id) =>
    queryOptions({
      queryKey: ['api', 'without', kind, id, child, language],
      queryFn: () => server.without(kind, id, child),
    }),
  generations: (kind: KindName, id: Id) =>
    queryOptions({ queryKey: ['api', 'generations', kind, id], queryFn: () => server.generations(kind, id) }),
  counters: (id: Id) => queryOptions({ queryKey: ['api', 'counters', id], queryFn: () => server.counters(id) }),
  trace: (request: TraceRequest | null) =>
    queryOptions({
      queryKey: ['api', 'trace', request, language],
      queryFn: () => (request ? server.trace(request) : Promise.reject(new Error('nothing is asked'))),
    }),
  trials: () => queryOptions({ queryKey: ['api', 'trials', language], queryFn: () => server.trials.list() }),
  pending: () => queryOptions({ queryKey: ['api', 'pending'], queryFn: () => server.pending() }),
  operations: (query: OperationQuery) =>
    queryOptions({
      queryKey: ['api', 'operations', query],
      placeholderData: keepPreviousData,
      queryFn: () => server.operations(query),
    }),
  /** What is wrong with something; `path` is where the API answers. */
  diagnosis: (path: string) =>
    queryOptions({
      queryKey: ['api', 'diagnosis', path, language],
      queryFn: () => server.ask<Diagnosis>('GET', path),
    }),
  /** The same with a probe. What happens elsewhere is no reason to send another. */
  probe: (path: string) =>
    queryOptions({
      queryKey: ['probe', path, language],
      staleTime: Infinity,
      gcTime: 0,
      retry: false,
      queryFn: ({ signal }) => server.ask<Diagnosis>('GET', `${path}?probe=true`, { signal }),
    }),
  session: () =>
    queryOptions({
      queryKey: ['session'],
      staleTime: 60_000,
      // Before it is known who reads there is no event stream that could say when the server is back.
      retry: (_, error) => !(error instanceof ApiError),
      retryDelay: 1000,
      queryFn: () => server.session.get(),
    }),
})
