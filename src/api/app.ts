import { STATUS_CODES } from 'node:http'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Refused, type Problem } from '../model/problem.ts'
import { StoreFailed } from '../store/store-failed.ts'
import { languageOf, refusal, type Answer } from './answer.ts'
import type { Caller } from './caller.ts'
import { checkRole } from './caller-role.ts'
import type { Call, Endpoint } from './endpoint.ts'
import type { Idempotency } from './idempotency.ts'
import { queryProblems } from './query.ts'

export interface AppOptions {
  readonly endpoints: readonly Endpoint[]
  /** Bodies larger than this are refused. */
  readonly bodyLimit: number
  /** Says who asks; throws {@link Refused} where they may not ask at all. */
  readonly admit: (request: FastifyRequest) => Caller | Promise<Caller>
  readonly idempotency: Idempotency
  /** The cookie that keeps a session for longer. */
  readonly renewal: (token: string, headers: FastifyRequest['headers']) => string
  /** Hears of every answer, for the metrics. */
  readonly measured: (route: string, method: string, status: number, seconds: number) => void
  /** Hears of every bug. */
  readonly onBug: (error: unknown) => void
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
}

/** The HTTP application: endpoints behind one door, every refusal in one form. */
export function createApp(options: AppOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: options.bodyLimit,
    forceCloseConnections: true,
    // Some clients put everything into the query, lists of listeners too.
    http: { maxHeaderSize: 128 * 1024 },
    routerOptions: { maxParamLength: 500, querystringParser: queryOf },
    frameworkErrors: (error, request, reply) => void sendProblems(request, reply, problemsOf(error, options)),
    clientErrorHandler(error, socket) {
      if (error.code === 'ECONNRESET' || !socket.writable) return
      const { body } = refusal([{ code: 'bad-request', at: '', values: { reason: error.code } }], 'en')
      const text = JSON.stringify(body)
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
      )
    },
  })
  app.removeContentTypeParser('text/plain')
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async request => {
    request.caller = await options.admit(request)
  })
  app.addHook('onSend', async ({ caller, headers }, reply) => {
    if (caller?.renewed === undefined || reply.hasHeader('set-cookie')) return
    reply.header('set-cookie', options.renewal(caller.renewed, headers))
  })
  app.addHook('onResponse', async (request, reply) => {
    options.measured(request.routeOptions.url ?? 'unknown', request.method, reply.statusCode, reply.elapsedTime / 1000)
  })
  app.setErrorHandler<FastifyError>((error, request, reply) => sendProblems(request, reply, problemsOf(error, options)))
  app.setNotFoundHandler((request, reply) => sendProblems(request, reply, [unknownRoute(request)]))
  for (const [route, verbs] of byRoute(options.endpoints)) addRoute(app, route, verbs, options)
  return app
}

/** Endpoints that one route of the router serves: the same but for the `:verb` at the end. */
function byRoute(endpoints: readonly Endpoint[]): Map<string, Map<string, Endpoint>> {
  const routes = new Map<string, Map<string, Endpoint>>()
  for (const endpoint of endpoints) {
    const [, path = '', verb = ''] = /^([^:]*)(?::(.*))?$/.exec(endpoint.path) ?? []
    const route = `${endpoint.method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`
    routes.set(route, (routes.get(route) ?? new Map<string, Endpoint>()).set(verb, endpoint))
  }
  return routes
}

function addRoute(
  app: FastifyInstance,
  route: string,
  verbs: ReadonlyMap<string, Endpoint>,
  options: AppOptions,
): void {
  const [method = '', url = ''] = route.split(' ')
  const last = /:(\w+)$/.exec(url)?.[1]
  app.route({
    method,
    url,
    async handler(request, reply) {
      const params = { ...(request.params as Record<string, string>) }
      let verb = ''
      const colon = last === undefined ? -1 : (params[last]?.indexOf(':') ?? -1)
      if (last !== undefined && colon >= 0) {
        verb = params[last]?.slice(colon + 1) ?? ''
        params[last] = params[last]?.slice(0, colon) ?? ''
      }
      const endpoint = verbs.get(verb)
      if (!endpoint) throw new Refused([unknownRoute(request)])
      const call = callOf(request, endpoint, params)
      const answer =
        endpoint.headers?.['Idempotency-Key'] && call.headers['idempotency-key'] !== undefined
          ? await options.idempotency.once(call, endpoint)
          : await endpoint.handle(call)
      return send(reply, answer)
    },
  })
}

/** The call that a request makes, if the caller may make it and its query is one. */
function callOf(request: FastifyRequest, endpoint: Endpoint, params: Call['params']): Call {
  const caller = request.caller
  if (!caller) throw new Error(`${request.method} ${request.url} was not admitted`)
  checkRole(caller, endpoint.needs)
  const query = request.query as Record<string, string>
  const problems = queryProblems(query, endpoint.query)
  if (problems.length > 0) throw new Refused(problems)
  return {
    params,
    query,
    headers: request.headers as Record<string, string | undefined>,
    body: request.body,
    author: caller.author,
    caller,
    language: languageOf(request.headers['accept-language']),
    get signal() {
      return request.signal
    },
  }
}

function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.status(status).headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers })
  return body === undefined ? reply.send() : reply.send(body)
}

function sendProblems(request: FastifyRequest, reply: FastifyReply, list: readonly Problem[]): FastifyReply {
  const answer = refusal(list, languageOf(request.headers['accept-language']))
  if (answer.status === 401) reply.header('www-authenticate', 'Bearer')
  const seconds = list.find(({ code }) => code === 'too-many-attempts')?.values?.['seconds']
  if (seconds !== undefined) reply.header('retry-after', String(seconds))
  return send(reply, answer)
}

function unknownRoute(request: FastifyRequest): Problem {
  const path = (request.url.split('?')[0] ?? '').slice(0, 200)
  return { code: 'unknown-route', at: '', values: { method: request.method, path } }
}

/** What is wrong with a request, by what it made somebody throw. */
function problemsOf(error: unknown, { bodyLimit, onBug }: AppOptions): readonly Problem[] {
  if (error instanceof Refused) return error.problems
  if (error instanceof StoreFailed) return [error.problem]
  const { code = '', statusCode = 500 } = error as Partial<FastifyError>
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return [{ code: 'body-too-large', at: '', values: { most: bodyLimit } }]
  const known = byCode[code]
  if (known) return [known]
  if (statusCode < 500)
    return [{ code: 'bad-request', at: '', values: { reason: STATUS_CODES[statusCode] ?? String(statusCode) } }]
  onBug(error)
  return [{ code: 'internal', at: '' }]
}

const badJson: Problem = { code: 'bad-json', at: '' }
const badType: Problem = { code: 'bad-content-type', at: '' }
const badUrl: Problem = { code: 'bad-request', at: '', values: { reason: 'malformed percent-encoding in the path' } }
const byCode: Readonly<Record<string, Problem>> = {
  FST_ERR_BAD_URL: badUrl,
  FST_ERR_CTP_INVALID_JSON_BODY: badJson,
  FST_ERR_CTP_EMPTY_JSON_BODY: badJson,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: badType,
  FST_ERR_CTP_EMPTY_TYPE: badType,
}

/** A query as names with one value each; of a name given twice the last holds. */
function queryOf(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}
