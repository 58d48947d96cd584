import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compileAll } from '../../src/compile/compile.ts'
import { Died, fakeHost } from '../../src/dataplane/fake-host.ts'
import { FakeKernel } from '../../src/dataplane/fake-kernel.ts'
import { endsOf } from '../../src/host/cascade.ts'
import { diff } from '../../src/host/diff.ts'
import { guardsOf, keyOf, type HostState, type Item } from '../../src/host/item.ts'
import { anyModel } from '../any-model.ts'

const anyState = anyModel.map(model => compileAll(model, { name: 'test', uplink: null, mtu: 1500 }))

/** Links in namespaces of ours that nothing guards. */
function unguarded(state: HostState): string[] {
  const owned = (netns: string) => state.has(keyOf({ kind: 'netns', netns, name: '' }))
  const guarded = (netns: string, link: Item) =>
    guardsOf(link).every(name => state.has(keyOf({ kind: 'ruleset', netns, name })))
  return [...state.values()].flatMap(item =>
    endsOf(item)
      .filter(([netns]) => owned(netns) && !guarded(netns, item))
      .map(end => end.join(' ')),
  )
}

/** With what servers may bring with them. */
const newKernel = () => new FakeKernel(['tap0', 'tap1'])

test('no link is ever without its guard, on the way from any state to any other, whatever fails', () =>
  fc.assert(
    fc.asyncProperty(anyState, anyState, fc.array(fc.nat(200), { maxLength: 10 }), async (one, other, failing) => {
      const bad = new Set(failing)
      const host = fakeHost({
        kernel: newKernel(),
        fault: (_, count) => (bad.has(count) ? { fail: 'by chance' } : undefined),
        after: state => assert.deepEqual(unguarded(state), []),
      })
      await host.apply(diff(await host.observe(), one))
      await host.apply(diff(await host.observe(), other))
    }),
  ))

test('a process may die before any step, and the next one brings it about in one round', () =>
  fc.assert(
    fc.asyncProperty(anyState, anyState, fc.nat(200), async (one, other, last) => {
      const kernel = newKernel()
      await fakeHost({ kernel }).apply(diff(new Map(), one))
      const first = fakeHost({ kernel, fault: (_, count) => (count === last ? 'die' : undefined) })
      await first.apply(diff(kernel.state, other)).catch((error: unknown) => assert.ok(error instanceof Died))
      const second = fakeHost({ kernel })
      const outcomes = await second.apply(diff(await second.observe(), other))
      assert.deepEqual(
        outcomes.filter(({ failed }) => failed !== undefined),
        [],
      )
      assert.deepEqual(diff(await second.observe(), other), [])
    }),
  ))
