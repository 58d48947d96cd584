import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { check } from '../../src/model/check.ts'
import { edit } from '../../src/model/edit.ts'
import { committed } from '../../src/model/model.ts'
import { Refused } from '../../src/model/problem.ts'
import { commandOf } from '../any-command.ts'
import { anyMoves, freshModel } from '../any-model.ts'

test('whatever is commanded, the model stays valid, and a refusal is all that is thrown', () => {
  let done = 0
  let refused = 0
  fc.assert(
    fc.property(anyMoves, list => {
      const { model: first, context } = freshModel()
      let model = first
      for (const move of list) {
        const command = commandOf(model, move)
        if (!command) continue
        try {
          const edited = edit(model, command, context)
          assert.deepEqual(check(edited.model), [], JSON.stringify(command))
          if (edited.model !== model) model = committed(edited.model)
          done++
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          assert.ok(error.problems.length > 0)
          refused++
        }
      }
    }),
    { numRuns: 300 },
  )
  assert.ok(done > refused, `too few moves can be done to mean anything: ${done} of ${done + refused}`)
})
