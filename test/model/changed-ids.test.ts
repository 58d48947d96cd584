import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { changedIds } from '../../src/model/changed-ids.ts'
import { edit } from '../../src/model/edit.ts'
import { committed, type Model } from '../../src/model/model.ts'
import { Refused } from '../../src/model/problem.ts'
import { commandOf, type Move } from '../any-command.ts'
import { anyMoves, freshModel } from '../any-model.ts'

test('what changed between two models is what a comparison of all their resources finds', () => {
  fc.assert(
    fc.property(anyMoves, fc.nat(), (moves, pick) => {
      const models = historyOf(moves)
      const far = models[pick % models.length]!
      for (const [i, model] of models.entries()) {
        if (i > 0) assert.deepEqual(new Set(changedIds(models[i - 1]!, model)), compared(models[i - 1]!, model))
        if (model.revision > far.revision) assert.deepEqual(new Set(changedIds(far, model)), compared(far, model))
      }
    }),
    { numRuns: 50 },
  )
})

test('from one revision to the next, nothing is looked at but what changed', () => {
  const { model: first, context } = freshModel()
  const before = committed(first)
  const { model } = edit(
    before,
    { do: 'create', kind: 'ip-set', body: { type: 'ip', members: ['192.0.2.1'] } },
    context,
  )
  const after = committed(model)
  const untouchable = new Proxy(after.members, {
    get: (_, key) => assert.fail(`${String(key)} of all members was asked for`),
  })
  assert.equal(changedIds({ ...before, members: untouchable }, { ...after, members: untouchable }).size, 1)
})

function historyOf(moves: readonly Move[]): Model[] {
  const { model: first, context } = freshModel()
  const models = [first]
  for (const move of moves) {
    const model = models.at(-1)!
    const command = commandOf(model, move)
    try {
      const edited = command && edit(model, command, context)
      if (edited && edited.model !== model) models.push(committed(edited.model))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
  }
  return models
}

function compared(before: Model, after: Model): Set<string> {
  const ids = new Set([...before.resources.keys(), ...after.resources.keys()])
  return new Set([...ids].filter(id => before.resources.get(id) !== after.resources.get(id)))
}
