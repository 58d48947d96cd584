import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { chunkLength, decode, encode, type Chunk } from '../../src/monitor/chunk.ts'
import { planOf, rollUp, tiers } from '../../src/monitor/roll-up.ts'
import { ratesOf } from '../../src/monitor/rates.ts'

const value = fc.float({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e9 })
const slot = fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(NaN) })

test('a roll-up lies between the least and the most of what is known, and is unknown only where all is', () =>
  fc.assert(
    fc.property(fc.array(slot, { maxLength: 60 }), values => {
      const known = values.filter(each => !Number.isNaN(each))
      const [mean, most] = [rollUp(values, 'mean'), rollUp(values, 'max')]
      if (known.length === 0) return Number.isNaN(mean) && Number.isNaN(most)
      const slack = 1e-9 * Math.max(...known)
      return mean >= Math.min(...known) - slack && mean <= Math.max(...known) + slack && most === Math.max(...known)
    }),
  ))

test('rolling up in two goes is rolling up in one, where all is known', () =>
  fc.assert(
    fc.property(fc.array(fc.array(value, { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 10 }), parts => {
      for (const over of ['mean', 'max'] as const) {
        const twice = rollUp(
          parts.map(part => rollUp(part, over)),
          over,
        )
        const once = rollUp(parts.flat(), over)
        assert.ok(Math.abs(twice - once) <= 1e-9 * Math.max(1, once))
      }
    }),
  ))

test('a question is answered in whole steps of a tier that still has it, with a bounded number of points', () => {
  const now = Date.UTC(2026, 0, 1)
  const longest = tiers[2].keep
  const ago = fc.integer({ min: 10, max: longest })
  const step = fc.option(fc.integer({ min: 10, max: longest }))
  fc.assert(
    fc.property(ago, fc.integer({ min: 0, max: longest }), step, (from, to, wish) => {
      const question = { from: now - from * 1000, to: now - Math.min(to, from - 10) * 1000, step: wish }
      const plan = planOf(question, now)
      const tier = tiers[plan.tier]
      assert.ok(tier && tier.keep + 60 >= from, 'the tier still has it')
      assert.equal(plan.step % tier.step, 0)
      if (wish !== null) assert.ok(plan.step >= wish || plan.step >= tier.step)
      assert.ok((question.to - question.from) / 1000 / plan.step <= 5000)
    }),
  )
  const stepOf = (hours: number) => planOf({ from: now - hours * 3600_000, to: now, step: null }, now).step
  assert.deepEqual([1, 3, 12, 24, 168, 360].map(stepOf), [10, 60, 300, 300, 1800, 3600])
})

test('a chunk is the same after its way through the file', () =>
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 8 }),
      fc.array(fc.oneof(fc.array(slot, { minLength: 60, maxLength: 60 }), fc.constant(Array<number>(60).fill(7))), {
        minLength: 8,
        maxLength: 8,
      }),
      (meters, lists) => {
        const chunk: Chunk = new Map(meters.map((meter, i) => [meter, Float32Array.from(lists[i] ?? [])]))
        assert.deepEqual(decode(encode(chunk)), chunk)
      },
    ),
  ))

test('what stays the same takes a few bytes', () => {
  const idle = new Float32Array(chunkLength).fill(0, 10, 20).fill(NaN, 0, 10).fill(NaN, 20)
  assert.equal(encode(new Map([[1, idle]])).length, 9)
  assert.equal(encode(new Map([[1, Float32Array.from({ length: chunkLength }, (_, i) => i)]])).length, 243)
})

test('rates are what came since the sample before, whoever counts', () => {
  const taken = (at: number, requests: number, since = 0) => ({ at, since, sample: { requests, connections: 3 } })
  const rate = (...[before, after]: Parameters<typeof ratesOf>) => ratesOf(before, after).get('requests')
  assert.equal(rate(taken(10_000, 100), taken(20_000, 150)), 5)
  assert.equal(rate(undefined, taken(20_000, 150)), undefined, 'a count alone says nothing')
  assert.equal(ratesOf(undefined, taken(20_000, 150)).get('connections'), 3)
  assert.equal(rate(taken(10_000, 100), taken(20_000, 30, 14_000)), 5, 'counted anew for six seconds')
  assert.equal(rate(taken(10_000, 100), taken(20_000, 90)), undefined, 'a count cannot go down')
  assert.equal(rate(taken(10_000, 100), taken(10_000, 150)), undefined, 'no time has passed')
})
