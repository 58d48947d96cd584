import { request as httpsRequest } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'

/** What a server on the web said. */
export interface Said {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks a server on the web; rejects where it cannot be reached, or is not who it should be. */
export type Web = (method: 'GET' | 'HEAD' | 'POST', url: string, body?: string) => Promise<Said>

const timeoutMs = 30_000
/** Longer than any chain of certificates. */
const mostBytes = 1024 * 1024

/** The web over HTTPS. Only those that `ca` vouches for are trusted, PEM; those that everyone trusts when it is null. */
export function webBy(ca: string | null, signal: AbortSignal): Web {
  return (method, url, body) =>
    new Promise((resolve, reject) => {
      if (!url.startsWith('https://')) throw new Error(`${url.slice(0, 100)} is not HTTPS`)
      const headers = {
        'user-agent': 'causeway',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/jose+json', 'content-length': Buffer.byteLength(body) }),
      }
      const options = { method, headers, signal, timeout: timeoutMs, ...(ca === null ? {} : { ca }) }
      const request = httpsRequest(url, options, response => {
        const parts: Buffer[] = []
        let bytes = 0
        response.on('data', (part: Buffer) => {
          bytes += part.length
          if (bytes > mostBytes) request.destroy(new Error('the answer is too long'))
          else parts.push(part)
        })
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString(),
          }),
        )
      })
      request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)))
      request.on('error', reject)
      request.end(body)
    })
}
