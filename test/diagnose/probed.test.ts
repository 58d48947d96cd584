import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnoseBackend, probedBackend } from '../../src/diagnose/cause/backend.ts'
import { findingText } from '../../src/diagnose/cause/finding.ts'
import { probeOf, probeSays, sharpened, type Probed } from '../../src/diagnose/cause/probed.ts'
import { get } from '../../src/model/model.ts'
import { modelOf } from '../compile/model-of.ts'

const modelWith = (listener: string) =>
  modelOf(`
local: { pools: [{ name: bgp, addresses: [203.0.113.0/24] }] }
sg-00000001: { rules: [{ id: sgr-00000001, name: '', action: accept }] }
eip-00000001: { zone: local, address: 203.0.113.1 }
rtr-00000001: { cidr: 10.0.0.0/16, eip: eip-00000001, securityGroup: sg-00000001 }
rt-00000001:
  vpc: rtr-00000001
  isDefault: true
  routes: [{ id: r-00000001, name: '', destination: 0.0.0.0/0, nextHop: { type: router, id: rtr-00000001 } }]
vxnet-00000001: { vpc: rtr-00000001, cidr: 10.0.0.0/24, gateway: 10.0.0.1, routeTable: rt-00000001 }
lb-00000001:
  subnet: vxnet-00000001
  address: 10.0.0.2
  securityGroup: sg-00000001
  listeners: [{ id: lbl-00000001, name: '', port: 80, ${listener}, backends: [{ id: lbb-00000001, name: '', address: 9.9.9.9, port: 80 }] }]
`)

const http = "protocol: http, check: { protocol: http, path: /healthz, host: shop.example, accept: '200-299,404' }"
const udp = 'protocol: udp, check: { protocol: udp }'
const well: Probed = {
  gateway: true,
  connect: { got: 'answer', reason: 'connected', ms: 3 },
  tls: null,
  http: { status: 204, firstMs: 4, ms: 5, end: 'whole' },
  listens: null,
  small: null,
}

function says(probed: Partial<Probed>, listener = http) {
  const model = modelWith(listener)
  const checked = probedBackend(model, 'lb-00000001', 'lbb-00000001')
  assert.ok(checked)
  const found = probeSays(model, checked, { ...well, ...probed }, ['203.0.113.1'])
  for (const each of found) {
    for (const language of ['en', 'zh'] as const) {
      const { what, fix } = findingText(each, language)
      assert.doesNotMatch(what + fix, /[{}]|undefined/)
    }
  }
  return found
}

test('a backend is asked as its checks ask it, from its own address', () => {
  const model = modelWith(http)
  const asked = { netns: 'cw-lb-00000001', source: '10.0.0.2', gateway: '10.0.0.1', address: '9.9.9.9', port: 80 }
  assert.deepEqual(probeOf(model, probedBackend(model, 'lb-00000001', 'lbb-00000001')!), {
    ...asked,
    protocol: 'tcp',
    speak: 'http',
    path: '/healthz',
    host: 'shop.example',
    server: '',
  })
  const other = modelWith(udp)
  assert.partialDeepStrictEqual(probeOf(other, probedBackend(other, 'lb-00000001', 'lbb-00000001')!), {
    ...asked,
    protocol: 'udp',
    speak: 'nothing',
  })
})

test('what came of it is told by name, and how sure that is', () => {
  const part = { connect: well.connect, http: null }
  const connect = (got: Probed['connect']['got'], reason: string) => ({ connect: { got, reason, ms: 1 }, http: null })
  const answer = (more: object) => ({ http: { ...well.http!, ...more } })
  const tls = (reason: string) => ({ ...part, tls: { ok: false, reason, ms: 1, names: [] } })
  const told: readonly (readonly [Partial<Probed>, string, string])[] = [
    [{ gateway: false }, 'gateway-silent', 'seen'],
    [connect('refusal', 'connection refused'), 'refused', 'seen'],
    [connect('nothing', 'no answer'), 'timeout', 'guessed'],
    [connect('nothing', 'no route'), 'no-way-seen', 'seen'],
    [tls('no answer'), 'no-handshake', 'seen'],
    [tls('it does not speak TLS'), 'tls-failed', 'seen'],
    [tls('cut'), 'reset', 'seen'],
    [answer({ status: 500 }), 'bad-answer', 'seen'],
    [answer({ status: 404 }), 'well-now', 'seen'],
    [answer({ status: 301 }), 'check-redirected', 'seen'],
    [answer({ ms: 5600 }), 'answers-late', 'seen'],
    [answer({ status: null, end: 'silence' }), 'no-answer', 'seen'],
    [answer({ status: null, end: 'other' }), 'not-http', 'seen'],
    [answer({ end: 'cut' }), 'reset', 'seen'],
    [{ ...answer({ status: null, end: 'silence' }), small: true }, 'packets-too-big', 'seen'],
  ]
  for (const [probed, code, certainty] of told) {
    assert.deepEqual(
      says(probed).map(each => [each.code, each.certainty]),
      [[code, certainty]],
      JSON.stringify(probed),
    )
  }
  assert.deepEqual(
    says(connect('nothing', 'no answer to ping: timeout after 3 s'), udp).map(({ code }) => code),
    ['no-ping'],
  )
})

test('what was applied goes first, and what checks said gives way to what was seen just now', () => {
  const model = modelWith(http)
  const facts = { backendStatus: { state: 'unavailable', reason: 'timeout after 5 s', seenAs: [] } } as const
  const heard = diagnoseBackend(model, 'lb-00000001', 'lbb-00000001', facts)
  const codes = (list: ReturnType<typeof says>) => list.map(({ code }) => code)
  assert.deepEqual(codes(heard), ['timeout'])
  assert.deepEqual(codes(sharpened(heard, says({ http: { ...well.http!, status: 503 } }))), ['bad-answer'])
  assert.deepEqual(codes(sharpened(heard, says({}))), ['well-now'])
  assert.deepEqual(codes(sharpened([], says({}))), [])
  const off = { ...get(model, 'load-balancer', 'lb-00000001') }
  const stopped = { ...model, resources: model.resources.set(off.id, { ...off, now: { ...off.now, power: 'off' } }) }
  const cause = diagnoseBackend(stopped, 'lb-00000001', 'lbb-00000001', facts)
  assert.deepEqual(codes(sharpened(cause, says({ gateway: false }))), ['balancer-off'])
})
