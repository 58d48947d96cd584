import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { adopt, reconcile, refresh, whole } from '../../src/agent/reconcile.ts'
import { compile, compilerFor } from '../../src/compile/compile.ts'
import type { HostConfig } from '../../src/compile/host-config.ts'
import { Died, fakeHost, type FakeHostOptions } from '../../src/dataplane/fake-host.ts'
import { FakeKernel } from '../../src/dataplane/fake-kernel.ts'
import type { Host } from '../../src/dataplane/host.ts'
import { endsOf } from '../../src/host/cascade.ts'
import { diff } from '../../src/host/diff.ts'
import { keyOf, type HostState, type Shards } from '../../src/host/item.ts'
import { emptyModel } from '../../src/model/model.ts'
import { anyModel } from '../any-model.ts'
import { modelOf } from '../compile/model-of.ts'

const machine: HostConfig = {
  name: 'test',
  mtu: 1500,
  uplink: { link: { kind: 'macvlan', parent: 'eth0' }, address: '10.255.0.2/24', gateway: '10.255.0.1' },
}

/** A kernel with everything that these wishes take for there: the uplink's parent, tap devices, namespaces of others. */
function kernelFor(...wishes: Shards[]): FakeKernel {
  const items = wishes.flatMap(wish => [...whole(wish).values()])
  const taps = items.filter(item => item.kind === 'tap').map(item => item.name)
  const spaces = items.filter(item => item.kind === 'netns' && !item.owned).map(item => item.netns)
  return new FakeKernel(['eth0', ...taps, ...spaces])
}

/** What an agent that starts on a machine does first. */
async function begin(host: Host, desired: Shards) {
  return reconcile(host, adopt(await host.observe(undefined, whole(desired)), desired), desired)
}

async function assertHolds(host: Host, desired: Shards) {
  assert.deepEqual(diff(await host.observe(), whole(desired)), [])
}

function unguarded(state: HostState): string[] {
  const bare: string[] = []
  for (const item of state.values()) {
    const ends =
      item.kind === 'veth'
        ? [item.netns, item.peer.netns]
        : item.kind === 'macvlan' || item.kind === 'bridge' || item.kind === 'tap'
          ? [item.netns]
          : []
    for (const netns of ends) {
      if (netns.startsWith('cw-') && !state.has(keyOf({ kind: 'ruleset', netns, name: '' })))
        bare.push(`${item.name} in ${netns}`)
    }
  }
  return bare
}

test('any model leads to any other in one round, and then there is nothing left to do', () =>
  fc.assert(
    fc.asyncProperty(anyModel, anyModel, async (before, after) => {
      const compileFor = compilerFor(machine)
      const kernel = kernelFor(compileFor(before), compileFor(after))
      const host = fakeHost({ kernel, after: state => assert.deepEqual(unguarded(state), []) })
      const first = await begin(host, compileFor(before))
      assert.deepEqual(first.failed, [])
      const second = await reconcile(host, first.held, compileFor(after))
      assert.deepEqual(second.failed, [])
      await assertHolds(host, compile(after, machine))
      const third = await reconcile(host, second.held, compileFor(after))
      assert.deepEqual([third.steps, third.held], [0, second.held])
      const fresh = await begin(host, compile(after, machine))
      assert.deepEqual([fresh.steps, fresh.failed], [0, []])
    }),
    { numRuns: 60 },
  ))

test('after a death between any two steps the next start repairs', () =>
  fc.assert(
    fc.asyncProperty(anyModel, anyModel, fc.nat(400), async (before, after, at) => {
      const kernel = kernelFor(compile(before, machine), compile(after, machine))
      const first = await begin(fakeHost({ kernel }), compile(before, machine))
      const fault: FakeHostOptions['fault'] = (_, count) => (count === at ? 'die' : undefined)
      const dying = fakeHost({ kernel, fault, after: state => assert.deepEqual(unguarded(state), []) })
      await reconcile(dying, first.held, compile(after, machine)).catch(error => assert.ok(error instanceof Died))
      const next = fakeHost({ kernel, after: state => assert.deepEqual(unguarded(state), []) })
      const repaired = await begin(next, compile(after, machine))
      assert.deepEqual(repaired.failed, [])
      await assertHolds(next, compile(after, machine))
    }),
    { numRuns: 60 },
  ))

test('steps that fail at random leave the rest done, and the wish is reached in the end', () =>
  fc.assert(
    fc.asyncProperty(anyModel, anyModel, fc.array(fc.nat(300), { maxLength: 40 }), async (before, after, failing) => {
      const bad = new Set(failing)
      const [from, to] = [compile(before, machine), compile(after, machine)]
      const host = fakeHost({
        kernel: kernelFor(from, to),
        fault: (_, count) => (bad.has(count) ? { fail: 'no luck' } : undefined),
        after: state => assert.deepEqual(unguarded(state), []),
      })
      let { held } = await begin(host, from)
      for (let rounds = 0; ; rounds++) {
        assert.ok(rounds <= failing.length + 1, 'it does not come to an end')
        const round = await reconcile(host, held, to)
        if (round.failed.length === 0) break
        const suspects = new Set(
          round.failed.flatMap(({ step: { item } }) => [item.netns, ...endsOf(item).map(([netns]) => netns)]),
        )
        held = refresh(round.held, suspects, await host.observe([...suspects]), to)
      }
      await assertHolds(host, to)
    }),
    { numRuns: 60 },
  ))

test('without a wish nothing of ours stays, orphans included', () =>
  fc.assert(
    fc.asyncProperty(anyModel, async model => {
      const host = fakeHost({ kernel: kernelFor(compile(model, machine)) })
      await begin(host, compile(model, machine))
      const gone = await begin(host, new Map())
      assert.deepEqual(gone.failed, [])
      assert.equal((await host.observe()).size, 0)
    }),
    { numRuns: 30 },
  ))

test('a tap device goes from one VPC to another in one round', async () => {
  const networkOf = (tail: string, more: object) => ({
    [`rtr-${tail}`]: { cidr: '10.0.0.0/16', securityGroup: 'sg-00000000' },
    [`rt-${tail}`]: { vpc: `rtr-${tail}`, isDefault: true },
    [`vxnet-${tail}`]: { vpc: `rtr-${tail}`, cidr: '10.0.1.0/24', gateway: '10.0.1.1', routeTable: `rt-${tail}` },
    ...more,
  })
  const machineIn = (tail: string) => ({
    [`i-${tail}`]: {
      subnet: `vxnet-${tail}`,
      address: '10.0.1.9',
      attach: { type: 'tap', device: 'tap0' },
      securityGroup: 'sg-00000000',
    },
  })
  const worldWith = (a: object, b: object) =>
    compile(
      modelOf(JSON.stringify({ 'sg-00000000': {}, ...networkOf('aaaaaaaa', a), ...networkOf('bbbbbbbb', b) })),
      machine,
    )
  const [before, after] = [worldWith({}, machineIn('bbbbbbbb')), worldWith(machineIn('aaaaaaaa'), {})]
  const host = fakeHost({ kernel: kernelFor(before, after) })
  const { held } = await begin(host, before)
  assert.deepEqual((await reconcile(host, held, after)).failed, [])
  await assertHolds(host, after)
})

test('a part that did not change costs nothing', async () => {
  const compileFor = compilerFor(machine)
  const model = fc.sample(anyModel, 1)[0] ?? emptyModel
  const host = fakeHost({ kernel: kernelFor(compileFor(model)) })
  const first = await begin(host, compileFor(model))
  const before = host.counters['steps']
  const second = await reconcile(host, first.held, compileFor({ ...model, revision: model.revision + 1 }))
  assert.equal(second.held, first.held)
  assert.equal(host.counters['steps'], before)
})
