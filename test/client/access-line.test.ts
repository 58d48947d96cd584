import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passing } from '../../src/client/access-filter.ts'
import { accessLineOf } from '../../src/client/access-line.ts'
import { terminationText } from '../../src/client/termination.ts'

const stamp = '<6>2026-11-28T20:50:06.656960+00:00 '
const head = '203.0.113.7:45586 [28/Nov/2026:20:50:06.644]'
const read = (rest: string) => accessLineOf(`${stamp}${head} ${rest}`)

test('a request is read from its line, field by field', () => {
  const raw = 'lbl-1~ lbl-1_lbp-9/lbb-1:2 1/0/2/12/15 404 102 - - sH-- 4/3/2/1/+1 0/0 "GET /a?b=c HTTP/1.1"'
  assert.deepEqual(read(raw), {
    at: '2026-11-28T20:50:06.656960Z',
    client: '203.0.113.7',
    clientPort: 45586,
    listener: 'lbl-1',
    tls: true,
    policy: 'lbp-9',
    backend: 'lbb-1',
    status: 404,
    method: 'GET',
    path: '/a?b=c',
    version: 'HTTP/1.1',
    bytes: 102,
    timesMs: { request: 1, queue: 0, connect: 2, response: 12, total: 15 },
    termination: 'sH--',
    connections: { balancer: 4, listener: 3, pool: 2, backend: 1 },
    retries: 1,
    message: '',
    raw: `${head} ${raw}`,
  })
})

test('what was not come to is nothing, and not −1', () => {
  const line = read('lbl-1 lbl-1/<NOSRV> -1/-1/-1/-1/3 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"')
  assert.deepEqual(
    [line?.backend, line?.status, line?.method, line?.path, line?.timesMs],
    [null, 400, null, null, { request: null, queue: null, connect: null, response: null, total: 3 }],
  )
  assert.equal(read('lbl-1 lbl-1/<NOSRV> -1/-1/-1/-1/3 -1 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"')?.status, null)
})

test('a path is a path by HTTP/2 too, where the line has the whole URL', () => {
  const pathOf = (request: string) =>
    read(`lbl-1~ lbl-1/lbb-1 0/0/0/1/1 200 1 - - ---- 1/1/0/0/0 0/0 "GET ${request} HTTP/2.0"`)?.path
  assert.deepEqual(['https://shop.example:8443/a?b=http://c/', 'https://shop.example', '/a//b', '*'].map(pathOf), [
    '/a?b=http://c/',
    '/',
    '/a//b',
    '*',
  ])
})

test('a connection of TCP has no status and no request', () => {
  const line = read('lbl-2 lbl-2/lbb-1 1/0/+9 123 cD 1/1/0/0/0 0/0')
  assert.deepEqual(
    [line?.status, line?.path, line?.bytes, line?.termination, line?.timesMs],
    [null, null, 123, 'cD', { request: null, queue: 1, connect: 0, response: null, total: 9 }],
  )
})

test('a handshake that failed says why, and news of backends are no lines', () => {
  const line = read('lbl-1/1: SSL handshake failure')
  assert.deepEqual([line?.listener, line?.message, line?.termination], ['lbl-1', 'SSL handshake failure', ''])
  assert.equal(accessLineOf(`${stamp}Server lbl-1/lbb-1 is DOWN, reason: Layer4 timeout.`), null)
  assert.equal(accessLineOf(''), null)
})

test('a request that was cut because it is long is still one', () => {
  const line = read(`lbl-1 lbl-1/lbb-1 0/0/0/1/1 200 1 - - ---- 1/1/0/0/0 0/0 "GET /${'x'.repeat(500)}`)
  assert.deepEqual([line?.status, line?.path?.length], [200, 501])
})

test('a filter asks for status or class, address or prefix, path, text in any case, and time', () => {
  const line = read('lbl-1 lbl-1/lbb-1 0/0/0/1/1 503 1 - - ---- 1/1/0/0/0 0/0 "GET /Shop/cart HTTP/1.1"')
  assert.ok(line)
  const yes = [
    {},
    { status: '503' },
    { status: '5xx' },
    { client: '203.0.113.0/24' },
    { client: '203.0.113.7' },
    { path: '/Shop' },
    { search: 'SHOP/cart' },
    { listener: 'lbl-1', backend: 'lbb-1' },
    { backend: 'lbb-2,lbb-1' },
    { since: '2026-11-28T20:50:06Z' },
  ]
  const no = [
    { status: '500' },
    { status: '4xx' },
    { client: '203.0.113.8' },
    { client: '198.18.0.0/15' },
    { path: '/shop' },
    { search: 'cat' },
    { listener: 'lbl-2' },
    { backend: 'lbb-2' },
    { since: '2026-11-28T20:50:07Z' },
    { status: '5xx', path: '/other' },
  ]
  for (const filter of yes) assert.ok(passing(filter)(line), JSON.stringify(filter))
  for (const filter of no) assert.ok(!passing(filter)(line), JSON.stringify(filter))
})

test('termination is told in words, also of pairs that are rare', () => {
  assert.equal(terminationText('----', 'en'), 'went well')
  assert.equal(terminationText('sH--', 'en'), 'the backend did not answer in time')
  assert.equal(terminationText('SC', 'zh'), '无法连接任何后端，或没有活跃的后端')
  assert.equal(terminationText('KD--', 'en'), 'it was ended by hand while data flowed')
  assert.equal(terminationText('UD', 'zh'), '主后端恢复，备用后端的连接被结束：正在传输数据')
  assert.equal(terminationText('', 'en'), '')
})
