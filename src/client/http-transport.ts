import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text as readAll } from 'node:stream/consumers'
import type { Transport } from './transport.ts'

/** Where a server is: its address, or the socket that it listens on. */
export type Where = { readonly url: string } | { readonly socketPath: string }

/** A transport over TCP or a unix socket. */
export function httpTransport(where: Where): Transport {
  const agent = new Agent({ keepAlive: true })
  const base = 'url' in where ? new URL(where.url) : undefined
  const secure = base?.protocol === 'https:'
  const target = base
    ? { host: base.hostname.replaceAll(/[[\]]/g, ''), port: base.port || (secure ? 443 : 80) }
    : { socketPath: 'socketPath' in where ? where.socketPath : '' }
  const prefix = base?.pathname.replace(/\/$/, '') ?? ''
  return {
    send: ({ method, path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
        const options = {
          ...target,
          method,
          path: prefix + path,
          headers: { ...(base ? { host: base.host } : { host: 'localhost' }), ...headers, ...length },
          ...(signal ? { signal } : {}),
        }
        const outgoing = secure ? httpsRequest(options) : httpRequest({ ...options, agent })
        outgoing.on('response', (incoming: IncomingMessage) =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: () => readAll(incoming),
            body: incoming,
          }),
        )
        outgoing.on('error', reject)
        outgoing.end(body)
      }),
    close: () => agent.destroy(),
  }
}
