import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { staticFiles } from './static-files.ts'

/** What the console's page writes where the nonce of its styles belongs. */
const placeholder = '__CSP_NONCE__'

/** Serves the console's files, and its page wherever the path is one of the console's own. */
export function addConsole(app: FastifyInstance, directory: string): void {
  const files = staticFiles(directory)

  async function answer(request: FastifyRequest, reply: FastifyReply) {
    const path = (request.params as Readonly<Record<string, string>>)['*'] ?? ''
    if (/^(?:v1|iaas|metrics)(?:\/|$)/.test(path)) return reply.callNotFound()
    if (path !== '' && path !== 'index.html') {
      const file = await files.file(path, request.headers['accept-encoding'] ?? '')
      if (file) {
        const { type, body, encoding, etag } = file
        // The names of these carry a digest of what they hold: another content has another name.
        const keep = path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
        reply.headers({
          ...headersOf(null),
          'content-type': type,
          'cache-control': keep,
          etag,
          vary: 'accept-encoding',
        })
        if (encoding) reply.header('content-encoding', encoding)
        return isKnown(request, etag) ? reply.status(304).send() : reply.send(body)
      }
      if (/\.\w+$/.test(path) || path.startsWith('assets/')) return reply.callNotFound()
    }
    const page = await files.file('index.html', '')
    if (!page) return reply.status(404).headers(pageHeaders(null)).send(notBuilt)
    const text = page.body.toString()
    const nonce = text.includes(placeholder) ? randomBytes(16).toString('base64') : null
    return reply.headers(pageHeaders(nonce)).send(text.replaceAll(placeholder, nonce ?? ''))
  }
  app.get('/*', answer)
}

function isKnown({ headers }: FastifyRequest, etag: string): boolean {
  const known = (headers['if-none-match'] ?? '').split(',').map(each => each.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}

function pageHeaders(nonce: string | null) {
  return { ...headersOf(nonce), 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }
}

/** What browsers may do with our files: nothing but what the console needs, and nothing from elsewhere. */
function headersOf(nonce: string | null) {
  const styles = nonce === null ? `'unsafe-inline'` : `'nonce-${nonce}'`
  return {
    'content-security-policy': [
      `default-src 'none'`,
      `script-src 'self'`,
      `style-src 'self' ${styles}`,
      `img-src 'self' data:`,
      `font-src 'self'`,
      `connect-src 'self'`,
      `worker-src 'self'`,
      `manifest-src 'self'`,
      `base-uri 'none'`,
      `form-action 'self'`,
      `frame-ancestors 'none'`,
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  }
}

const notBuilt = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Causeway</title>
  <h1>Causeway</h1>
  <p>The server runs, but its console has not been built. Type <code>./causeway build</code> and load this page again.</p>
  <p lang="zh-CN">服务器正在运行，但控制台尚未构建。请执行 <code>./causeway build</code>，然后刷新本页。</p>
  <p><a href="/v1/openapi.json">API</a></p>
</html>
`
