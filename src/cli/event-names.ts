import { ApiError } from '../client/api-error.ts'
import type { WireEvent, WireOf, WireResource } from '../client/wire.ts'
import { type Directory, directoryOf } from './directory.ts'
import { fetchAll, type Session } from './session.ts'

/** What people call the things that events are about. */
export interface EventNames {
  /** Learns what an event says of names. To be called before the event is told. */
  learn(event: WireEvent): Promise<void>
  /** Of a resource, or of a backend: `web/blog`, or by its address, `web/203.0.113.7:8080`. */
  nameOf(id: string): string
}

/** Names that are kept up with what is created and renamed while one listens. What is gone keeps its name till all is read again. */
export function eventNames({ client }: Pick<Session, 'client'>): EventNames {
  let known = new Map<string, WireResource>()
  let directory: Directory | null = null
  let backends: ReadonlyMap<string, string> | null = null
  return {
    async learn(event) {
      if (event.type !== 'reset' && (event.type !== 'resource' || event.what === 'deleted')) return
      if (event.type === 'reset') known = new Map((await fetchAll(client)).map(each => [each.id, each]))
      else {
        const { kind, id } = event
        try {
          known.set(id, (await client.get(kind, id)) as WireResource)
        } catch (error) {
          // It went again while its event was on the way.
          if (!(error instanceof ApiError && error.status === 404)) throw error
        }
      }
      directory = null
      backends = null
    },
    nameOf(id) {
      directory ??= directoryOf(known.values())
      backends ??= backendNames(known.values(), directory)
      return backends.get(id) ?? directory.nameOf(id)
    },
  }
}

/** What people call each backend of these balancers. */
export function backendNames(resources: Iterable<WireResource>, directory: Directory): ReadonlyMap<string, string> {
  const balancers = [...resources].filter((each): each is WireOf<'load-balancer'> => each.kind === 'load-balancer')
  return new Map(
    balancers.flatMap(balancer =>
      // What runs first, so that what the draft says of the same backend holds.
      [...(balancer.live?.listeners ?? []), ...balancer.listeners].flatMap(listener =>
        listener.backends.map(({ id, name, address, server, port }) => {
          const place = address ?? (server === null ? '' : directory.nameOf(server))
          return [id, `${directory.nameOf(balancer.id)}/${name || `${place}:${port}`}`] as const
        }),
      ),
    ),
  )
}
