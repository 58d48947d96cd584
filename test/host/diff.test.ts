import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compileAll } from '../../src/compile/compile.ts'
import { diff } from '../../src/host/diff.ts'
import { keyOf, stateOf, type HostState, type Item, type Key } from '../../src/host/item.ts'
import { anyNetwork } from '../compile/any-network.ts'
import { machine } from '../compile/machine.ts'

const anyState = fc.option(anyNetwork, { nil: null }).map(model => (model ? compileAll(model, machine) : stateOf([])))

test('steps lead from any state to any other, and then there is nothing left to do', () => {
  fc.assert(
    fc.property(anyState, anyState, (from, to) => {
      const reached = [...walk(from, to)].at(-1) ?? from
      assert.deepEqual(diff(reached, to), [])
      assert.deepEqual(new Set(reached.keys()), new Set(to.keys()))
    }),
    { numRuns: 60 },
  )
})

test('on the way no link is ever in a namespace of ours without its guard', () => {
  fc.assert(
    fc.property(anyState, anyState, (from, to) => {
      for (const state of walk(from, to)) {
        for (const item of state.values()) {
          if (item.kind !== 'veth' && item.kind !== 'bridge') continue
          assert.ok(state.has(keyOf({ kind: 'ruleset', netns: item.netns, name: '' })), `${keyOf(item)} is unguarded`)
        }
      }
    }),
    { numRuns: 20 },
  )
})

/** The states that a machine goes through. */
function* walk(from: HostState, to: HostState): Iterable<HostState> {
  const state = new Map<Key, Item>(from)
  for (const { do: verb, item } of diff(from, to)) {
    if (verb === 'put') state.set(keyOf(item), item)
    else state.delete(keyOf(item))
    yield state
  }
}
