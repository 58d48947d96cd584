import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { startCore } from '../../src/api/core.ts'
import { sqliteSeries } from '../../src/monitor/series.ts'
import { cloudOf, type Cloud } from '../../src/qingcloud/cloud.ts'
import { compressed, stepsOf, type Moment, type Span } from '../../src/qingcloud/measured-steps.ts'
import { sqliteLedger } from '../../src/qingcloud/sqlite-ledger.ts'
import { memoryStore } from '../../src/store/memory-store.ts'

/** Reads compressed data as the Python SDK does: what is missing is null. */
function decompressed(data: readonly unknown[], step: number): readonly (readonly [time: number, value: unknown])[] {
  const [first, ...rest] = data as readonly [Moment, ...unknown[]]
  if (!first) return []
  const isPair = Array.isArray(first[1])
  const read: [number, unknown][] = [[first[0], first[1]]]
  let time = first[0] + step
  for (const item of rest) {
    const isShifted = Array.isArray(item) && (!isPair || Array.isArray(item[1]))
    if (item === 'NA') read.push([time, null])
    else if (isShifted) {
      const [seconds, value] = item as [number, unknown]
      const next = time - step + seconds
      for (; time < next; time += step) read.push([time, null])
      time = next
      read.push([time, value])
    } else read.push([time, item])
    time += step
  }
  return read
}

const anyValue = fc.oneof(fc.nat(), fc.stringMatching(/^\d+\|\d+$/))
const anyPair = fc.tuple(fc.nat(), fc.nat())
const anySeries = fc.oneof(
  fc.array(fc.option(anyValue, { freq: 2 }), { maxLength: 30 }),
  fc.array(fc.option(anyPair, { freq: 2 }), { maxLength: 30 }),
)

test('what is compressed is read back by clients, and what is missing as missing', () => {
  fc.assert(
    fc.property(anySeries, fc.constantFrom(300, 900, 7200, 86_400), (values, step) => {
      const moments = values.map((value, i): Moment => [1_392_072_000 + i * step, value])
      const known = (of: readonly (readonly [number, unknown])[]) => of.filter(([, value]) => value !== null)
      const read = decompressed(compressed(moments, step), step)
      assert.deepEqual(known(read), known(moments))
      const between = moments.filter(([time]) => time >= (read[0]?.[0] ?? Infinity) && time <= (read.at(-1)?.[0] ?? 0))
      assert.deepEqual(read, between)
    }),
  )
})

test('data is compressed to the letter', () => {
  const at = (minutes: number, value: unknown): Moment => [1_392_072_000 + minutes * 60, value]
  const missing = [at(0, null), at(5, null)]
  assert.deepEqual(compressed([...missing, at(10, 3), at(15, 4), at(20, null), at(25, 5)], 300), [
    [1_392_072_600, 3],
    4,
    'NA',
    5,
  ])
  assert.deepEqual(compressed([at(0, [1, 2]), ...missing, at(20, [3, 4]), at(25, [5, 6]), at(30, null)], 300), [
    [1_392_072_000, [1, 2]],
    [1200, [3, 4]],
    [5, 6],
  ])
  assert.deepEqual(compressed(missing, 300), [])
})

const noon = Date.UTC(2026, 4, 1, 12)
const minute = 60_000

/** A cloud whose agent measures `requests` at ten a second and as many connections as minutes have passed since noon. */
function measuring(t: TestContext) {
  let now = noon
  const series = sqliteSeries(':memory:', { now: () => now })
  const store = memoryStore()
  const core = startCore(store, { series })
  const ledger = sqliteLedger()
  t.after(async () => {
    await core.stop()
    series.close()
    ledger.close()
    await store.close()
  })
  const cloud: Cloud = cloudOf(
    core,
    { find: () => undefined, all: () => [], remove: async () => {} },
    ledger,
    () => now,
  )
  const pass = (minutes: number, heard = true) => {
    for (const end = now + minutes * minute; now < end;) {
      now += 10_000
      const at = now - 5000
      const requests = ((at - noon) / 1000) * 10
      const connections = Math.floor((at - noon) / minute)
      if (heard) series.add('one', { at, since: noon, of: { 'lbl-1': { requests, connections } } })
    }
  }
  const read = (span: Partial<Span> = {}) =>
    stepsOf(cloud, 'lbl-1', { from: noon, to: now, step: 300, ...span }).map(step => [
      (step.end * 1000 - noon) / minute,
      Math.round(step.sum('requests') ?? -1),
      step.least('connections'),
      step.most('connections'),
    ])
  return { pass, read }
}

test('steps are whole, and of what was heard in them', t => {
  const { pass, read } = measuring(t)
  pass(12)
  assert.deepEqual(read().slice(1), [[10, 3000, 5, 9]], 'the step that goes on is not told')
  pass(8, false)
  pass(12)
  assert.deepEqual(
    read().map(([end]) => end),
    [5, 10, 15, 20, 25, 30],
  )
  const [, , third, fourth, fifth, sixth] = read()
  assert.ok(Number(third?.[1]) > 0 && Number(third?.[1]) < 3000, `${third?.[1]} requests in a step that was half heard`)
  assert.deepEqual(fourth, [20, -1, null, null])
  assert.ok(Number(fifth?.[1]) > 2800)
  assert.deepEqual(sixth, [30, 3000, 25, 29])
})

test('a span is what ended in it, and not what is to come', t => {
  const { pass, read } = measuring(t)
  pass(30)
  const ends = (from: number, to: number, step = 300) =>
    read({ from: noon + from * minute, to: noon + to * minute, step }).map(([end]) => end)
  assert.deepEqual(ends(7, 21), [10, 15, 20])
  assert.deepEqual(ends(10, 20), [15, 20])
  assert.deepEqual(ends(20, 90), [25, 30])
  assert.deepEqual(ends(60, 90), [])
  assert.deepEqual(ends(11, 14), [])
  assert.deepEqual(ends(0, 30, 900), [15, 30])
  assert.deepEqual(ends(-60, 30, 3600), [0])
})

test('the finest steps last three hours; what is older is as fine as it was kept', t => {
  const { pass, read } = measuring(t)
  pass(5 * 60)
  const all = read()
  assert.equal(all.length, 60)
  assert.deepEqual(all[12], [65, 3000, 60, 64])
  assert.deepEqual(all.at(-1), [300, 3000, 295, 299])
})

test('nobody asks for everything since the beginning', t => {
  const { pass, read } = measuring(t)
  pass(10)
  assert.throws(() => read({ from: 0 }), /more than 5000 steps/)
  assert.equal(read({ from: noon - 4000 * 300_000 }).length, 4002)
})
