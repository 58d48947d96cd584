import assert from 'node:assert/strict'
import { test } from 'node:test'
import { availabilityOf, percentText, spansOf } from '../../src/client/spans.ts'
import type { KnownTurn } from '../../src/client/wire.ts'

type State = KnownTurn['state']

/** Turns at these seconds, oldest first, as the API tells them. */
function turnsAt(...list: readonly (readonly [second: number, state: State])[]): readonly KnownTurn[] {
  return list
    .map(([second, state], i) => {
      const before = list[i - 1]
      return {
        backend: 'lbb-1',
        host: 'one',
        at: new Date(second * 1000).toISOString(),
        state,
        reason: `at ${second}`,
        was: before?.[1] ?? null,
        lastedMs: before ? (second - before[0]) * 1000 : null,
      }
    })
    .reverse()
}

test('a window is filled without gaps: with nothing before the first turn, and with what began before it', () => {
  const turns = turnsAt([10, 'active'], [40, 'abnormal'], [42, 'unavailable'], [60, 'active'])
  const brief = (from: number, to: number) =>
    spansOf(turns, from * 1000, to * 1000).map(span => [span.from / 1000, span.to / 1000, span.state, span.serves])
  assert.deepEqual(brief(0, 100), [
    [0, 10, null, false],
    [10, 40, 'active', true],
    [40, 42, 'abnormal', true],
    [42, 60, 'unavailable', false],
    [60, 100, 'active', true],
  ])
  assert.deepEqual(brief(50, 55), [[50, 55, 'unavailable', false]])
  assert.deepEqual(brief(5, 8), [[5, 8, null, false]])
  assert.deepEqual(
    spansOf([], 0, 1000).map(({ state }) => state),
    [null],
  )
})

test('a clock of another machine that is ahead makes no span of negative length', () => {
  const turns = turnsAt([10, 'active'], [200, 'unavailable'])
  assert.deepEqual(
    spansOf(turns, 0, 100_000).map(({ from, to }) => [from, to]),
    [
      [0, 10_000],
      [10_000, 100_000],
    ],
  )
})

test('what is not known and what was switched off is no part of availability', () => {
  const share = (...list: readonly (readonly [number, State])[]) =>
    availabilityOf(spansOf(turnsAt(...list), 0, 100_000))
  assert.equal(share(), null)
  assert.equal(share([0, 'disabled']), null)
  assert.equal(share([50, 'active']), 1)
  assert.equal(share([0, 'active'], [50, 'disabled']), 1)
  assert.equal(share([0, 'active'], [75, 'unavailable']), 0.75)
  // Failing at first it serves still; coming back it does not yet.
  assert.equal(share([0, 'active'], [20, 'abnormal'], [40, 'unavailable'], [60, 'abnormal'], [80, 'active']), 0.6)
})

test('only what never failed says 100 %', () => {
  assert.deepEqual([1, 0.999999, 0.9994, 0.5, 0].map(percentText), ['100 %', '99.99 %', '99.94 %', '50 %', '0 %'])
})
