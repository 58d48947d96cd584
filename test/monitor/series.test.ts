import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { chunkStore } from '../../src/monitor/chunk-store.ts'
import { valuesOf } from '../../src/monitor/chunk.ts'
import { sqliteSeries, type Series } from '../../src/monitor/series.ts'
import { directory } from '../api/running.ts'

const start = Date.UTC(2026, 0, 1, 0, 0, 5)
const hour = 3600_000

/** A clock that the test moves. */
function clock() {
  let time = start
  return { now: () => time, pass: (ms: number) => (time += ms) }
}

/** Samples every `everyMs`: requests grow by two a second, latency is the number of the sample. */
function feed(series: Series, { now, pass }: ReturnType<typeof clock>, forMs: number, everyMs = 10_000, since = start) {
  for (let end = now() + forMs, i = 0; now() < end; i++) {
    pass(everyMs)
    const requests = ((now() - since) / 1000) * 2
    series.add('one', { at: now(), since, of: { 'lbl-1': { requests, latencyMax: i } } })
  }
}

const valuesIn = (series: Series, from: number, to: number, step: number | null = null) => {
  const { points, step: chosen } = series.read('lbl-1', { from, to, step })
  return { step: chosen, requests: points.get('requests') ?? [], latencyMax: points.get('latencyMax') ?? [] }
}
const known = (points: readonly (readonly [number, number | null])[]) =>
  points.flatMap(([, value]) => (value === null ? [] : [value]))

test('what was sampled is read back, in the steps of every range', t => {
  const time = clock()
  const series = sqliteSeries(':memory:', { now: time.now })
  t.after(() => series.close())
  feed(series, time, 4 * hour)
  const now = time.now()
  for (const hours of [1, 3, 12, 24, 15 * 24]) {
    const { requests, step } = valuesIn(series, now - hours * hour, now)
    assert.ok(requests.length <= 401, `${hours} h: ${requests.length} points in steps of ${step} s`)
    assert.ok(
      known(requests).every(value => Math.abs(value - 2) < 1e-6),
      `${hours} h`,
    )
    assert.ok(known(requests).length >= (Math.min(hours, 4) * 3600) / step - 1, `${hours} h: ${known(requests).length}`)
    assert.ok(requests.every(([at]) => at % (step * 1000) === 0))
  }
  const { latencyMax } = valuesIn(series, now - hour, now, 300)
  assert.ok(
    known(latencyMax).every((value, i, all) => value > (all[i - 1] ?? -1)),
    'the longest grows',
  )
  assert.equal(valuesIn(series, now - 12 * hour, now, 10).step, 60, 'nothing finer is left of then')
  assert.deepEqual(
    [...series.newest()].map(([id]) => id),
    ['lbl-1'],
  )
})

test('a pause is shown as one, and slow sampling is none', t => {
  const time = clock()
  const series = sqliteSeries(':memory:', { now: time.now })
  t.after(() => series.close())
  feed(series, time, 5 * 60_000, 60_000)
  const first = time.now()
  time.pass(10 * 60_000)
  feed(series, time, 60_000)
  const all = valuesIn(series, start + 70_000, first, 10).requests
  assert.equal(known(all).length, all.length, 'every slot between two samples a minute apart is known')
  const pause = valuesIn(series, first - 60_000, first + 9 * 60_000, 10).requests
  assert.ok(pause.filter(([at, value]) => value === null && at > first).length > 50)
  assert.deepEqual(known(pause.filter(([at]) => at > first + 10_000)), [])
  assert.equal(valuesIn(series, first + 60_000, first + 9 * 60_000, 10).requests.length, 0)
})

test('an agent that starts again, or whose clock is wrong, spoils nothing', t => {
  const time = clock()
  const series = sqliteSeries(':memory:', { now: time.now })
  t.after(() => series.close())
  feed(series, time, 60_000)
  feed(series, time, 60_000, 10_000, time.now())
  series.add('one', { at: time.now() + hour, since: 0, of: { 'lbl-1': { requests: 1e12 } } })
  const { requests } = valuesIn(series, start, time.now(), 10)
  assert.ok(known(requests).every(value => Math.abs(value - 2) < 1e-6))
  assert.ok(known(requests).length >= 11)
})

test('series are still there after a restart, and go on in the same steps', async t => {
  const path = join(await directory(t), 'series.sqlite')
  const time = clock()
  const first = sqliteSeries(path, { now: time.now })
  feed(first, time, 150_000)
  first.close()
  const second = sqliteSeries(path, { now: time.now })
  t.after(() => second.close())
  feed(second, time, 150_000)
  const { requests } = valuesIn(second, start, time.now(), 60)
  assert.ok(known(requests).length >= 5)
  assert.ok(known(requests).every(value => Math.abs(value - 2) < 1e-6))
})

test('what is too old goes, and the oldest of the rest where the file grew too large', async t => {
  const path = join(await directory(t), 'series.sqlite')
  const time = clock()
  const fill = (most: number) => {
    const chunks = chunkStore(path, time.now, error => assert.fail(String(error)), most)
    const meter = chunks.numberOf('requests')
    for (let i = 0; i < 500; i++) {
      for (const tier of [0, 1, 2]) {
        const slot = Math.floor(time.now() / 1000 / ([10, 60, 300][tier] ?? 1))
        valuesOf(chunks.at(tier, `lbl-${i}`, slot), meter).forEach((_, n, values) => (values[n] = n * i))
      }
    }
    chunks.close()
  }
  for (let days = 0; days < 3; days++) {
    fill(Infinity)
    time.pass(24 * hour + 1)
  }
  const all = chunkStore(path, time.now, () => {}, Infinity)
  const before = all.bytes()
  all.prune()
  const kept = all.bytes()
  assert.ok(kept < before * 0.7, `${kept} of ${before}: fine steps are forgotten after a day`)
  all.close()
  const small = chunkStore(path, time.now, () => {}, kept / 2)
  small.prune()
  assert.ok(small.bytes() <= kept / 2)
  assert.ok(small.bytes() > 0)
  small.close()
})
