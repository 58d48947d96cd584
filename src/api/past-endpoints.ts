import { z } from 'zod'
import type { Differences, Moments, Restore } from '../client/past-wire.ts'
import { chance, utcNow } from '../commands/commands.ts'
import { reachBetween } from '../diagnose/plan/then.ts'
import { differences } from '../model/changes.ts'
import { problemsOf } from '../model/issue.ts'
import { all, isApplied, type Id, type Model, type Resource } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import { restore, type Restored } from '../model/restore.ts'
import { toldOf } from '../model/secrets.ts'
import { turnovers } from '../model/turnover.ts'
import type { Store } from '../store/store.ts'
import type { Turns } from '../store/turns.ts'
import { numberOf, timeOf, type Endpoint } from './endpoint.ts'
import { reachView } from './impact-view.ts'
import type { Services } from './resources.ts'
import { refTo } from './schemas.ts'

const time = { type: 'string', format: 'date-time' } as const
const common = { tag: 'system', needs: 'read-only' } as const
const wish = z.strictObject({
  at: z.string(),
  resources: z.array(z.string().max(64)).min(1).max(10_000).optional(),
  dryRun: z.boolean().default(false),
})

/** The past: when something changed, what differed between two moments, and how to go back to one. */
export function pastEndpoints(
  services: Services,
  store: Store,
  turns: Turns,
  now: () => number = Date.now,
): Endpoint[] {
  const { past, commands } = services
  return [
    {
      ...common,
      method: 'GET',
      path: '/v1/moments',
      name: 'listMoments',
      about: 'Lists when something changed, newest first, and from when on the past is kept',
      query: {
        from: { about: 'From when on', schema: time },
        to: { about: 'Until when; now when left out', schema: time },
        limit: { about: 'How many at most', schema: { type: 'integer', minimum: 1, maximum: 10_000, default: 1000 } },
      },
      answers: { status: 200, about: 'They', schema: refTo('Moments') },
      handle({ query }) {
        const limit = numberOf('limit', query['limit'], 1000, 1, 10_000)
        const [from, to] = [timeOf('from', query['from']) ?? 0, timeOf('to', query['to']) ?? now() + 1]
        const items = store.moments(from, to, limit).map(({ at, revision }) => ({ at: iso(at), revision }))
        return { status: 200, body: { oldest: iso(store.oldest()), items } satisfies Moments }
      },
    },
    {
      ...common,
      method: 'GET',
      path: '/v1/differences',
      name: 'listDifferences',
      about: 'Says what differed between two moments: what ran, the states of backends, and who reached whom',
      query: {
        from: { about: 'The one moment', schema: time },
        to: { about: 'The other; now when left out', schema: time },
      },
      answers: { status: 200, about: 'What differed', schema: refTo('Differences') },
      handle({ query }) {
        const from = timeOf('from', query['from'])
        if (from === undefined) throw new Refused([{ code: 'missing', at: 'from' }])
        const to = timeOf('to', query['to']) ?? now()
        const moments = [from, to].map(at => ({ at, model: past.modelAt(at) })) as [Seen, Seen]
        return { status: 200, body: differencesOf(turns, ...moments) }
      },
    },
    {
      ...common,
      method: 'POST',
      path: '/v1/restore',
      name: 'restore',
      about: 'Makes drafts of what ran at an earlier moment; what was deleted since comes back. Applies nothing',
      needs: 'operator',
      body: refTo('RestoreWish'),
      answers: { status: 200, about: 'What was made, or would be, and what was left alone', schema: refTo('Restore') },
      async handle({ body, author, caller }) {
        const read = wish.safeParse(body)
        if (!read.success) throw new Refused(problemsOf(read.error, body))
        const at = timeOf('at', read.data.at) ?? now()
        const [then, present] = [past.modelAt(at), store.snapshot()]
        const ids = read.data.resources ?? null
        const made = read.data.dryRun
          ? restore(present, then, ids, { ...chance, now: utcNow(), author })
          : await commands.restore(then, ids, author, caller.from)
        const told = restoreOf({ at, model: then }, present, made, new Set(ids ?? then.resources.keys()))
        return { status: 200, body: { ...told, done: !read.data.dryRun } satisfies Restore }
      },
    },
  ]
}

interface Seen {
  readonly at: number
  readonly model: Model
}

function differencesOf(turns: Turns, from: Seen, to: Seen): Differences {
  const resources = turnovers(from.model, to.model)
  const reach = reachBetween(
    from.model,
    to.model,
    resources.map(({ id }) => id),
  )
  return {
    from: momentOf(from),
    to: momentOf(to),
    resources,
    backends: backendsBetween(turns, from, to),
    gained: reach.gained.map(each => reachView(to.model, each)),
    lost: reach.lost.map(each => reachView(from.model, each)),
    networks: reach.networks,
  }
}

/** Backends whose state differed. With several machines the first that looked stands for all. */
function backendsBetween(turns: Turns, from: Seen, to: Seen): Differences['backends'] {
  const known = new Map([...backendsIn(from.model), ...backendsIn(to.model)])
  const [was, is] = [from, to].map(({ at, model }) => {
    const there = new Set(backendsIn(model).map(([id]) => id))
    return new Map(turns.at(at, [...there]).map(turn => [turn.backend, turn]))
  })
  return [...known].flatMap(([backend, { balancer, name }]) => {
    const [before, after] = [was?.get(backend), is?.get(backend)]
    if (before?.state === after?.state) return []
    const state = (turn: typeof before) => (turn?.state ?? null) as Differences['backends'][number]['from']
    return { balancer, backend, name, from: state(before), to: state(after), reason: after?.reason ?? '' }
  })
}

/** What ran of backends, with what people call them. */
function backendsIn(model: Model): (readonly [Id, { readonly balancer: Id; readonly name: string }])[] {
  return [...all(model, 'load-balancer')].flatMap(balancer =>
    balancer.live.listeners.flatMap(listener =>
      listener.backends.map(({ id, name, address, server, port }) => {
        const place = address ?? (model.resources.get(server ?? '')?.name || server) ?? ''
        return [
          id,
          { balancer: balancer.id, name: `${balancer.name || balancer.id}/${name || `${place}:${port}`}` },
        ] as const
      }),
    ),
  )
}

function restoreOf(then: Seen, present: Model, made: Restored, wanted: ReadonlySet<Id>): Omit<Restore, 'done'> {
  const named = (id: Id, model: Model) => {
    const { kind, name } = (model.resources.get(id) ?? present.resources.get(id)) as Resource
    return { kind, id, name }
  }
  const untouched = [...wanted].flatMap(id => {
    const [was, is] = [then.model.resources.get(id), present.resources.get(id)]
    const changes = was && is && was !== is ? [...differences(atOnce(is), atOnce(was))] : []
    return changes.length > 0 ? [{ ...named(id, then.model), changes }] : []
  })
  const newer = [...present.resources.keys()].filter(id => !then.model.resources.has(id))
  return {
    ...momentOf(then),
    drafts: made.drafts.map(id => {
      const resource = made.model.resources.get(id)!
      const before = present.resources.get(id)!
      const changes = [...differences(resource.live, resource.draft)]
      return { ...named(id, made.model), changes, edited: !isApplied(before) }
    }),
    recreated: made.recreated.map(id => named(id, made.model)),
    untouched,
    newer: newer.sort().map(id => named(id, present)),
  }
}

function atOnce(resource: Resource): Readonly<Record<string, unknown>> {
  const { name, description, tags } = resource
  return { name, description, tags, ...toldOf(resource) }
}

function momentOf({ at, model }: Seen): { readonly at: string; readonly revision: number } {
  return { at: iso(at), revision: model.revision }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
