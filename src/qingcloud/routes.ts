import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Cloud } from './cloud.ts'
import { answerOf, answerTo } from './dispatch.ts'
import type { Answer } from './envelope.ts'
import { fail } from './failure.ts'
import { parseWire } from './parameters.ts'
import { tellBug } from '../store/tell-bug.ts'

/** Bodies larger than this are refused. */
export const bodyLimit = 4 * 1024 * 1024

interface Options {
  readonly onBug?: (error: unknown) => void
  /** How long a body may take to come. */
  readonly bodyMs?: number
}

/** Serves the API at `/iaas/` and `/iaas`: what anybody asks is answered with status 200, and the body says how it went. */
export function addQingcloud(
  app: FastifyInstance,
  cloud: Cloud,
  { onBug = tellBug, bodyMs = 20_000 }: Options = {},
): void {
  void app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) =>
      readBody(request, payload, bodyMs),
    )
    scope.setErrorHandler((error, request, reply) => {
      // Whoever still sends what nobody waits for any more must not hold the connection.
      if (!request.raw.complete) reply.header('connection', 'close')
      return send(reply, answerOf(error, onBug))
    })
    const handle = async (request: FastifyRequest, reply: FastifyReply) =>
      send(reply, await answerOn(request, cloud, onBug))
    for (const url of ['/iaas/', '/iaas']) {
      scope.get(url, handle)
      scope.post(url, handle)
    }
  })
}

async function answerOn(request: FastifyRequest, cloud: Cloud, onBug: (error: unknown) => void): Promise<Answer> {
  try {
    const method = request.method === 'POST' ? 'POST' : 'GET'
    const [path = '', ...query] = request.url.split('?')
    const text = method === 'POST' && typeof request.body === 'string' ? request.body : query.join('?')
    return await answerTo({ method, path, wire: parseWire(text), from: request.caller?.from ?? '' }, cloud, onBug)
  } catch (error) {
    return answerOf(error, onBug)
  }
}

/** Clients compare the content type letter by letter, so the body goes out as bytes, to which no charset is added. */
function send(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply
    .status(200)
    .headers({ 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    .send(Buffer.from(JSON.stringify(answer)))
}

/** A form as text. What is too large is read to its end and thrown away, as a client that is still sending hears no answer. */
async function readBody({ headers }: FastifyRequest, body: Readable, withinMs: number): Promise<string> {
  const type = headers['content-type'] ?? ''
  const tooSlow = Promise.withResolvers<never>()
  const timer = setTimeout(() => tooSlow.reject(new Error('too slow')), withinMs)
  try {
    const chunks = await Promise.race([chunksOf(body), tooSlow.promise])
    if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(type)) {
      fail(1100, 'send the body as a form, with the header "Content-Type: application/x-www-form-urlencoded"')
    }
    if (chunks === null) fail(1100, `the body is larger than ${bodyLimit} bytes`)
    return Buffer.concat(chunks).toString()
  } catch (error) {
    if ((error as Error).message !== 'too slow') throw error
    return fail(1100, `the body did not come within ${withinMs / 1000} s`)
  } finally {
    clearTimeout(timer)
  }
}

/** What comes in; null where it is too much. */
async function chunksOf(body: Readable): Promise<Buffer[] | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= bodyLimit) chunks.push(chunk)
  }
  return size <= bodyLimit ? chunks : null
}
