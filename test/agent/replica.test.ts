import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { whole } from '../../src/agent/reconcile.ts'
import { replicate } from '../../src/agent/replica.ts'
import type { AgentState } from '../../src/client/wire.ts'
import { compile } from '../../src/compile/compile.ts'
import type { Model } from '../../src/model/model.ts'
import { sharing } from '../../src/model/sharing.ts'
import { anyModel, anyMoves, freshModel, modelAfter } from '../any-model.ts'

const machine = { name: 'test', mtu: 1500, uplink: null }

/** What the server says of a whole model, in the order of somebody's dice, as JSON makes it. */
function told(model: Model, dice: readonly number[]): AgentState {
  const resources = [...model.resources.values()]
    .map((resource, i) => ({ resource: { ...resource, draft: undefined }, key: dice[i % dice.length] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ resource }) => resource)
  return JSON.parse(JSON.stringify({ revision: model.revision, full: true, resources, removed: [] })) as AgentState
}

const anyDice = fc.array(fc.nat(), { minLength: 1, maxLength: 40 })

/** What the server says of what changed between two models. */
function news(before: Model, after: Model, dice: readonly number[]): AgentState {
  const all = told(after, dice)
  const changed = ({ id, liveRevision }: { id: string; liveRevision: number }) =>
    before.resources.get(id)?.liveRevision !== liveRevision
  const removed = [...before.resources.keys()].filter(id => !after.resources.has(id))
  return { ...all, full: false, resources: all.resources.filter(changed), removed }
}

test('an agent compiles from what it is told what the server would compile, whatever the order', () =>
  fc.assert(
    fc.property(anyMoves, anyMoves, anyDice, (first, second, dice) => {
      const grown = freshModel()
      const before = modelAfter(first, grown)
      const after = modelAfter(second, { ...grown, model: before })
      const wanted = whole(compile(after, machine))
      const old = replicate(null, told(before, dice))
      assert.deepEqual(whole(compile(old, machine)), whole(compile(before, machine)))
      assert.deepEqual(whole(compile(replicate(old, news(before, after, dice)), machine)), wanted)
      assert.deepEqual(whole(compile(replicate(old, told(after, dice)), machine)), wanted)
    }),
    { numRuns: 80 },
  ))

test('what did not change stays the same object through a full answer', () => {
  const model = fc.sample(anyModel, 1)[0]!
  const replica = replicate(null, told(model, [1]))
  const again = replicate(replica, told(model, [2, 1]))
  for (const [id, resource] of replica.resources) assert.equal(again.resources.get(id), resource)
})

test('of what did change, all that says the same stays the same object', () => {
  const backend = (n: number, weight: number) => ({ id: `lbb-${n}`, address: `192.0.2.${n}`, weight })
  const balancer = (backends: readonly object[], eips: readonly string[]) => ({
    now: { eips },
    live: { listeners: [{ id: 'lbl-1', backends }] },
  })
  const older = balancer([backend(1, 1), backend(2, 1), backend(3, 1)], ['eip-1'])
  const newer = sharing(older, balancer([backend(1, 1), backend(3, 1), backend(2, 5), backend(4, 1)], ['eip-1']))
  const [was, is] = [older, newer].map(each => each.live.listeners[0]!.backends)
  assert.deepEqual(is, [backend(1, 1), backend(3, 1), backend(2, 5), backend(4, 1)])
  assert.deepEqual(
    is.map(each => was!.indexOf(each)),
    [0, 2, -1, -1],
  )
  assert.equal(newer.now, older.now)
})

const anyText = fc.json().filter(text => !text.includes('__proto__'))

test('what shares parts with an older version says what it said', () =>
  fc.assert(
    fc.property(anyText, anyText, (older, newer) => {
      assert.deepEqual(sharing(JSON.parse(older), JSON.parse(newer)), JSON.parse(newer))
      const one: unknown = JSON.parse(older)
      assert.equal(sharing(one, JSON.parse(older)), one)
    }),
  ))
