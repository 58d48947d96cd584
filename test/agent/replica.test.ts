import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { whole } from '../../src/agent/reconcile.ts'
import { replicate } from '../../src/agent/replica.ts'
import { stateSince } from '../../src/api/agent-state.ts'
import type { AgentState } from '../../src/client/wire.ts'
import { compile } from '../../src/compile/compile.ts'
import type { Model } from '../../src/model/model.ts'
import { changedBy, differenceOf, type Difference } from '../../src/model/difference.ts'
import { sharing } from '../../src/model/sharing.ts'
import { anyModel, anyMoves, freshModel, modelAfter } from '../any-model.ts'

const machine = { name: 'test', mtu: 1500, uplink: null }

/** What the server says of a whole model, in the order of somebody's dice, as JSON makes it. */
function told(model: Model, dice: readonly number[]): AgentState {
  const resources = [...model.resources.values()]
    .map((resource, i) => ({ resource: { ...resource, draft: undefined }, key: dice[i % dice.length] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ resource }) => resource)
  return JSON.parse(
    JSON.stringify({ revision: model.revision, full: true, resources, changed: [], removed: [] }),
  ) as AgentState
}

/** What the server says to who has one model and is to have another, as JSON makes it. */
function said(before: Model, after: Model): AgentState {
  const removed = [...before.resources.keys()].filter(id => !after.resources.has(id))
  const live = [...after.resources.values()]
    .filter(({ id, liveRevision }) => before.resources.get(id)?.liveRevision !== liveRevision)
    .map(({ id }) => id)
  const log = { revision: after.revision, since: () => ({ live, removed }), modelOf: () => before }
  return JSON.parse(JSON.stringify(stateSince(1, log, after))) as AgentState
}

/** The copy of an agent whom all that it is told fits. */
function replica(model: Model | null, state: AgentState): Model {
  const made = replicate(model, state)
  assert.ok(made)
  return made
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
      const old = replica(null, told(before, dice))
      assert.deepEqual(whole(compile(old, machine)), whole(compile(before, machine)))
      assert.deepEqual(whole(compile(replica(old, news(before, after, dice)), machine)), wanted)
      assert.deepEqual(whole(compile(replica(old, told(after, dice)), machine)), wanted)
      const changed = replica(old, said(before, after))
      assert.deepEqual(whole(compile(changed, machine)), wanted)
      // To the letter, the order of keys included: what is made of them must not depend on how an agent heard of it.
      const again = replica(null, told(after, dice)).resources
      for (const { id } of said(before, after).changed)
        for (const part of ['now', 'live'] as const)
          assert.equal(JSON.stringify(changed.resources.get(id)![part]), JSON.stringify(again.get(id)![part]))
    }),
    { numRuns: 80 },
  ))

test('what did not change stays the same object through a full answer', () => {
  const model = fc.sample(anyModel, 1)[0]!
  const first = replica(null, told(model, [1]))
  const again = replica(first, told(model, [2, 1]))
  for (const [id, resource] of first.resources) assert.equal(again.resources.get(id), resource)
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

test('a change that does not fit what an agent has has it ask for all', () => {
  const model = fc.sample(
    anyModel.filter(({ resources }) => resources.size > 0),
    1,
  )[0]!
  const [id] = model.resources.keys()
  const state = { revision: model.revision + 1, full: false, resources: [], removed: [] }
  const { draft: _, ...rest } = model.resources.get(id!)!
  const changed = [{ ...rest, was: -1, now: null, live: null }]
  assert.equal(replicate(replica(null, told(model, [1])), { ...state, changed }), null)
})

test('what changed of a value makes it what it is now, and keeps what stayed', () => {
  const backend = (n: number, weight = 1) => ({ id: `lbb-${n}`, address: `192.0.2.${n}`, weight })
  const older = { name: 'web', listeners: [{ id: 'lbl-1', backends: [1, 2, 3, 4, 5].map(n => backend(n)) }] }
  const [one, , three, four, five] = older.listeners[0]!.backends
  const newer = {
    ...older,
    listeners: [{ ...older.listeners[0]!, backends: [one!, three!, backend(4, 7), five!, backend(9)] }],
  }
  const difference = differenceOf(older, newer)!
  assert.deepEqual(difference, {
    set: {
      listeners: {
        list: [
          {
            at: 0,
            by: {
              set: {
                backends: {
                  list: [
                    { from: 0, to: 1 },
                    { from: 2, to: 3 },
                    { at: 3, by: { set: { weight: { is: 7 } } } },
                    { from: 4, to: 5 },
                    { is: backend(9) },
                  ],
                },
              },
            },
          },
        ],
      },
    },
  })
  const made = changedBy(older, difference) as typeof newer
  assert.deepEqual(made, newer)
  assert.deepEqual(
    made.listeners[0]!.backends.map(each => older.listeners[0]!.backends.indexOf(each)),
    [0, 2, -1, 4, -1],
  )
  assert.notEqual(made.listeners[0]!.backends[2], four)
})

const anyTree = fc.letrec(tie => ({
  leaf: fc.oneof(fc.string({ maxLength: 2 }), fc.nat(3), fc.boolean(), fc.constant(null)),
  thing: fc.record({ id: fc.constantFrom('p', 'q', 'r', 's'), of: tie('tree') }),
  tree: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.uniqueArray(tie('thing'), { maxLength: 5, selector: each => (each as { id: string }).id }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'id', '7'), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).tree

test('a difference makes the newer of any two values, to the letter, and there is none where they say the same', () =>
  fc.assert(
    fc.property(anyTree, anyTree, (older, newer) => {
      const difference = differenceOf(older, newer)
      const text = JSON.stringify(newer)
      if (difference === null) assert.equal(JSON.stringify(older), text)
      else {
        const heard = JSON.parse(JSON.stringify({ older, difference })) as { older: unknown; difference: Difference }
        assert.equal(JSON.stringify(changedBy(heard.older, heard.difference)), text)
      }
      assert.equal(differenceOf(older, JSON.parse(JSON.stringify(older))), null)
    }),
    { numRuns: 2000 },
  ))
