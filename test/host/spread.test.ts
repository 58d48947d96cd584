import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { slotsFor, slotsOf } from '../../src/host/deal.ts'
import { lostTargets, mapElements, spreadMaps, type Spread, type SpreadTarget } from '../../src/host/spread.ts'

const target = (i: number, weight = 1, tier = 0): SpreadTarget => ({
  backend: `lbb-0000000${i}`,
  address: `10.0.0.${i}`,
  port: 8000 + i,
  weight,
  tier,
})

function spread(by: Spread['by'], targets: readonly SpreadTarget[], lastPort: number | null = null): Spread {
  const rest = { idleS: 50, transparent: false, cutWhenDown: false, drainS: 0, check: 'none' } as const
  return {
    id: 'lbl-1',
    protocol: 'tcp',
    port: 80,
    lastPort,
    by,
    slots: slotsFor(by, targets),
    mark: 1,
    targets,
    ...rest,
  }
}

const all = (targets: readonly SpreadTarget[]) => new Set(targets.map(({ backend }) => backend))
const anyTargets = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(0, 0, 0, 1, 2)), { minLength: 1, maxLength: 6 })
  .map(list => list.map(([weight, tier], i) => target(i + 1, weight, tier)))

test('by turn every backend has exactly its share of slots, nine to one as well as one to one', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 }), weights => {
      const targets = weights.map((weight, i) => target(i + 1, weight))
      const turns = spread('turn', targets)
      const slots = slotsOf(turns, all(targets))
      const sum = weights.reduce((a, b) => a + b, 0)
      assert.equal(slots.length, turns.slots)
      for (const each of targets)
        assert.equal(slots.filter(slot => slot === each).length * sum, each.weight * slots.length)
    }),
  )
})

test('where there are many slots, only those move that must, and every share stays exact', () => {
  const many = Array.from({ length: 300 }, (_, i) => target(i + 1))
  let layout: readonly SpreadTarget[] = []
  /** How many slots lead elsewhere when it is spread so. */
  const moved = (targets: readonly SpreadTarget[], active = all(targets)) => {
    const byPlace = new Map(targets.map(each => [each.address, each]))
    const before = layout.flatMap(({ address }, slot) => {
      const is = byPlace.get(address)
      return is ? [[slot, is] as const] : []
    })
    const next = spread('turn', targets)
    const now = slotsOf(next, active, new Map(before))
    const able = targets.filter(({ backend }) => active.has(backend))
    const sum = able.reduce((whole, { weight }) => whole + weight, 0)
    assert.equal(now.length, next.slots)
    for (const each of able) {
      const [has, share] = [now.filter(slot => slot === each).length, (each.weight * now.length) / sum]
      assert.ok(Math.abs(has - share) < 1, `${each.backend} has ${has} of ${share}`)
    }
    const count = now.filter(({ address }, slot) => address !== layout[slot]?.address).length
    layout = now
    return count
  }
  const [first, second, ...others] = many as [SpreadTarget, SpreadTarget, ...SpreadTarget[]]
  assert.equal(moved(many), 900)
  assert.equal(moved([{ ...first, weight: 2 }, second, ...others]), 3, 'twice the weight')
  assert.equal(moved(many), 0, 'the weight of before')
  assert.ok(moved([second, ...others]) <= 6, 'one that is gone')
  assert.ok(moved(many) <= 6, 'one that comes')
  assert.equal(moved(many, all([second, ...others])), 3, 'one that is down')
  assert.equal(moved(many), 3, 'one that is up again')
  assert.equal(moved([{ ...first, address: '10.1.0.1' }, second, ...others]), 3, 'one that is elsewhere')
})

test('only who is active, has weight and is of the smallest such tier has slots', () => {
  fc.assert(
    fc.property(anyTargets, fc.constantFrom('turn', 'source'), fc.infiniteStream(fc.boolean()), (targets, by, luck) => {
      const active = new Set([...all(targets)].filter(() => luck.next().value))
      const able = targets.filter(({ backend, weight }) => weight > 0 && active.has(backend))
      const tier = Math.min(...able.map(each => each.tier))
      const slots = slotsOf(spread(by, targets), active)
      assert.equal(slots.length, able.length > 0 ? spread(by, targets).slots : 0)
      for (const slot of slots) assert.ok(able.includes(slot) && slot.tier === tier)
    }),
  )
})

test('by source, who is lost or comes moves only the slots that are its own', () => {
  const targets = [target(1), target(2, 2), target(3)]
  const whole = slotsOf(spread('source', targets), all(targets))
  const without = slotsOf(spread('source', targets), new Set(['lbb-00000001', 'lbb-00000002']))
  for (const [slot, before] of whole.entries()) {
    if (before.backend !== 'lbb-00000003') assert.equal(without[slot], before)
  }
  const again = [target(1), target(2, 2), { ...target(3), backend: 'lbb-99999999' }]
  const back = slotsOf(spread('source', again), all(again))
  assert.deepEqual(
    back.map(({ address }) => address),
    whole.map(({ address }) => address),
  )
  const share = whole.filter(({ weight }) => weight === 2).length / whole.length
  assert.ok(share > 0.42 && share < 0.58, `${share}`)
})

test('a range has a map for every distance that its backends move it by, and each slot is in one of them', () => {
  const targets = [
    { ...target(1), port: 80 },
    { ...target(2), port: 9080 },
    { ...target(3), port: 70 },
  ]
  const range = spread('turn', targets, 89)
  assert.deepEqual(
    spreadMaps(range).map(({ name, distance }) => [name, distance]),
    [
      ['lbl-1-down-10', -10],
      ['lbl-1-up-0', 0],
      ['lbl-1-up-9000', 9000],
    ],
  )
  const maps = [...mapElements(range, slotsOf(range, all(targets))).values()]
  assert.deepEqual(
    maps.flatMap(map => [...map.keys()]).sort((a, b) => a - b),
    Array.from({ length: range.slots }, (_, i) => i),
  )
})

test('lost is what a spread led to and no backend of it stands for now, whatever else changed', () => {
  const [one, two] = [target(1), target(2)]
  const lost = (after: readonly SpreadTarget[]) =>
    lostTargets([spread('turn', [one, two])], [spread('turn', after)]).map(each => each.target)
  assert.deepEqual(lost([one, two]), [])
  assert.deepEqual(lost([one, { ...two, weight: 9 }]), [])
  assert.deepEqual(lost([one, { ...two, backend: 'lbb-00000009' }, target(3)]), [])
  assert.deepEqual(lost([one, { ...two, port: 1 }]), [two])
  assert.deepEqual(lost([]), [one, two])
  assert.deepEqual(lostTargets([spread('turn', [one])], []), [], 'with its listener everything goes another way')
})
