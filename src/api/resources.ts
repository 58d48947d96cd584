import type { Commands, Done } from '../commands/commands.ts'
import type { Command } from '../model/command.ts'
import { isStaged, kinds, type KindName } from '../model/kinds.ts'
import { isApplied, type Model, type Resource } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import { wholePage, type Answer } from './answer.ts'
import type { Board } from './board.ts'
import { idempotencyKey, numberOf, revisionOf, wordOf, type Call, type Endpoint, type Parameter } from './endpoint.ts'
import { filterAttributes, listPage, sortWords, type Filter } from './list.ts'
import { pascal, refTo } from './schemas.ts'
import { trialWishOf } from './trial-endpoints.ts'
import type { Trials } from './trials.ts'
import type { PastView } from './past.ts'
import { generationView, stateOf, viewOf, type Sight, type Version } from './view.ts'

/** What endpoints work on. */
export interface Services extends Sight {
  readonly board: Board
  model(): Model
  readonly commands: Commands
  readonly trials: Trials
  readonly past: PastView
}

const text = { type: 'string' } as const
const moment = { about: 'As it was at this moment', schema: { ...text, format: 'date-time' } } as const
const ifMatch = { 'If-Match': { about: 'Refuses to change anything but this revision, e.g. "12"', schema: text } }

/** Everything that can be done with resources of a kind, children aside. */
export function resourceEndpoints(kind: KindName, services: Services): Endpoint[] {
  return [...readEndpoints(kind, services), ...writeEndpoints(kind, services), ...actionEndpoints(kind, services)]
}

/** A resource of this kind, or a refusal. */
export function resourceOf(kind: KindName, { model }: Pick<Services, 'model'>, id: string): Resource {
  const resource = model().resources.get(id)
  if (resource?.kind === kind) return resource
  throw new Refused([{ code: 'not-found', at: '', values: { kind, id } }])
}

/** What an endpoint answers when a command was done. */
export function done(services: Services, call: Call, edited: Done, status = 200): Answer {
  if (!edited.resource) return { status: 204 }
  const { language } = call
  const body = viewOf(edited.resource, edited.model, services, { language, warnings: edited.warnings })
  return { status, body, headers: { etag: `"${edited.resource.revision}"` } }
}

function readEndpoints(kind: KindName, services: Services): Endpoint[] {
  const { plural, label } = kinds[kind]
  const what = label.en
  const name = pascal(kind)
  const states = kind === 'eip' ? ['available', 'associated'] : ['pending', 'active', 'stopped', 'failed']
  const references = filterAttributes(kind)
  const sorts = sortWords(kind)
  const query: Record<string, Parameter> = {
    limit: { about: 'How many at most', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
    after: { about: 'The `next` of the page before', schema: text },
    offset: { about: 'How many to pass over', schema: { type: 'integer', minimum: 0, default: 0 } },
    sort: {
      about: 'What to sort by, with `-` before it for the other way round',
      schema: { type: 'string', enum: sorts, default: 'createdAt' },
    },
    search: { about: 'Only what has this in its id, name, description or an attribute', schema: text },
    tag: { about: 'Only what has this tag', schema: text },
    state: { about: 'Only what is in this state', schema: { type: 'string', enum: states } },
    at: moment,
    applied: { about: 'Only what waits for no apply, or only what does', schema: { type: 'boolean' } },
    ...Object.fromEntries(
      references.map(each => [each, { about: `Only what names this id as its ${each}`, schema: text }]),
    ),
  }
  const version = {
    about: 'What edits change, or what runs',
    schema: { type: 'string', enum: ['draft', 'live'], default: 'draft' },
  }
  return [
    {
      method: 'GET',
      path: `/v1/${plural}`,
      name: `list${pascal(plural)}`,
      tag: plural,
      about: `Lists resources of the kind ${what}, oldest first unless sorted otherwise`,
      needs: 'read-only',
      query,
      answers: { status: 200, about: 'One page', schema: refTo(`${name}Page`) },
      handle(call) {
        const { limit, after, offset, sort, search, tag, state, applied, at, ...rest } = call.query
        const { model, sight } = services.past.seen(at)
        const wanted = state === undefined ? undefined : wordOf('state', state, states[0] ?? '', states)
        const settled = applied === undefined ? undefined : wordOf('applied', applied, 'true', ['true', 'false'])
        const stateOfOne = (resource: Resource) => stateOf(resource, model, sight.board)
        const filter: Filter = {
          ...(search === undefined ? {} : { search }),
          ...(tag === undefined ? {} : { tag }),
          references: rest,
          also: resource =>
            (wanted === undefined || stateOfOne(resource) === wanted) &&
            (settled === undefined || String(isApplied(resource)) === settled),
        }
        const page = listPage(model, kind, filter, {
          limit: numberOf('limit', limit, 100, 1, 1000),
          offset: numberOf('offset', offset, 0, 0, 1e9),
          after,
          sort: wordOf('sort', sort, 'createdAt', sorts),
          stateOf: stateOfOne,
        })
        const { language } = call
        const items = page.items.map(resource => viewOf(resource, model, sight, { language }))
        return { status: 200, body: { ...page, items } }
      },
    },
    {
      method: 'GET',
      path: `/v1/${plural}/{id}`,
      name: `get${name}`,
      tag: plural,
      about: `Shows one ${what}`,
      needs: 'read-only',
      query: { version, at: moment },
      answers: { status: 200, about: 'It; the ETag is its revision', schema: refTo(name) },
      handle(call) {
        const chosen = wordOf<Version>('version', call.query['version'], 'draft', ['draft', 'live'])
        const { model, sight } = services.past.seen(call.query['at'])
        const resource = resourceOf(kind, { model: () => model }, call.params['id'] ?? '')
        const { language } = call
        const body = viewOf(resource, model, sight, { language, version: chosen })
        return { status: 200, body, headers: { etag: `"${resource.revision}"` } }
      },
    },
  ]
}

function writeEndpoints(kind: KindName, services: Services): Endpoint[] {
  const { plural, label } = kinds[kind]
  const name = pascal(kind)
  const common = { tag: plural, needs: kind === 'zone' ? 'admin' : 'operator' } as const
  return [
    {
      ...common,
      method: 'POST',
      path: `/v1/${plural}`,
      name: `create${name}`,
      about: `Creates a ${label.en}. What it starts with runs at once; later changes wait for an apply`,
      headers: idempotencyKey,
      body: refTo(`${name}Create`),
      answers: { status: 201, about: 'Created', schema: refTo(name) },
      async handle(call) {
        const edited = await services.commands.run(
          { do: 'create', kind, body: call.body },
          call.author,
          call.caller.from,
        )
        const answer = done(services, call, edited, 201)
        return { ...answer, headers: { ...answer.headers, location: `/v1/${plural}/${edited.resource?.id}` } }
      },
    },
    {
      ...common,
      method: 'PATCH',
      path: `/v1/${plural}/{id}`,
      name: `patch${name}`,
      about: `Changes the given attributes of a ${label.en} and leaves the others`,
      headers: ifMatch,
      body: refTo(`${name}Patch`),
      answers: { status: 200, about: 'Changed', schema: refTo(name) },
      async handle(call) {
        const id = call.params['id'] ?? ''
        const change = { do: 'patch', kind, id, body: call.body, ...revisionOf(call.headers['if-match']) } as const
        return done(services, call, await services.commands.run(change, call.author, call.caller.from))
      },
    },
    {
      ...common,
      method: 'DELETE',
      path: `/v1/${plural}/{id}`,
      name: `delete${name}`,
      about: `Deletes a ${label.en}; refused while something uses it`,
      query: {
        force: {
          about:
            'Takes a public IP from whatever holds it; its NAT rules go with it. A refusal without it names the holders',
          schema: { type: 'boolean', default: false },
        },
      },
      headers: ifMatch,
      answers: { status: 204, about: 'Deleted', schema: null },
      async handle(call) {
        const force = wordOf('force', call.query['force'], 'false', ['false', 'true']) === 'true'
        const id = call.params['id'] ?? ''
        const change = { do: 'delete', kind, id, force, ...revisionOf(call.headers['if-match']) } as const
        await services.commands.run(change, call.author, call.caller.from)
        return { status: 204 }
      },
    },
  ]
}

function actionEndpoints(kind: KindName, services: Services): Endpoint[] {
  const { plural, label, now } = kinds[kind]
  const name = pascal(kind)
  const common = { tag: plural, needs: 'operator', method: 'POST', headers: ifMatch } as const
  const answers = { status: 200, about: 'Done', schema: refTo(name) }
  const action = (verb: string, about: string, command: (call: Call, id: string) => Command): Endpoint => ({
    ...common,
    path: `/v1/${plural}/{id}:${verb}`,
    name: `${verb}${name}`,
    about,
    answers,
    handle: async call =>
      done(
        services,
        call,
        await services.commands.run(command(call, call.params['id'] ?? ''), call.author, call.caller.from),
      ),
  })
  const power = (verb: string, about: string, value: 'on' | 'off') =>
    action(verb, about, (call, id) => ({ do: 'patch', kind, id, body: { power: value }, ...match(call) }))
  const staged: Endpoint[] = [
    applyEndpoint(kind, services),
    action('discard', `Throws the draft of a ${label.en} away: it becomes what runs`, (call, id) => ({
      do: 'discard',
      kind,
      id,
      ...match(call),
    })),
    {
      ...action('rollback', `Publishes an older generation of a ${label.en} again, as a new one`, (call, id) => ({
        do: 'rollback',
        kind,
        id,
        generation: generationOf(call.body),
        ...forced(call),
        ...match(call),
      })),
      query: forceQuery,
      body: refTo('Rollback'),
    },
    ...generationEndpoints(kind, services),
  ]
  return [
    ...(isStaged(kind) ? staged : []),
    ...('power' in now.shape
      ? [power('start', `Switches a ${label.en} on`, 'on'), power('stop', `Switches a ${label.en} off`, 'off')]
      : []),
  ]
}

function applyEndpoint(kind: KindName, services: Services): Endpoint {
  const { plural, label } = kinds[kind]
  const name = pascal(kind)
  return {
    method: 'POST',
    path: `/v1/${plural}/{id}:apply`,
    name: `apply${name}`,
    tag: plural,
    about: `Publishes the draft of a ${label.en}: from now on it runs. Where it is watched, it may be taken back by itself`,
    needs: 'operator',
    query: forceQuery,
    headers: ifMatch,
    body: refTo('Apply'),
    answers: { status: 200, about: 'Done', schema: refTo(name) },
    async handle(call) {
      const id = call.params['id'] ?? ''
      const wish = trialWishOf(call)
      const apply = () =>
        services.commands.run({ do: 'apply', kind, id, ...forced(call), ...match(call) }, call.author, call.caller.from)
      if (!wish) return done(services, call, await apply())
      const { edited, trial } = await services.trials.during(resourceOf(kind, services, id), wish, call.author, apply)
      const answer = done(services, call, edited)
      return trial ? { ...answer, body: { ...(answer.body as object), trial } } : answer
    },
  }
}

const forceQuery = {
  force: {
    about: 'Does it though it breaks policy tests; without, it is refused, and the refusal names them',
    schema: { type: 'boolean', default: false },
  },
} as const

function forced({ query }: Call) {
  return wordOf('force', query['force'], 'false', ['false', 'true']) === 'true' ? { force: true } : {}
}

function match(call: Call) {
  return revisionOf(call.headers['if-match'])
}

function generationOf(body: unknown): number {
  const given = typeof body === 'object' && body !== null && 'generation' in body ? body.generation : undefined
  if (given === undefined) throw new Refused([{ code: 'missing', at: 'generation' }])
  if (typeof given !== 'number')
    throw new Refused([{ code: 'wrong-type', at: 'generation', values: { expected: 'int' } }])
  return given
}

function generationEndpoints(kind: KindName, services: Services): Endpoint[] {
  const { plural, label } = kinds[kind]
  const name = pascal(kind)
  const common = { method: 'GET', tag: plural, needs: 'read-only' } as const
  /** Newest first. Numbers are dense from the newest down to the oldest that is kept. */
  function* kept(resource: Resource) {
    for (let number = resource.generation; number > 0; number--) {
      const generation = services.model().generations.get(`${resource.id}@${number}`)
      if (!generation) return
      yield generation
    }
  }
  return [
    {
      ...common,
      path: `/v1/${plural}/{id}/generations`,
      name: `list${name}Generations`,
      about: `Lists the published versions of a ${label.en} that are kept, newest first`,
      answers: { status: 200, about: 'Them', schema: refTo(`${name}GenerationPage`) },
      handle(call) {
        const resource = resourceOf(kind, services, call.params['id'] ?? '')
        return { status: 200, body: wholePage([...kept(resource)].map(generationView)) }
      },
    },
    {
      ...common,
      path: `/v1/${plural}/{id}/generations/{number}`,
      name: `get${name}Generation`,
      about: `Shows a published version of a ${label.en}`,
      answers: { status: 200, about: 'It', schema: refTo(`${name}Generation`) },
      handle(call) {
        const resource = resourceOf(kind, services, call.params['id'] ?? '')
        const number = numberOf('number', call.params['number'], 0, 1, 1e9)
        const generation = services.model().generations.get(`${resource.id}@${number}`)
        if (generation) return { status: 200, body: generationView(generation) }
        const values = { number, kept: [...kept(resource)].length }
        throw new Refused([{ code: 'no-generation', at: '', resource: resource.id, values }])
      },
    },
  ]
}
