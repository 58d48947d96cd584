import type { FastifyInstance } from 'fastify'
import type { Feed, Numbered } from './feed.ts'

const heartbeatMs = 15_000
/** A client that reads so slowly that this many bytes wait for it is cut off; it resumes by Last-Event-ID. */
const mostBuffered = 4 * 1024 * 1024

/** The event stream, as server-sent events: `/v1/events`. */
export function addEvents(app: FastifyInstance, feed: Feed, revision: () => number): void {
  app.get('/v1/events', { exposeHeadRoute: false }, (request, reply) => {
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    raw.write('retry: 1000\n\n')
    /** Whoever may not ask any more hears no more, though the stream began while they might. */
    const mayHear = () => {
      if (request.caller?.holds() ?? false) return true
      raw.destroy()
      return false
    }
    const write = ({ id, event }: Numbered) => {
      if (!mayHear()) return
      raw.write(`id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      if (raw.writableLength > mostBuffered) raw.destroy()
    }
    const last = request.headers['last-event-id']
    const missed = typeof last === 'string' ? feed.after(last) : []
    if (missed) missed.forEach(write)
    if (!missed || last === undefined) write({ id: feed.lastId, event: { type: 'reset', revision: revision() } })
    const leave = feed.subscribe(write)
    const beat = setInterval(() => mayHear() && raw.write(':\n\n'), heartbeatMs)
    raw.on('close', () => {
      leave()
      clearInterval(beat)
    })
  })
}
