import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Metrics } from '../../src/client/wire.ts'
import { summed } from '../../src/console/monitoring/sum.ts'
import { csvOf, drawingsOf, valueText } from '../../src/console/monitoring/charts.ts'

const at = Date.parse('2026-01-01T00:00:00Z')

function metrics(...meters: (readonly [Metrics['meters'][number]['name'], ...(number | null)[]])[]): Metrics {
  return {
    id: 'nfv-1',
    step: 10,
    meters: meters.map(([name, ...values]) => ({
      name,
      unit: '',
      points: values.map((value, i) => [at + i * 10_000, value] as const),
    })),
  }
}

const valuesOf = (of: Metrics, key: string) =>
  drawingsOf(of)
    .find(drawing => drawing.key === key)
    ?.lines.map(({ values }) => values)

void test('bytes are drawn as bits, and what was not heard is a gap', () => {
  const given = metrics(['bytesIn', 100, null, 300], ['bytesOut', 1, 2, null])
  assert.deepEqual(valuesOf(given, 'bandwidth'), [
    [800, null, 2400],
    [8, 16, null],
  ])
  assert.deepEqual(drawingsOf(given)[0]?.times, [at / 1000, at / 1000 + 10, at / 1000 + 20])
})

void test('SNAT connections are drawn against their limit', () => {
  const given = metrics(['connections', 2500, null, 0], ['connectionLimit', 10_000, 10_000, 0])
  assert.deepEqual(valuesOf(given, 'snat-use'), [[25, null, null]])
})

void test('only what was measured is drawn', () => {
  const keys = drawingsOf(metrics(['requests', 1], ['responses5xx', 0])).map(({ key }) => key)
  assert.deepEqual(keys, ['requests', 'errors'])
  assert.deepEqual(drawingsOf(metrics()), [])
})

void test('a table for other programs has a line per time, empty where nothing was heard', () => {
  const given = metrics(['bytesIn', 1.5, null], ['requests', null, 2])
  assert.deepEqual(csvOf(given).split('\r\n'), [
    'time,bytesIn (B/s),requests (1/s)',
    '2026-01-01T00:00:00.000Z,1.5,',
    '2026-01-01T00:00:10.000Z,,2',
    '',
  ])
})

void test('values are told with three digits and a unit', () => {
  const told = [
    valueText(1_530_000, 'bit/s'),
    valueText(0, 'bit/s'),
    valueText(1250, 'ms'),
    valueText(0.0456, '1/s'),
    valueText(50_000, '1'),
    valueText(12.345, '%'),
    valueText(null, '1'),
  ]
  assert.deepEqual(told, ['1.53 Mbit/s', '0 bit/s', '1.25 s', '0.0456/s', '50k', '12.3 %', '–'])
})

void test('a whole shows what its parts counted, and what was measured of itself stays', () => {
  const whole = metrics(['bytesIn', 7, 7])
  const busy = metrics(['bytesIn', 1, 1], ['requests', 30, null], ['latency', 10, 20], ['latencyMax', 40, 50])
  const idle = metrics(['requests', 10, null], ['latency', 50, null], ['latencyMax', 60, null])
  const values = summed(whole, [busy, idle]).meters.map(({ name, points }) => [
    name,
    ...points.map(([, value]) => value),
  ])
  assert.deepEqual(values, [
    ['bytesIn', 7, 7],
    ['requests', 40, null],
    ['latency', 20, 20],
    ['latencyMax', 60, 50],
  ])
})
