import type { Operation } from '../client/wire.ts'
import { kindNames } from '../model/kinds.ts'
import { Refused } from '../model/problem.ts'
import type { Journal, JournalFilter } from '../store/journal.ts'
import { numberOf, timeOf, wordOf, type Endpoint } from './endpoint.ts'
import { refTo } from './schemas.ts'

const text = { type: 'string' } as const
const time = { type: 'string', format: 'date-time' } as const
const kinds = [...kindNames, 'session', 'key'] as const

/** Who did what. */
export function operationEndpoints(journal: Journal): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/v1/operations',
      name: 'listOperations',
      tag: 'system',
      about: 'Lists who did what, newest first; the latest 100,000 operations are kept',
      needs: 'read-only',
      query: {
        limit: { about: 'How many at most', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
        after: { about: 'The `next` of the page before', schema: text },
        offset: { about: 'How many to pass over', schema: { type: 'integer', minimum: 0, default: 0 } },
        resource: { about: 'Only what concerned this resource, or this child', schema: text },
        kind: { about: 'Only what concerned this kind', schema: { type: 'string', enum: kinds } },
        author: { about: 'Only what they did', schema: text },
        do: { about: 'Only this, e.g. apply', schema: text },
        outcome: { about: 'Only what was done, or refused', schema: { type: 'string', enum: ['done', 'refused'] } },
        from: { about: 'From when', schema: time },
        to: { about: 'Until when', schema: time },
      },
      answers: { status: 200, about: 'Them', schema: refTo('OperationPage') },
      handle({ query }) {
        const { after, resource, kind, author, outcome } = query
        const limit = numberOf('limit', query['limit'], 100, 1, 1000)
        const offset = numberOf('offset', query['offset'], 0, 0, 1e9)
        if (after !== undefined && !/^\d{1,15}$/.test(after)) {
          throw new Refused([
            { code: 'bad-query', at: '', values: { name: 'after', expected: 'the `next` of a page' } },
          ])
        }
        const filter: JournalFilter = {
          resource,
          author,
          do: query['do'],
          kind: kind === undefined ? undefined : wordOf('kind', kind, 'session', kinds),
          refused:
            outcome === undefined ? undefined : wordOf('outcome', outcome, 'done', ['done', 'refused']) === 'refused',
          from: timeOf('from', query['from']),
          to: timeOf('to', query['to']),
        }
        const page = journal.page(filter, { limit, offset, before: after === undefined ? undefined : Number(after) })
        return { status: 200, body: { ...page, items: page.items as readonly Operation[] } }
      },
    },
  ]
}
