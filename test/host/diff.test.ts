import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compileAll } from '../../src/compile/compile.ts'
import { diff } from '../../src/host/diff.ts'
import { trace } from '../../src/host/trace.ts'
import { keyOf, stateOf, type HostState, type Item, type Key } from '../../src/host/item.ts'
import { anyNetwork } from '../compile/any-network.ts'
import { machine } from '../compile/machine.ts'
import { modelOf } from '../compile/model-of.ts'

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

test('a way leads on while its route moves to another table, and back', () => {
  const alone = `
local: { pools: [{ name: bgp, addresses: [203.0.113.0/24] }] }
sg-00000000: { rules: [] }
sg-nat00000: { rules: [{ id: sgr-nat00000, protocol: all }] }
eip-nat00000: { zone: local, address: 203.0.113.10 }
rtr-aaaaaaaa: { cidr: 192.168.0.0/16, securityGroup: sg-00000000 }
rt-aaaaaaaa: { vpc: rtr-aaaaaaaa, isDefault: true, routes: [${toGateway('r-00000001')}] }
vxnet-aaaaaaaa: { vpc: rtr-aaaaaaaa, cidr: 192.168.1.0/24, gateway: 192.168.1.1, routeTable: rt-aaaaaaaa }
nfv-aaaaaaaa:
  vpc: rtr-aaaaaaaa
  eips: [eip-nat00000]
  securityGroup: sg-nat00000
  snatRules: [{ id: snat-0000001, target: vxnet-aaaaaaaa, eips: [eip-nat00000] }]
i-aaaaaaaa: { subnet: vxnet-aaaaaaaa, address: 192.168.1.10, securityGroup: sg-00000000 }
`
  const another = `
rt-bbbbbbbb: { vpc: rtr-aaaaaaaa, routes: [${toGateway('r-00000002')}] }
vxnet-bbbbbbbb: { vpc: rtr-aaaaaaaa, cidr: 192.168.2.0/24, gateway: 192.168.2.1, routeTable: rt-bbbbbbbb }
`
  const [one, two] = [alone, alone + another].map(text => compileAll(modelOf(text), machine))
  const packet = { from: '192.168.1.10', to: '198.51.100.1', protocol: 'tcp', sport: 40_000, dport: 80 }
  for (const [from, to] of [
    [one!, two!],
    [two!, one!],
  ] as const) {
    for (const state of walk(from, to)) {
      const { verdict, sources } = trace(new Map(state), { netns: 'cw-i-aaaaaaaa', enters: null }, packet)
      assert.deepEqual([verdict, ...sources], ['sent-out', '203.0.113.10'])
    }
  }
})

function toGateway(id: string): string {
  return `{ id: ${id}, destination: 0.0.0.0/0, nextHop: { type: nat-gateway, id: nfv-aaaaaaaa } }`
}
