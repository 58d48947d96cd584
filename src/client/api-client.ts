import type { ChildPath } from '../model/command.ts'
import type { KindName, NowOf, SpecOf } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'
import type { AccessFilter } from './access-filter.ts'
import type { AccessKey, NewAccessKey } from './access-key.ts'
import { ApiError, errorOf } from './api-error.ts'
import { eventsIn } from './event-stream.ts'
import type { Forecast } from './forecast-wire.ts'
import type { RangeName } from './meters.ts'
import type { Differences, Moments, Restore, RestoreWish } from './past-wire.ts'
import type { AgentAnswer, Asked } from './questions.ts'
import { childPath, pathOf } from './paths.ts'
import type { Response, Transport } from './transport.ts'
import type { Pending, Plan, Trial, WhatIf } from './apply-wire.ts'
import type { KernelObjects, RuleCounters } from './kernel-wire.ts'
import type { Trace, TraceRequest } from './trace-wire.ts'
import type {
  AccessLog,
  AgentReport,
  AgentState,
  KnownTurn,
  Metrics,
  Operation,
  Page,
  Role,
  ServerStatus,
  Session,
  SignIn,
  WireEvent,
  WireGeneration,
  WireOf,
} from './wire.ts'

export interface ClientOptions {
  /** An access key, `<id>:<secret>`. */
  readonly key?: string
  /** The language of messages. */
  readonly language?: 'en' | 'zh-CN'
}

/** What a creation or a change says; the server checks it. */
export type BodyOf<K extends KindName> = Partial<Common & NowOf<K> & SpecOf<K>> | Readonly<Record<string, unknown>>
interface Common {
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
}

export interface ListQuery {
  readonly limit?: number
  readonly after?: string
  readonly offset?: number
  /** E.g. `name`, or `-name`. */
  readonly sort?: string
  readonly applied?: 'true' | 'false'
  readonly search?: string
  readonly tag?: string
  readonly state?: string
  /** By attribute that names other resources, e.g. `vpc`. */
  readonly [reference: string]: string | number | undefined
}

export interface OperationQuery {
  readonly limit?: number
  readonly after?: string
  readonly offset?: number
  readonly resource?: Id
  readonly kind?: Operation['kind']
  readonly author?: string
  readonly do?: Operation['do']
  readonly outcome?: 'done' | 'refused'
  /** RFC 3339. */
  readonly from?: string
  readonly to?: string
}

export interface HistoryQuery {
  readonly limit?: number
  readonly after?: string
}

export interface MetricsQuery {
  /** Names of meters, with commas between. */
  readonly meter?: string
  readonly range?: RangeName
  /** RFC 3339. */
  readonly from?: string
  readonly to?: string
  readonly step?: number
}

export interface AccessLogQuery extends AccessFilter {
  readonly limit?: number
  /** The `next` of an answer: only lines that were written after it. */
  readonly after?: string
}

export interface WriteOptions {
  readonly ifRevision?: number
  readonly signal?: AbortSignal
}

/** Whether something is published though it breaks policy tests. */
interface Force {
  readonly force?: boolean
}

/** How an apply is asked for: with a watch, it is taken back by itself where that is right. */
export interface ApplyOptions extends WriteOptions, Force {
  readonly watch?: { readonly watchS: number; readonly confirm?: boolean }
}

/** How a creation is asked for; with a key it happens once, however often it is asked for. */
export interface CreateOptions extends WriteOptions {
  readonly idempotencyKey?: string
}

/** A child with the warnings of the command that made it. */
export type Child = { readonly id: Id } & Readonly<Record<string, unknown>>

export type Action = 'apply' | 'discard' | 'start' | 'stop'

export type Client = ReturnType<typeof apiClient>

/** The API of a server as functions, over any transport. Refusals are thrown as {@link ApiError}. */
export function apiClient(transport: Transport, { key, language = 'en' }: ClientOptions = {}) {
  interface Extra {
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
    readonly signal?: AbortSignal | undefined
  }

  async function send(method: string, path: string, { body, headers, signal }: Extra = {}): Promise<Response> {
    const response = await transport.send({
      method,
      path,
      headers: {
        'accept-language': language,
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    })
    if (response.status >= 400) throw errorOf(response.status, await response.text(), response.headers['retry-after'])
    return response
  }

  async function ask<T>(method: string, path: string, extra?: Extra): Promise<T> {
    const text = await (await send(method, path, extra)).text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  function list<K extends KindName>(kind: K, query: ListQuery = {}): Promise<Page<WireOf<K>>> {
    return ask('GET', pathOf(kind) + queryText(query))
  }

  /** Everything that a list holds, page by page. */
  async function* all<K extends KindName>(kind: K, query: ListQuery = {}): AsyncIterable<WireOf<K>> {
    for (let after = query.after; ;) {
      const page = await list(kind, { ...query, limit: 1000, ...(after === undefined ? {} : { after }) })
      yield* page.items
      if (page.next === null) return
      after = page.next
    }
  }

  /** What happens, from now on or after an event; reconnects and resumes until the signal aborts. */
  async function* events(signal: AbortSignal, after?: string): AsyncIterable<WireEvent> {
    let last = after
    for (let failures = 0; !signal.aborted;) {
      try {
        const headers = last === undefined ? {} : { 'last-event-id': last }
        const response = await send('GET', '/v1/events', { headers, signal })
        failures = 0
        for await (const { id, event } of eventsIn(response.body)) {
          if (id !== '') last = id
          yield event
        }
      } catch (error) {
        if (signal.aborted) return
        if (last === undefined || error instanceof ApiError) throw error
        failures += 1
      }
      await pause(Math.min(100 * 2 ** failures, 5000), signal)
    }
  }

  return {
    list,
    all,
    events,
    get: <K extends KindName>(kind: K, id: Id, version: 'draft' | 'live' = 'draft'): Promise<WireOf<K>> =>
      ask('GET', pathOf(kind, id) + queryText({ version })),
    create: <K extends KindName>(kind: K, body: BodyOf<K>, create: CreateOptions = {}): Promise<WireOf<K>> =>
      ask('POST', pathOf(kind), { body, ...conditions(create) }),
    patch: <K extends KindName>(kind: K, id: Id, body: BodyOf<K>, write: WriteOptions = {}): Promise<WireOf<K>> =>
      ask('PATCH', pathOf(kind, id), { body, ...conditions(write) }),
    remove: (
      kind: KindName,
      id: Id,
      { force, ...write }: WriteOptions & { readonly force?: boolean } = {},
    ): Promise<void> => ask('DELETE', pathOf(kind, id) + queryText(force ? { force: 'true' } : {}), conditions(write)),
    act: <K extends KindName>(kind: K, id: Id, action: Action, write: WriteOptions = {}): Promise<WireOf<K>> =>
      ask('POST', `${pathOf(kind, id)}:${action}`, conditions(write)),
    apply: <K extends KindName>(kind: K, id: Id, { watch, force, ...write }: ApplyOptions = {}): Promise<WireOf<K>> =>
      ask('POST', `${pathOf(kind, id)}:apply${forceText(force)}`, {
        ...(watch ? { body: watch } : {}),
        ...conditions(write),
      }),
    rollback: <K extends KindName>(
      kind: K,
      id: Id,
      generation: number,
      { force, ...write }: WriteOptions & Force = {},
    ): Promise<WireOf<K>> =>
      ask('POST', `${pathOf(kind, id)}:rollback${forceText(force)}`, { body: { generation }, ...conditions(write) }),
    plan: (kind: KindName, id: Id, commands = false): Promise<Plan> =>
      ask('POST', `${pathOf(kind, id)}:plan${queryText(commands ? { commands: 'true' } : {})}`),
    /** What would be lost without a resource, or a part of it. */
    without: (kind: KindName, id: Id, child?: Id): Promise<WhatIf> =>
      ask('POST', `${pathOf(kind, id)}:without${queryText({ child })}`),
    /** What would be lost without a machine. */
    withoutHost: (host: string): Promise<WhatIf> => ask('POST', `/v1/hosts/${encodeURIComponent(host)}:without`),
    generations: async <K extends KindName>(kind: K, id: Id): Promise<readonly WireGeneration<K>[]> =>
      (await ask<Page<WireGeneration<K>>>('GET', `${pathOf(kind, id)}/generations`)).items,
    /** Children of a draft. Paths are attribute names and ids in turn: `['listeners', 'lbl-…', 'backends']`. */
    children: {
      list: async (kind: KindName, id: Id, path: ChildPath): Promise<readonly Child[]> =>
        (await ask<Page<Child>>('GET', childPath(kind, id, path))).items,
      get: (kind: KindName, id: Id, path: ChildPath): Promise<Child> => ask('GET', childPath(kind, id, path)),
      add: (kind: KindName, id: Id, path: ChildPath, body: object, write: CreateOptions = {}): Promise<Child> =>
        ask('POST', childPath(kind, id, path), { body, ...conditions(write) }),
      patch: (kind: KindName, id: Id, path: ChildPath, body: object, write: WriteOptions = {}): Promise<Child> =>
        ask('PATCH', childPath(kind, id, path), { body, ...conditions(write) }),
      remove: (kind: KindName, id: Id, path: ChildPath, write: WriteOptions = {}): Promise<void> =>
        ask('DELETE', childPath(kind, id, path), conditions(write)),
    },
    status: (signal?: AbortSignal): Promise<ServerStatus> => ask('GET', '/v1/status', { signal }),
    version: (): Promise<{ readonly name: string; readonly version: string; readonly api: string }> =>
      ask('GET', '/v1/version'),
    operations: (query: OperationQuery = {}): Promise<Page<Operation>> =>
      ask('GET', `/v1/operations${queryText({ ...query })}`),
    /** Applies that are or were watched, newest first. */
    trials: {
      list: async (): Promise<readonly Trial[]> => (await ask<Page<Trial>>('GET', '/v1/trials')).items,
      get: (id: string): Promise<Trial> => ask('GET', `/v1/trials/${encodeURIComponent(id)}`),
      confirm: (id: string): Promise<Trial> => ask('POST', `/v1/trials/${encodeURIComponent(id)}:confirm`),
      revert: (id: string): Promise<Trial> => ask('POST', `/v1/trials/${encodeURIComponent(id)}:revert`),
    },
    /** What machines hold, and what of the API it is for. */
    kernel: (query: {
      readonly resource?: Id
      readonly netns?: string
      readonly rule?: string
    }): Promise<KernelObjects> => ask('GET', `/v1/kernel${queryText(query)}`),
    /** What the rules of a resource counted. */
    counters: (id: Id): Promise<RuleCounters> => ask('GET', `/v1/counters/${encodeURIComponent(id)}`),
    /** Follows a packet, and its answer, through the network. */
    trace: (request: TraceRequest): Promise<Trace> => ask('POST', '/v1/traces', { body: request }),
    /** How the backends of a balancer, or one of them, changed their state; newest first. */
    history: (balancer: Id, backend: Id | null, query: HistoryQuery = {}): Promise<Page<KnownTurn>> => {
      const of = backend === null ? '' : `/backends/${encodeURIComponent(backend)}`
      return ask('GET', `${pathOf('load-balancer', balancer)}${of}/history${queryText({ ...query })}`)
    },
    /** What waits for an apply. */
    pending: async (): Promise<readonly Pending[]> => (await ask<Page<Pending>>('GET', '/v1/pending')).items,
    /** Who may ask from elsewhere; for administrators. */
    keys: {
      list: async (): Promise<readonly AccessKey[]> => (await ask<Page<AccessKey>>('GET', '/v1/keys')).items,
      create: (role: Role): Promise<NewAccessKey> => ask('POST', '/v1/keys', { body: { role } }),
      remove: (id: string): Promise<void> => ask('DELETE', `/v1/keys/${encodeURIComponent(id)}`),
    },
    /** What was measured of a resource, a listener or a backend. */
    metrics: (id: Id, query: MetricsQuery = {}, signal?: AbortSignal): Promise<Metrics> =>
      ask('GET', `/v1/metrics/${encodeURIComponent(id)}${queryText({ ...query })}`, { signal }),
    /** What source NAT has in use, and how long it lasts. */
    forecast: (kind: 'nat-gateway' | 'vpc', id: Id, limit?: number): Promise<Forecast> =>
      ask('GET', `${pathOf(kind, id)}/forecast${queryText({ limit })}`),
    /** The past: when something changed, what differed between two moments, and drafts of what ran. Times are RFC 3339. */
    past: {
      moments: (
        query: { readonly from?: string; readonly to?: string; readonly limit?: number } = {},
      ): Promise<Moments> => ask('GET', `/v1/moments${queryText({ ...query })}`),
      differences: (from: string, to?: string): Promise<Differences> =>
        ask('GET', `/v1/differences${queryText({ from, to })}`),
      restore: (wish: RestoreWish): Promise<Restore> => ask('POST', '/v1/restore', { body: wish }),
    },
    /** The newest lines of a balancer's access log, the newest last. */
    accessLog: (id: Id, query: AccessLogQuery = {}, signal?: AbortSignal): Promise<AccessLog> =>
      ask('GET', `${pathOf('load-balancer', id)}/log${queryText({ ...query })}`, { signal }),
    session: {
      get: (): Promise<Session> => ask('GET', '/v1/session'),
      /** Only a browser keeps the cookie that it is answered. */
      signIn: (body: SignIn): Promise<Session> => ask('POST', '/v1/session', { body }),
      signOut: (): Promise<void> => ask('DELETE', '/v1/session'),
    },
    /** What an agent needs of the server; served on its unix socket only. */
    agent: {
      state: (since: number, waitMs: number, signal?: AbortSignal): Promise<AgentState> =>
        ask('GET', `/v1/agent/state${queryText({ since, waitMs })}`, { signal }),
      report: (report: AgentReport, signal?: AbortSignal): Promise<void> =>
        ask('POST', '/v1/agent/report', { body: report, signal }),
      questions: (host: string, waitMs: number, signal?: AbortSignal): Promise<readonly Asked[]> =>
        ask('GET', `/v1/agent/questions${queryText({ host, waitMs })}`, { signal }),
      answer: (answer: AgentAnswer, signal?: AbortSignal): Promise<void> =>
        ask('POST', '/v1/agent/answers', { body: answer, signal }),
    },
    /** Any path of the API, for what has no function here. */
    ask,
    close: () => transport.close(),
  }
}

function forceText(force = false): string {
  return queryText(force ? { force: 'true' } : {})
}

function queryText(query: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}

function conditions({ ifRevision, idempotencyKey, signal }: CreateOptions) {
  return {
    signal,
    headers: {
      ...(ifRevision === undefined ? {} : { 'if-match': `"${ifRevision}"` }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
