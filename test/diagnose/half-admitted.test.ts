import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnoseBackend } from '../../src/diagnose/cause/backend.ts'
import { findingText } from '../../src/diagnose/cause/finding.ts'
import type { Turned } from '../../src/diagnose/cause/half-admitted.ts'
import type { Facts } from '../../src/diagnose/cause/observed.ts'
import { sharpened } from '../../src/diagnose/cause/probed.ts'
import { modelOf } from '../compile/model-of.ts'

const model = modelOf(`
local: { pools: [{ name: bgp, addresses: [203.0.113.0/24] }] }
sg-00000001: { rules: [{ id: sgr-00000001, name: '', action: accept }] }
rtr-00000001: { cidr: 10.0.0.0/16, securityGroup: sg-00000001 }
rt-00000001: { vpc: rtr-00000001, isDefault: true }
vxnet-00000001: { vpc: rtr-00000001, cidr: 10.0.0.0/24, gateway: 10.0.0.1, routeTable: rt-00000001 }
i-00000001: { subnet: vxnet-00000001, address: 10.0.0.9, securityGroup: sg-00000001 }
lb-00000001:
  subnet: vxnet-00000001
  address: 10.0.0.2
  nodeAddresses: [10.0.0.3]
  nodeCount: 2
  securityGroup: sg-00000001
  listeners: [{ id: lbl-00000001, name: '', port: 80, protocol: http, check: { protocol: http }, backends: [{ id: lbb-00000001, name: '', server: i-00000001, port: 80 }] }]
`)

const now = '2026-11-30T12:00:00Z'
const ago = (seconds: number) => new Date(Date.parse(now) - seconds * 1000).toISOString()
const both = ['10.0.0.2', '10.0.0.3']
const silence = 'timeout after 5 s'

type Status = NonNullable<Facts['backendStatus']>

function found(status: Partial<Status>, turns: readonly Turned[] = [], facts: Facts = { now }) {
  const backendStatus: Status = { state: 'abnormal', reason: silence, seenAs: both, since: ago(5), ...status }
  return diagnoseBackend(model, 'lb-00000001', 'lbb-00000001', { backendStatus, turnsOf: () => turns, ...facts })
}
const said = (...asked: Parameters<typeof found>) => found(...asked).map(({ code }) => code)

/** Good and bad in turn, the newest first. */
function swinging(times: number, everyS = 5, bad = silence): readonly Turned[] {
  return Array.from({ length: times }, (_, i) =>
    i % 2 === 0
      ? { at: ago(i * everyS), state: 'unavailable', reason: bad }
      : { at: ago(i * everyS), state: 'abnormal', reason: 'HTTP 200' },
  )
}

test('a backend that answers now and then, while it sees us by several addresses, may admit only some of them', () => {
  for (const state of ['unavailable', 'abnormal', 'active'] as const) {
    const [first] = found({ state, reason: state === 'active' ? '' : silence }, swinging(6))
    assert.equal(first?.code, 'admits-some', state)
    assert.match(findingText(first, 'en').fix, /must admit all of 10\.0\.0\.2, 10\.0\.0\.3$/)
    assert.match(findingText(first, 'zh').what, /时通时断，而我们的源地址有 10\.0\.0\.2, 10\.0\.0\.3/)
  }
  assert.deepEqual(said({}, swinging(6, 5, 'connection refused')), ['admits-some'])
})

test('a backend of which nodes say different things for long may admit only some of them', () => {
  assert.deepEqual(said({ since: ago(120) }), ['admits-some'])
  // Shortly after a change it is on its way.
  assert.deepEqual(said({ since: ago(20) }), ['timeout'])
  assert.deepEqual(said({ since: ago(120), reason: 'HTTP 500' }), ['bad-answer'])
})

test('one that comes up or goes down once, has one address to see, or answers wrongly, is told as that', () => {
  assert.deepEqual(said({ state: 'unavailable' }, swinging(4)), ['timeout'])
  assert.deepEqual(said({ state: 'unavailable', seenAs: ['10.0.0.2'] }, swinging(6)), ['timeout'])
  assert.deepEqual(said({ state: 'unavailable', reason: 'HTTP 500' }, swinging(6, 5, 'HTTP 500')), ['bad-answer'])
  // Long ago.
  assert.deepEqual(said({ state: 'unavailable' }, swinging(6, 200)), ['timeout'])
  assert.deepEqual(said({ state: 'active', reason: '' }, swinging(3)), [])
})

test('what one probe sees does not refute what checks saw one after the other', () => {
  const findings = found({ state: 'unavailable' }, swinging(6))
  const [seen] = found({ state: 'unavailable', reason: silence })
  assert.ok(seen)
  for (const code of ['timeout', 'well-now'] as const)
    assert.deepEqual(
      sharpened(findings, [{ ...seen, code }]).map(each => each.code),
      ['admits-some', code],
    )
})
