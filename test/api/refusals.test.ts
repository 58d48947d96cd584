import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { refusal } from '../../src/api/answer.ts'
import { serve } from '../../src/api/serve.ts'
import { createAll } from './one-of-each.ts'
import { prepared, running, type Answered } from './running.ts'

/** Every refusal has this form, and none tells of our insides. */
function assertRefused({ status, body }: Answered, expected: number, code: string) {
  assert.equal(status, expected, JSON.stringify(body))
  assert.deepEqual(Object.keys(body).sort(), ['code', 'message', 'problems'])
  assert.equal(body['code'], code)
  for (const problem of body.problems)
    assert.ok(problem.message.length > 0 && !problem.message.includes('{'), problem.message)
  assert.doesNotMatch(JSON.stringify(body), /\.ts:|at Object|node_modules|FST_ERR|Error:/)
}

const codes = ({ body }: Answered) => body.problems.map(({ code, at }) => `${at}: ${code}`).sort()

test('all that is wrong is told at once, in the language of the caller', async t => {
  const server = await running(t)
  const bad = {
    cidr: '10.0.0.0/33',
    type: 'huge',
    name: 'a\u0007',
    tags: 'x',
    colour: 'red',
    portForwards: [{ port: 0, toAddress: 'x', toPort: 70000 }],
  }
  const english = await server.ask('POST', '/v1/vpcs', bad)
  assert.deepEqual(codes(english), [
    'cidr: not-a-prefix',
    'colour: unknown-field',
    'name: control-characters',
    'portForwards[0].port: too-small',
    'portForwards[0].toAddress: not-an-address',
    'portForwards[0].toPort: too-big',
    'tags: wrong-type',
    'type: not-one-of',
  ])
  assertRefused(english, 400, english.body['code'] as string)
  const chinese = await server.ask('POST', '/v1/vpcs', bad, { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' })
  assert.deepEqual(codes(chinese), codes(english))
  for (const { message } of chinese.body.problems) assert.match(message, /\p{Script=Han}/u)
  const preferring = await server.ask('POST', '/v1/vpcs', bad, { 'accept-language': 'en,zh;q=0.5' })
  assert.deepEqual(preferring.body, english.body)
})

test('a value that is wrong hides no reference that leads nowhere', async t => {
  const server = await running(t)
  const { vpc, subnet, 'load-balancer': balancer } = await createAll(server)
  const listeners = [
    {
      port: 70000,
      backends: [
        { server: 'i-nosuch', port: 80 },
        { server: subnet, port: 80 },
      ],
    },
  ]
  const both = [
    'listeners[0].backends[0].server: not-found',
    'listeners[0].backends[1].server: not-found',
    'listeners[0].port: too-big',
  ]
  assert.deepEqual(codes(await server.ask('PATCH', `/v1/load-balancers/${balancer}`, { listeners })), both)
  assert.deepEqual(codes(await server.ask('POST', '/v1/load-balancers', { subnet: 'vxnet-nosuch', listeners })), [
    ...both,
    'subnet: not-found',
  ])
  const path = `/v1/load-balancers/${balancer}/listeners`
  assert.deepEqual(codes(await server.ask('POST', path, listeners[0])), [
    'backends[0].server: not-found',
    'backends[1].server: not-found',
    'port: too-big',
  ])
  assert.deepEqual(codes(await server.ask('POST', '/v1/vpcs', { cidr: '10.0.0.0/33', eip: { bandwidthMbps: 10 } })), [
    'cidr: not-a-prefix',
  ])
  assert.deepEqual(codes(await server.ask('POST', '/v1/subnets', { vpc, cidr: '10.0.0.0/33', routeTable: 7 })), [
    'cidr: not-a-prefix',
    'routeTable: wrong-type',
  ])
})

test('who makes one child like another is told where they did so, whichever of the two comes first', async t => {
  const { ask } = await running(t)
  const { body } = await ask('POST', '/v1/load-balancers', { eips: [{}], listeners: [{ port: 80 }, { port: 81 }] })
  const [first, second] = body['listeners'] as readonly { readonly id: string }[]
  const change = (id: string | undefined, port: number) =>
    ask('PATCH', `/v1/load-balancers/${body.id}/listeners/${id}`, { port })
  const said = ({ body: { problems } }: Answered) => problems.map(({ at, message }) => `${at} ${message}`)
  assert.deepEqual(said(await change(first?.id, 81)), [`port is the same as ${second?.id}`])
  const [list, backend] = [
    `/v1/load-balancers/${body.id}/listeners/${first?.id}/backends`,
    { address: '198.18.0.7', port: 80 },
  ]
  await ask('POST', list, { ...backend, name: 'one' })
  assert.deepEqual(said(await ask('POST', list, backend)), [' is the same as one'])
  assert.deepEqual(said(await change(second?.id, 80)), [`port is the same as ${first?.id}`])
})

test('a query is told all that is wrong with it', async t => {
  const server = await running(t)
  const told = async (url: string) => (await server.ask('GET', url)).body.problems.map(({ message }) => message)
  const [limit = '', foo = '', applied = '', sort = '', ...more] = await told(
    '/v1/vpcs?limit=x&foo=1&applied=maybe&sort=size&zone=local',
  )
  assert.equal(limit, 'limit must be 1-1000')
  assert.match(foo, /^there is no parameter foo here; there are: limit, after, /)
  assert.equal(applied, 'applied must be true | false')
  assert.match(sort, /^sort must be createdAt \| -createdAt \| name /)
  assert.deepEqual(more, [])
  assert.equal((await told('/v1/operations?from=yesterday&outcome=maybe&limit=0')).length, 3)
})

test('the status is that of the gravest problem', () => {
  const { status, body } = refusal(
    [
      { code: 'missing', at: 'a' },
      { code: 'overlap', at: 'b' },
      { code: 'missing', at: 'c' },
    ],
    'en',
  )
  assert.equal(status, 409)
  assert.equal((body as { code: string }).code, 'overlap')
})

test('a change to a revision that is no more is refused, and changes nothing', async t => {
  const server = await running(t)
  const { vpc } = await createAll(server)
  const path = `/v1/vpcs/${vpc}`
  const before = await server.ask('GET', path)
  const etag = String(before.headers.etag)
  const first = await server.ask('PATCH', path, { name: 'first' }, { 'if-match': etag })
  assert.equal(first.status, 200)
  assertRefused(await server.ask('PATCH', path, { name: 'second' }, { 'if-match': etag }), 412, 'stale')
  assertRefused(await server.ask('POST', `${path}:apply`, undefined, { 'if-match': etag }), 412, 'stale')
  assertRefused(await server.ask('DELETE', path, undefined, { 'if-match': etag }), 412, 'stale')
  assertRefused(await server.ask('PATCH', path, {}, { 'if-match': 'yesterday' }), 400, 'bad-header')
  assert.deepEqual((await server.ask('GET', path)).body, first.body)
  assert.equal((await server.ask('PATCH', path, { name: 'third' }, { 'if-match': '*' })).status, 200)
})

test('deleting what is in use names the users', async t => {
  const server = await running(t)
  const { vpc, subnet } = await createAll(server)
  const refused = await server.ask('DELETE', `/v1/vpcs/${vpc}`)
  assertRefused(refused, 409, 'in-use')
  assert.match(refused.body['message'] as string, new RegExp(subnet))
})

test('requests that are wrong before anybody looks at what they ask for', async t => {
  const server = await running(t)
  const json = { 'content-type': 'application/json' }
  const post = (payload: string | Buffer, headers: Record<string, string> = json) =>
    server.raw('POST', '/v1/vpcs', payload, headers)
  assertRefused(await post('{"cidr": '), 400, 'bad-json')
  assertRefused(await post(''), 400, 'bad-json')
  assertRefused(await post('{"__proto__": {"polluted": 1}, "cidr": "10.0.0.0/16"}'), 400, 'bad-json')
  assertRefused(
    await post('cidr=10.0.0.0/16', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'bad-content-type',
  )
  assertRefused(await post('{}', { 'content-type': 'text/plain' }), 415, 'bad-content-type')
  assertRefused(await post(`{"name": "${'x'.repeat(3 << 20)}"}`), 413, 'body-too-large')
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  assertRefused(await post(`{"name": ${deep}, "cidr": "10.0.0.0/16"}`), 400, 'wrong-type')
  assertRefused(
    await post(`{"name": ${deep}, "cidr": "10.0.0.0/16"}`, { ...json, 'idempotency-key': 'deep' }),
    400,
    'wrong-type',
  )
  for (const payload of ['null', '[]', '"x"', '7', '[[[[]]]]']) {
    assert.equal((await post(payload)).status, 400, payload)
  }
  assertRefused(await server.ask('GET', '/v1/nothing'), 404, 'unknown-route')
  assertRefused(await server.ask('PUT', '/v1/vpcs/rtr-00000000', {}), 404, 'unknown-route')
  assertRefused(await server.ask('GET', '/v1/vpcs/%ff'), 400, 'bad-request')
  assertRefused(await server.ask('GET', '/v1/vpcs/rtr-00000000'), 404, 'not-found')
  assertRefused(await server.ask('GET', `/v1/vpcs/${'x'.repeat(2000)}`), 400, 'bad-request')
  assertRefused(await server.ask('GET', '/v1/vpcs/__proto__'), 404, 'not-found')
  assertRefused(await server.ask('GET', '/v1/vpcs?colour=red'), 400, 'unknown-parameter')
  assertRefused(await server.ask('GET', '/v1/vpcs?limit=0'), 400, 'bad-query')
  assertRefused(await server.ask('GET', '/v1/vpcs?limit=1e9'), 400, 'bad-query')
  assertRefused(await server.ask('GET', '/v1/vpcs?after=!!'), 400, 'bad-query')
  assertRefused(await server.ask('GET', '/v1/vpcs?state=happy'), 400, 'bad-query')
  assertRefused(await server.ask('POST', '/v1/vpcs', {}, { 'idempotency-key': 'a b' }), 400, 'bad-header')
  assert.deepEqual(server.bugs, [])
})

test('what HTTP itself does not allow is refused in the same form', async t => {
  const store = await prepared()
  const server = await serve({ store, listen: { host: '127.0.0.1', port: 0 } })
  t.after(() => server.close())
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.end('NONSENSE\r\n\r\n')
  const answer = await text(socket)
  assert.match(answer, /^HTTP\/1.1 400 /)
  assert.equal((JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as { code: string }).code, 'bad-request')
})

test('hostile input is refused with a clear problem, and nothing is changed', async t => {
  const server = await running(t)
  const made = await createAll(server)
  const other = await server.ask('POST', '/v1/vpcs', { cidr: '172.16.0.0/16' })
  const gateway = await server.ask('POST', '/v1/nat-gateways', { vpc: other.body.id })
  const eip = await server.ask('POST', '/v1/eips', { zone: 'local' })
  const revision = server.store.snapshot().revision
  const { vpc, subnet, 'route-table': table, 'load-balancer': balancer } = made
  const route = (nextHop: object) => ({ destination: '198.51.100.0/24', nextHop })
  const rules = (count: number) => Array.from({ length: count }, (_, i) => ({ protocol: 'tcp', ports: String(1 + i) }))
  const listeners = `/v1/load-balancers/${balancer}/listeners`
  const listener = ((await server.ask('GET', listeners)).body['items'] as { id: string }[])[0]?.id
  const cases: [string, string, string, object, string][] = [
    ['overlapping subnets', 'POST', '/v1/subnets', { vpc, cidr: '192.168.1.128/25' }, 'overlap'],
    ['subnet outside its VPC', 'POST', '/v1/subnets', { vpc, cidr: '10.0.0.0/24' }, 'outside-vpc'],
    ['EIP in use', 'POST', '/v1/vpcs', { cidr: '10.0.0.0/16', eip: made.eip }, 'eip-in-use'],
    ['EIP on a free VPC', 'POST', '/v1/vpcs', { cidr: '10.0.0.0/16', type: 'free', eip: eip.body.id }, 'free-vpc-eip'],
    [
      'route to another gateway',
      'POST',
      `/v1/route-tables/${table}/routes`,
      route({ type: 'nat-gateway', id: gateway.body.id }),
      'other-vpc',
    ],
    [
      'route to nothing',
      'POST',
      `/v1/route-tables/${table}/routes`,
      route({ type: 'nat-gateway', id: 'nfv-00000000' }),
      'not-found',
    ],
    ['duplicate listener port', 'POST', listeners, { port: 80 }, 'duplicate'],
    ['port 0', 'POST', listeners, { port: 0 }, 'too-small'],
    ['port 70000', 'POST', listeners, { port: 70000 }, 'too-big'],
    [
      'weight -1',
      'POST',
      `${listeners}/${listener}/backends`,
      { address: '198.51.100.9', port: 1, weight: -1 },
      'too-small',
    ],
    ['missing reference', 'POST', '/v1/nat-gateways', { vpc: 'rtr-00000000' }, 'not-found'],
    ['reference to another kind', 'POST', '/v1/nat-gateways', { vpc: subnet }, 'not-found'],
    ['10,000 rules', 'POST', '/v1/security-groups', { rules: rules(10_000) }, 'quota'],
    ['1 MB name', 'POST', '/v1/security-groups', { name: 'x'.repeat(1 << 20) }, 'too-long'],
    ['control characters', 'PATCH', `/v1/vpcs/${vpc}`, { name: 'a\r\nb' }, 'control-characters'],
    ['wrong types', 'PATCH', `/v1/load-balancers/${balancer}`, { eips: 'all', subnet: 7 }, 'wrong-type'],
    ['unknown fields', 'PATCH', `/v1/vpcs/${vpc}`, { revision: 9, hop: 1 }, 'unknown-field'],
    ['fixed attributes', 'PATCH', `/v1/subnets/${subnet}`, { cidr: '192.168.2.0/24' }, 'once'],
    ['prototype names', 'PATCH', `/v1/vpcs/${vpc}`, { constructor: {}, hasOwnProperty: 1 }, 'unknown-field'],
  ]
  for (const [what, method, path, body, code] of cases) {
    const answer = await server.ask(method, path, body)
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`)
    assert.ok(
      answer.body.problems.some(problem => problem.code === code),
      `${what}: ${JSON.stringify(answer.body).slice(0, 500)}`,
    )
    assertRefused(answer, answer.status, answer.body['code'] as string)
  }
  assert.equal(server.store.snapshot().revision, revision)
  assert.deepEqual(server.bugs, [])
})
