import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { sqliteTurns } from '../../src/store/turns.ts'

const start = Date.parse('2026-01-01T00:00:00Z')
const day = 24 * 60 * 60_000
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()
const turn = (seconds: number, state: string, reason = '', backend = 'lbb-1') => ({
  backend,
  at: at(seconds),
  state,
  reason,
})
const brief = (turns: ReturnType<typeof sqliteTurns>, backend = 'lbb-1') =>
  turns.page([backend], 1000).items.map(each => [each.state, each.reason, each.was, each.lastedMs])

test('turns come newest first, with what they followed and for how long that was', () => {
  const turns = sqliteTurns()
  turns.add('one', [turn(0, 'unavailable'), turn(3, 'abnormal', 'connected'), turn(8, 'active', 'HTTP 200')])
  turns.add('one', [turn(68, 'unavailable', 'HTTP 503')])
  assert.deepEqual(brief(turns), [
    ['unavailable', 'HTTP 503', 'active', 60_000],
    ['active', 'HTTP 200', 'abnormal', 5000],
    ['abnormal', 'connected', 'unavailable', 3000],
    ['unavailable', '', null, null],
  ])
  assert.deepEqual(turns.latest('one', 'lbb-1'), { at: at(68), state: 'unavailable' })
  assert.equal(turns.latest('two', 'lbb-1'), undefined)
  turns.close()
})

test('what is told again changes nothing, and a reason may come later', () => {
  const turns = sqliteTurns()
  const told = [turn(0, 'unavailable'), turn(3, 'active', 'HTTP 200'), turn(9, 'unavailable', '')]
  turns.add('one', told)
  turns.add('one', told)
  turns.add('one', told.slice(1))
  turns.add('one', [turn(9, 'unavailable', 'connection refused')])
  turns.add('one', [turn(9, 'unavailable', 'no route')])
  turns.add('one', [turn(12, 'unavailable', 'seen by an agent that was started anew')])
  assert.deepEqual(brief(turns), [
    ['unavailable', 'connection refused', 'active', 6000],
    ['active', 'HTTP 200', 'unavailable', 3000],
    ['unavailable', '', null, null],
  ])
  turns.close()
})

test('a clock that is set back hides no turn', () => {
  const turns = sqliteTurns()
  turns.add('one', [turn(3600, 'active'), turn(0, 'unavailable', 'no route')])
  turns.add('one', [turn(5, 'active', 'HTTP 200'), turn(9, 'unavailable', 'HTTP 503')])
  assert.equal(turns.page(['lbb-1'], 10).total, 4)
  assert.deepEqual(turns.latest('one', 'lbb-1'), { at: at(9), state: 'unavailable' })
  turns.close()
})

test('however often reports are told again, and from wherever, each turn is there once, in order', () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('active', 'abnormal', 'unavailable', 'disabled'), { minLength: 1, maxLength: 30 }),
      fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 8 }),
      (states, repeats) => {
        const turned = states.filter((state, i) => state !== states[i - 1])
        const told = turned.map((state, i) => turn(i, state, `reason ${i}`))
        const turns = sqliteTurns()
        let heard = 0
        for (const [from, length] of [...repeats, [0, told.length] as const]) {
          // An agent repeats what was not answered: it never leaves a gap.
          const first = Math.min(from, heard)
          turns.add('one', told.slice(first, first + length))
          heard = Math.max(heard, Math.min(told.length, first + length))
        }
        turns.add('one', told.slice(heard))
        assert.deepEqual(
          turns.page(['lbb-1'], 1000).items.map(each => each.reason),
          told.map(each => each.reason).reverse(),
        )
        turns.close()
      },
    ),
  ))

test('each backend keeps its newest 200, and for 90 days, but for the state that it was in then', () => {
  let now = start
  const turns = sqliteTurns(':memory:', () => now)
  const states = ['active', 'unavailable']
  turns.add(
    'one',
    Array.from({ length: 450 }, (_, i) => turn(i, states[i % 2] ?? '')),
  )
  turns.add('one', [turn(0, 'active', '', 'lbb-2')])
  assert.equal(turns.page(['lbb-1'], 1000).total, 200)
  assert.equal(turns.page(['lbb-1'], 1).items[0]?.at, at(449))
  now = start + 400_000 + 90 * day
  turns.prune(new Set(['lbb-1', 'lbb-2']))
  assert.equal(turns.page(['lbb-1'], 1000).total, 50, 'from the state of 90 days ago on')
  assert.equal(turns.page(['lbb-2'], 1000).total, 1, 'it is active still')
  turns.prune(new Set(['lbb-1']))
  assert.equal(turns.page(['lbb-2'], 1000).total, 1, 'it is no more, and what it went through is kept')
  now += 91 * day
  turns.prune(new Set(['lbb-1']))
  assert.equal(turns.page(['lbb-2'], 1000).total, 0, 'it has been no more for long')
  turns.close()
})

test('of every moment it is known what backends were in, also of those that are no more', () => {
  let now = start
  const turns = sqliteTurns(':memory:', () => now)
  turns.add('one', [turn(0, 'unavailable', 'no route'), turn(60, 'active', 'HTTP 200')])
  turns.add('two', [turn(30, 'active')])
  now = start + 120_000
  turns.end(['lbb-1', 'lbb-unknown'])
  const was = (seconds: number) =>
    turns
      .at(start + seconds * 1000, ['lbb-1', 'lbb-2'])
      .map(({ host, state }) => `${host} ${state}`)
      .sort()
  assert.deepEqual(was(-1), [])
  assert.deepEqual(was(0), ['one unavailable'])
  assert.deepEqual(was(59), ['one unavailable', 'two active'])
  assert.deepEqual(was(119), ['one active', 'two active'])
  assert.deepEqual(was(121), [])
  assert.equal(turns.latest('one', 'lbb-1'), undefined)
  // It comes back under its id.
  turns.add('one', [turn(200, 'active', 'HTTP 200')])
  assert.deepEqual(was(201), ['one active'])
  assert.deepEqual(
    turns.page(['lbb-1'], 10).items.map(({ state, was: before }) => [state, before]),
    [
      ['active', null],
      ['active', 'unavailable'],
      ['active', null],
      ['unavailable', null],
    ],
  )
  turns.close()
})

test('pages hold the turns of several backends and machines, each once', () => {
  const turns = sqliteTurns()
  for (let i = 0; i < 25; i++) {
    turns.add(i % 2 === 0 ? 'one' : 'two', [
      turn(Math.floor(i / 4), i % 3 === 0 ? 'active' : 'abnormal', '', `lbb-${i}`),
    ])
  }
  const backends = Array.from({ length: 25 }, (_, i) => `lbb-${i}`)
  const seen: string[] = []
  for (let after: string | undefined; ;) {
    const page = turns.page(backends, 4, after)
    assert.equal(page.total, 25)
    seen.push(...page.items.map(({ backend }) => backend))
    if (page.next === null) break
    after = page.next
  }
  assert.deepEqual(seen, backends.toReversed())
  turns.close()
})

test('turns outlive the server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turns-'))
  try {
    const path = join(folder, 'turns.sqlite')
    const first = sqliteTurns(path)
    first.add('one', [turn(0, 'active', 'HTTP 200')])
    first.close()
    const second = sqliteTurns(path)
    second.add('one', [turn(0, 'active', 'HTTP 200'), turn(5, 'unavailable', 'no route')])
    assert.deepEqual(brief(second), [
      ['unavailable', 'no route', 'active', 5000],
      ['active', 'HTTP 200', null, null],
    ])
    second.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
