import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { check } from '../../src/model/check.ts'
import { edit } from '../../src/model/edit.ts'
import { isStaged } from '../../src/model/kinds.ts'
import { committed, type Model } from '../../src/model/model.ts'
import { Refused } from '../../src/model/problem.ts'
import { restore } from '../../src/model/restore.ts'
import { turnovers } from '../../src/model/turnover.ts'
import { anyMoves, freshModel, modelAfter, type Grown } from '../any-model.ts'
import { scene, withGateway, withVpc } from '../model/scene.ts'

const { context } = freshModel()

/** The model with every draft applied that can be, again and again: one may need another first. */
function allApplied(model: Model, grown: Grown['context']): Model {
  let next = model
  for (let before: Model | undefined; before !== next;) {
    before = next
    for (const { kind, id, draft, live } of next.resources.values()) {
      if (draft === live) continue
      try {
        next = committed(edit(next, { do: 'apply', kind, id }, grown).model)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
      }
    }
  }
  return next
}

test('restored and then applied, everything that is staged runs as it did then, whatever was done meanwhile', () => {
  let [restored, refused] = [0, 0]
  fc.assert(
    fc.property(anyMoves, anyMoves, (before, meanwhile) => {
      const fresh = freshModel()
      const past = modelAfter(before, fresh)
      const present = modelAfter(meanwhile, { ...fresh, model: past })
      let drafted: Model
      try {
        drafted = committed(restore(present, past, null, fresh.context).model)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        // What takes effect at once stands in the way: an address that was unbound, a network that was moved.
        assert.ok(error.problems.length > 0)
        refused++
        return
      }
      restored++
      assert.deepEqual(check(drafted), [])
      for (const [id, { live }] of present.resources)
        assert.equal(drafted.resources.get(id)?.live, live, `${id} was applied`)
      const after = allApplied(drafted, fresh.context)
      for (const [id, then] of past.resources) {
        if (isStaged(then.kind)) assert.deepEqual(after.resources.get(id)?.live, then.live, id)
        else assert.ok(after.resources.has(id), id)
      }
    }),
    { numRuns: 60 },
  )
  assert.ok(restored >= refused, `${refused} of ${restored + refused} were refused`)
})

test('what was deleted comes back under its id, empty until it is applied', () => {
  const s = scene()
  const { vpc, subnet, table } = withVpc(s)
  const { gateway, eips } = withGateway(s, vpc)
  const rule = s.add('nat-gateway', gateway, ['snatRules'], { target: subnet, eips })
  s.run({ do: 'apply', kind: 'nat-gateway', id: gateway })
  const past = s.model()
  s.run({ do: 'delete', kind: 'nat-gateway', id: gateway })
  const { model, drafts, recreated } = restore(s.model(), past, null, context)
  assert.deepEqual([drafts, recreated], [[table], [gateway]])
  const back = model.resources.get(gateway)
  assert.ok(back?.kind === 'nat-gateway')
  assert.deepEqual([back.now.eips, back.live.snatRules], [eips, []])
  assert.deepEqual(
    back.draft.snatRules.map(({ id }) => id),
    [rule],
  )
  assert.equal(model.generations.get(`${gateway}@${back.generation}`)?.number, back.generation)
  const after = allApplied(committed(model), context)
  assert.deepEqual(after.resources.get(table)?.live, past.resources.get(table)?.live)
})

test('what a chosen resource refers to comes back with it, and nothing else', () => {
  const s = scene()
  const { vpc, table } = withVpc(s)
  const { gateway } = withGateway(s, vpc)
  const other = s.create('ip-set', { name: 'offices', type: 'ip', members: ['192.0.2.7'] })
  const past = s.model()
  s.run({ do: 'delete', kind: 'nat-gateway', id: gateway })
  s.run({ do: 'delete', kind: 'ip-set', id: other })
  const { drafts, recreated } = restore(s.model(), past, [table], context)
  assert.deepEqual([drafts, recreated], [[table], [gateway]])
})

test('a public IP that somebody else has by now stays theirs, and what needs it is refused by name', () => {
  const s = scene()
  const { vpc, subnet } = withVpc(s)
  const { gateway, eips } = withGateway(s, vpc)
  s.add('nat-gateway', gateway, ['snatRules'], { target: subnet, eips })
  s.run({ do: 'apply', kind: 'nat-gateway', id: gateway })
  const past = s.model()
  s.run({ do: 'delete', kind: 'nat-gateway', id: gateway })
  s.patch('vpc', vpc, { eip: eips[0] })
  assert.throws(
    () => restore(s.model(), past, null, context),
    (error: unknown) => error instanceof Refused && error.problems.every(({ resource }) => resource === gateway),
  )
})

test('what was not there then cannot be restored', () => {
  const s = scene()
  const past = s.model()
  const { vpc } = withVpc(s)
  assert.throws(() => restore(s.model(), past, [vpc], context), /was not there/)
})

test('between two moments everything is told that became other, and secrets are not', () => {
  const s = scene()
  const before = s.model()
  const { vpc, table } = withVpc(s)
  const middle = s.model()
  s.patch('vpc', vpc, { name: 'production' })
  s.add('route-table', table, ['routes'], { destination: '192.0.2.0/24', nextHop: { type: 'router', id: vpc } })
  assert.deepEqual(
    turnovers(middle, s.model()).map(({ id, what, changes }) => [id, what, changes]),
    [[vpc, 'changed', [{ at: 'name', from: '', to: 'production' }]]],
    'a draft is nothing that ran',
  )
  s.run({ do: 'apply', kind: 'route-table', id: table })
  const [, applied] = turnovers(middle, s.model())
  assert.match(applied?.changes[0]?.at ?? '', /^routes\[r-/)
  assert.deepEqual(
    turnovers(before, middle).map(({ kind, what }) => [kind, what]),
    [
      ['vpc', 'created'],
      ['route-table', 'created'],
      ['subnet', 'created'],
    ],
  )
  assert.deepEqual(
    turnovers(middle, before).map(({ what }) => what),
    ['deleted', 'deleted', 'deleted'],
  )
  const certificate = s.create('certificate', {
    name: 'shop',
    acme: { names: ['shop.example'], email: 'a@shop.example' },
  })
  const [made] = turnovers(middle, s.model()).filter(({ id }) => id === certificate)
  assert.deepEqual(made?.changes, [])
})
