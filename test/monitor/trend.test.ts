import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { trendOf } from '../../src/monitor/trend.ts'

const now = Date.UTC(2026, 5, 1)
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A series as it is kept: every five minutes for a week, every ten seconds for the last hour. */
function seriesOf(valueAt: (ms: number) => number, since = 7 * day) {
  const times = [
    ...Array.from({ length: (7 * day - hour) / (5 * minute) }, (_, i) => now - 7 * day + i * 5 * minute),
    ...Array.from({ length: 360 }, (_, i) => now - hour + (i + 1) * 10_000),
  ]
  return times.filter(time => time >= now - since).map(time => [time, valueAt(time)] as const)
}

const share = fc.double({ min: -1, max: 1, noNaN: true })
const noises = fc.array(share, { minLength: 97, maxLength: 97 })
/** The same every time it is asked for. */
const noiseAt = (list: readonly number[], time: number) => list[Math.floor(time / 10_000) % list.length] ?? 0

test('what grows steadily is full when it is said to be, whatever the pace and the noise', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 200_000 }),
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      fc.integer({ min: 10 * minute, max: 20 * day }),
      noises,
      (limit, filled, leftMs, noise) => {
        const level = limit * filled
        const perMs = (limit - level) / leftMs
        const values = seriesOf(
          time => level + perMs * (time - now) + 0.002 * limit * noiseAt(noise, time),
          Math.max(leftMs, 20 * minute),
        )
        const { reachesAt, perHour } = trendOf(values, limit, now)
        assert.ok(reachesAt !== null, `${leftMs / hour} h left, and not seen`)
        const off = Math.abs(reachesAt - (now + leftMs)) / leftMs
        assert.ok(off < 0.25, `${leftMs / hour} h left, off by ${off}`)
        assert.ok(perHour > 0)
      },
    ),
  ))

test('what is level but for noise, falls, or took a single step, is never said to run out', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 200_000 }),
      fc.double({ min: 0.05, max: 0.8, noNaN: true }),
      fc.constantFrom('level', 'falling', 'stepped'),
      fc.integer({ min: 1, max: 100 }),
      noises,
      (limit, filled, shape, when, noise) => {
        const shapes = {
          level: () => 1,
          falling: (time: number) => 1 + (now - time) / day,
          stepped: (time: number) => (time < now - when * minute ? 0.5 : 1),
        }
        const values = seriesOf(time => limit * filled * shapes[shape](time) * (1 + 0.05 * noiseAt(noise, time)))
        assert.equal(trendOf(values, limit * 1.1, now).reachesAt, null)
      },
    ),
  ))

test('what is full is full now, and of what nobody measured nothing is said', () => {
  assert.equal(
    trendOf(
      seriesOf(() => 100),
      100,
      now,
    ).reachesAt,
    now,
  )
  assert.deepEqual(trendOf([], 100, now), { perHour: 0, reachesAt: null })
  assert.deepEqual(
    trendOf(
      seriesOf(time => time - now, 30_000),
      100,
      now,
    ),
    { perHour: 0, reachesAt: null },
  )
  const silent = seriesOf(() => 50).map(([time]) => [time, null] as const)
  assert.deepEqual(trendOf(silent, 100, now), { perHour: 0, reachesAt: null })
})

test('a sudden rise in the last minutes counts more than the quiet week before it', () => {
  const { reachesAt, perHour } = trendOf(
    seriesOf(time => 1000 + Math.max(0, time - (now - 10 * minute)) / 200),
    10_000,
    now,
  )
  assert.ok(reachesAt !== null && Math.abs(reachesAt - (now + 20 * minute)) < 2 * minute)
  assert.ok(Math.abs(perHour - 18_000) < 500)
})
