import assert from 'node:assert/strict'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import fastify from 'fastify'
import { addConsole } from '../../src/api/console-pages.ts'
import { directory, running } from './running.ts'

const script = `console.log('causeway')\n`.repeat(200)
const page =
  '<meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="/assets/main-1a2b.js"></script>'

async function served(t: TestContext) {
  const root = await directory(t)
  const built = join(root, 'console')
  await mkdir(join(built, 'assets'), { recursive: true })
  await writeFile(join(built, 'index.html'), page)
  await writeFile(join(built, 'icon.svg'), '<svg/>')
  await writeFile(join(built, 'assets', 'main-1a2b.js'), script)
  await writeFile(join(root, 'secret'), 'not for you')
  const app = fastify()
  addConsole(app, built)
  t.after(() => app.close())
  return { app, built, get: (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers }) }
}

test('every path of the console answers its page, with a nonce of its own for styles', async t => {
  const { get } = await served(t)
  const pages = [await get('/'), await get('/vpcs/rtr-1a2b3c4d'), await get('/index.html')]
  const nonces = pages.map(({ body, headers, statusCode }) => {
    const nonce = /nonce="([^"]+)"/.exec(body)?.[1] ?? ''
    assert.equal(statusCode, 200)
    assert.equal(headers['cache-control'], 'no-store')
    const policy = String(headers['content-security-policy'])
    assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`), policy)
    assert.ok(!policy.includes('unsafe'), policy)
    assert.match(policy, /script-src 'self';.*frame-ancestors 'none'/)
    return nonce
  })
  assert.equal(new Set(nonces).size, 3)
  assert.equal(pages[0]?.headers['x-content-type-options'], 'nosniff')
  assert.equal(pages[0]?.headers['referrer-policy'], 'same-origin')
})

test('files are sent once: compressed, for good where their name has a digest', async t => {
  const { get, built } = await served(t)
  const url = '/assets/main-1a2b.js'
  const plain = await get(url)
  const br = await get(url, { 'accept-encoding': 'gzip, deflate, br' })
  const gzip = await get(url, { 'accept-encoding': 'gzip, br;q=0' })
  assert.equal(plain.body, script)
  assert.equal(brotliDecompressSync(br.rawPayload).toString(), script)
  assert.equal(gunzipSync(gzip.rawPayload).toString(), script)
  assert.equal(new Set([plain, br, gzip].map(({ headers }) => headers['etag'])).size, 3, 'other bytes, another tag')
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.match(String(plain.headers['content-type']), /^text\/javascript/)
  assert.equal((await get('/icon.svg')).headers['cache-control'], 'no-cache')

  const again = await get(url, { 'if-none-match': String(plain.headers['etag']) })
  assert.deepEqual([again.statusCode, again.body], [304, ''])
  await writeFile(join(built, url), 'changed')
  await utimes(join(built, url), 1, 1)
  assert.equal((await get(url, { 'if-none-match': String(plain.headers['etag']) })).body, 'changed')
})

test('a file that was compressed beforehand is sent as it is', async t => {
  const { get, built } = await served(t)
  await writeFile(join(built, 'assets/main-1a2b.js.br'), 'as built')
  assert.equal((await get('/assets/main-1a2b.js', { 'accept-encoding': 'br' })).body, 'as built')
})

test('what is no file of the console is not there', async t => {
  const { get } = await served(t)
  for (const url of ['/assets/old-9999.js', '/favicon.ico', '/assets/', '/v1/nothing', '/..%2fsecret.txt']) {
    assert.equal((await get(url)).statusCode, 404, url)
  }
  for (const url of ['/..%2fsecret', '/%2e%2e/secret', '/assets/..%2f..%2fsecret', '/..%2fsecret%00']) {
    assert.ok(!(await get(url)).body.includes('not for you'), url)
  }
})

test('without a build the page says how to make one, and the API is there all the same', async t => {
  const app = fastify()
  addConsole(app, join(await directory(t), 'nothing'))
  t.after(() => app.close())
  const answer = await app.inject('/')
  assert.equal(answer.statusCode, 404)
  assert.match(answer.body, /\.\/causeway build/)
  const server = await running(t)
  assert.equal((await server.ask('GET', '/v1/nothing')).body['code'], 'unknown-route')
})
