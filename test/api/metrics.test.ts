import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Metrics } from '../../src/client/wire.ts'
import { misfits } from './misfits.ts'
import { running, type Running } from './running.ts'

/** Tells the server what an agent measured at a moment. */
function sample(server: Running, at: number, requests: number) {
  const of = { 'lbl-1a2b3c4d': { requests, connections: 7, latency: 12, responses5xx: requests / 10 } }
  return server.ask('POST', '/v1/agent/report', {
    host: 'one',
    synced: 0,
    failures: {},
    backends: {},
    events: [],
    counters: {},
    samples: { at, since: 0, of },
  })
}

const metricsOf = async (server: Running, query: string) => {
  const { status, body } = await server.ask('GET', `/v1/metrics/lbl-1a2b3c4d${query}`)
  return { status, body: body as unknown as Metrics, code: body['code'] }
}
const known = ({ meters }: Metrics, name: string) =>
  meters.find(meter => meter.name === name)?.points.flatMap(([, value]) => (value === null ? [] : [value])) ?? []

test('what an agent measured is shown over time, and to Prometheus as it counts', async t => {
  const server = await running(t)
  const now = Date.now()
  for (const [ago, requests] of [
    [60_000, 100],
    [30_000, 400],
    [0, 700],
  ] as const) {
    assert.equal((await sample(server, now - ago, requests)).status, 204)
  }
  const { body } = await metricsOf(server, '?range=1h')
  assert.equal(body.step, 10)
  assert.ok(known(body, 'requests').length >= 5)
  assert.ok(known(body, 'requests').every(value => Math.abs(value - 10) < 0.1))
  assert.ok(known(body, 'latency').every(value => value === 12))
  const { body: description } = await server.ask('GET', '/v1/openapi.json')
  const { schemas } = description['components'] as { schemas: Record<string, object> }
  assert.deepEqual(misfits(schemas, { $ref: '#/components/schemas/Metrics' }, body), [])

  const some = await metricsOf(server, '?meter=requests,connections&step=60')
  assert.deepEqual(
    some.body.meters.map(({ name, unit }) => [name, unit]),
    [
      ['connections', '1'],
      ['requests', '1/s'],
    ],
  )
  assert.equal(some.body.step, 60)
  assert.deepEqual((await server.ask('GET', '/v1/metrics/eip-nothing0')).body['meters'], [])

  const { text } = (await server.ask('GET', '/metrics')).body
  assert.match(
    String(text),
    /^# TYPE causeway_requests_total counter\ncauseway_requests_total\{resource="lbl-1a2b3c4d"\} 700$/m,
  )
  assert.match(String(text), /^causeway_responses_5xx_total\{resource="lbl-1a2b3c4d"\} 70$/m)
  assert.match(String(text), /^# TYPE causeway_latency_seconds gauge\ncauseway_latency_seconds\{.*\} 0\.012$/m)
})

test('a question that makes no sense is refused', async t => {
  const server = await running(t)
  for (const query of [
    'range=2h',
    'step=1',
    'from=yesterday',
    'meter=love',
    'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
  ]) {
    const { status, code } = await metricsOf(server, `?${query}`)
    assert.deepEqual([status, code], [400, 'bad-query'], query)
  }
})
