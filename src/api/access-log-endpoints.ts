import { z } from 'zod'
import { statusForm, type AccessFilter } from '../client/access-filter.ts'
import type { LogPlaces } from '../client/questions.ts'
import type { AccessLog } from '../client/wire.ts'
import { cidr } from '../model/address.ts'
import { find, type LoadBalancer } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import { accessLogSchema } from './access-log-schema.ts'
import { numberOf, timeOf, type Call, type Endpoint } from './endpoint.ts'
import type { Questions, Reply } from './questions.ts'
import type { Services } from './resources.ts'

const text = { type: 'string' } as const
const mostLines = 1000
/** How far the log of every machine was read. */
const places = z.record(z.string(), z.record(z.string(), z.string()))
type Places = Readonly<Record<string, LogPlaces>>

/** What balancers wrote about connections and requests: asked of the machines when somebody asks. */
export function accessLogEndpoints({ model }: Pick<Services, 'model'>, questions: Questions): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/v1/load-balancers/{id}/log',
      name: 'readAccessLog',
      tag: 'load-balancers',
      about: 'Reads the newest lines of the access log of a load balancer; `after` goes on where an answer ended',
      needs: 'read-only',
      query: {
        limit: { about: 'How many lines at most', schema: { type: 'integer', minimum: 1, maximum: mostLines } },
        after: { about: 'The `next` of an answer: only lines that were written since', schema: text },
        since: {
          about: 'Only lines that were written at this time or later',
          schema: { ...text, format: 'date-time' },
        },
        listener: { about: 'Only of a listener, by id', schema: text },
        backend: { about: 'Only of a backend, by id, or of several, with commas between them', schema: text },
        status: { about: 'Only with a status, or of a class, e.g. `404` or `5xx`', schema: text },
        client: { about: 'Only of a client, by address or prefix', schema: text },
        path: { about: 'Only of paths that begin with this', schema: text },
        search: { about: 'Only with this text, in capitals or not', schema: text },
      },
      answers: { status: 200, about: 'Lines, the newest last', schema: accessLogSchema },
      async handle(call) {
        const balancer = balancerOf(model, call)
        if (!balancer.live.accessLog.local) {
          throw new Refused([{ code: 'log-off', at: 'accessLog.local', resource: balancer.id }])
        }
        const most = numberOf('limit', call.query['limit'], 100, 1, mostLines)
        const after = placesOf(call.query['after'])
        const question = {
          type: 'access-log',
          balancer: balancer.id,
          most,
          filter: filterOf(call),
          after: null,
        } as const
        const replies = await questions.ask<'access-log'>(
          after === null ? question : { ...question, after: Object.assign({}, ...Object.values(after)) as LogPlaces },
          call.signal,
        )
        return { status: 200, body: together(replies, after, most) }
      },
    },
  ]
}

function balancerOf(model: Services['model'], { params }: Call): LoadBalancer {
  const id = params['id'] ?? ''
  const balancer = find(model(), 'load-balancer', id)
  if (!balancer) throw new Refused([{ code: 'not-found', at: '', values: { kind: 'load-balancer', id } }])
  return balancer
}

function filterOf({ query }: Call): AccessFilter {
  const { status, client, since } = query
  if (status !== undefined && !statusForm.test(status)) throw badQuery('status', '404 | 5xx')
  const prefix = client === undefined ? undefined : cidr.safeParse(client)
  if (prefix && !prefix.success) throw badQuery('client', '192.0.2.7 | 192.0.2.0/24')
  timeOf('since', since)
  const said = Object.entries({ ...query, client: prefix?.data }).filter(
    ([name, value]) => value !== undefined && name !== 'limit' && name !== 'after',
  )
  return Object.fromEntries(said)
}

/** One answer from those of all machines, by time; who is silent keeps its place. */
function together(replies: readonly Reply<'access-log'>[], before: Places | null, most: number): AccessLog {
  const lines = replies.flatMap(({ answer }) => answer?.lines ?? [])
  lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const next = replies.map(({ host, answer }) => [host, { ...before?.[host], ...answer?.next }] as const)
  return {
    items: lines.slice(-most),
    next: Buffer.from(JSON.stringify(Object.fromEntries(next))).toString('base64url'),
    missed: (before !== null && lines.length > most) || replies.some(({ answer }) => answer?.missed ?? false),
    silent: replies.filter(({ answer }) => answer === null).map(({ host }) => host),
  }
}

function placesOf(after: string | undefined): Places | null {
  if (after === undefined) return null
  try {
    return places.parse(JSON.parse(Buffer.from(after, 'base64url').toString()))
  } catch {
    throw badQuery('after', 'the `next` of an answer')
  }
}

function badQuery(name: string, expected: string): Refused {
  return new Refused([{ code: 'bad-query', at: '', values: { name, expected } }])
}
