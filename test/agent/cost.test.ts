import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reconcile, refresh } from '../../src/agent/reconcile.ts'
import { compile, compilerFor } from '../../src/compile/compile.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { fakeHost } from '../../src/dataplane/fake-host.ts'
import type { Item, Key, Shards } from '../../src/host/item.ts'
import { emptyModel, find, get, put, type Id, type Model } from '../../src/model/model.ts'
import { machine } from '../compile/machine.ts'
import { modelOf } from '../compile/model-of.ts'

const shared = {
  local: { pools: [{ name: 'any', addresses: ['203.0.113.0/24'] }] },
  'sg-00000001': { rules: [] },
  'sg-00000002': { rules: [] },
}

/** VPCs from 1 to `count`, each with a subnet and a server. */
function worldOf(count: number): Model {
  const parts = Array.from({ length: count }, (_, i) => {
    const tail = String(i + 1).padStart(8, '0')
    const vpc = `rtr-${tail}`
    return {
      [`eip-${tail}`]: { zone: 'local', address: `203.0.113.${i + 1}` },
      [vpc]: { cidr: '10.0.0.0/16', eip: `eip-${tail}`, securityGroup: 'sg-00000001' },
      [`rt-${tail}`]: { vpc, isDefault: true, routes: [] },
      [`vxnet-${tail}`]: { vpc, cidr: '10.0.1.0/24', gateway: '10.0.1.1', routeTable: `rt-${tail}` },
      [`i-${tail}`]: { subnet: `vxnet-${tail}`, address: '10.0.1.10', securityGroup: 'sg-00000001' },
    }
  })
  return modelOf(JSON.stringify(Object.assign({}, shared, ...parts)))
}

const mine = 'rtr-00000003'

/** The third server moved to another group, and the model that holds nothing of other VPCs any more. */
function changedAlone(model: Model): { changed: Id; alone: Model } {
  const server = get(model, 'server', 'i-00000003')
  const after = put(model, { ...server, now: { ...server.now, securityGroup: 'sg-00000002' } })
  const kept = [...after.resources.values()].filter(
    ({ id }) => id in shared || id.endsWith('3') || find(after, 'security-group', id),
  )
  return { changed: server.id, alone: kept.reduce((all, resource) => put(all, resource), emptyModel) }
}

test('a change costs the compiler its own VPC: it does not even look for the others', () => {
  const model = worldOf(8)
  const compiler = compilerFor(machine)
  const before = compiler(model)
  const { changed, alone } = changedAlone(model)
  const after = compiler(alone, [changed])
  assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort())
  assert.deepEqual(
    [...after].filter(([name, part]) => before.get(name) !== part).map(([name]) => name),
    [mine],
  )
  assert.deepEqual(after.get(mine), compile(alone, machine).get(mine))
  assert.equal(compiler(alone, []), after)
})

/** A part that may be read until it is sealed. */
class Sealed extends Map<Key, Item> {
  seal(): this {
    for (const name of ['get', 'has', 'keys', 'values', 'entries', 'forEach', Symbol.iterator]) {
      Object.defineProperty(this, name, { value: () => assert.fail('a part was read that did not change') })
    }
    return this
  }
}

/** The same parts, all but one sealed. */
function sealedBut(name: string, parts: Shards): Shards {
  return new Map([...parts].map(([each, part]) => [each, each === name ? part : new Sealed(part).seal()]))
}

test('a round costs what changed: parts that are the same are not read', async () => {
  const model = worldOf(8)
  const held = sealedBut(mine, compile(model, machine))
  const desired = new Map(held).set(mine, new Map([...held.get(mine)!].slice(0, -1)))
  const round = await reconcile(fakeHost(), held, desired)
  assert.equal(round.steps, 1)
})

test('drift costs the parts that it concerns', () => {
  const model = worldOf(8)
  const whole = compile(model, machine)
  const parts = new Map([...whole].map(([name, part]) => [name, name === mine ? part : new Sealed(part)]))
  const netns = new Set([netnsOf(mine)])
  refresh(parts, netns, new Map(), parts)
  for (const part of parts.values()) if (part instanceof Sealed) part.seal()
  const after = refresh(parts, netns, new Map(), parts)
  assert.deepEqual(
    [...after].filter(([name, part]) => parts.get(name) !== part).map(([name]) => name),
    [mine],
  )
})

test('two models without a common history are told apart, whatever their revisions', () => {
  const compiler = compilerFor(machine)
  compiler({ ...worldOf(2), revision: 1 })
  const other = { ...worldOf(1), revision: 2 }
  assert.deepEqual(compiler(other), compile(other, machine))
})
