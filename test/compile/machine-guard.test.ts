import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compileAll } from '../../src/compile/compile.ts'
import type { Ruleset } from '../../src/host/ruleset.ts'
import { walkHook, type Passage } from '../../src/host/walk-ruleset.ts'
import { anyRule } from './any-network.ts'
import { machine } from './machine.ts'
import { modelOf } from './model-of.ts'
import { admits } from './oracle.ts'

const own = '10.0.1.20'

function worldOf(rules: readonly object[]) {
  const vpc = 'rtr-00000001'
  const numbered = rules.map((rule, i) => ({ ...rule, id: `sgr-${i}` }))
  return modelOf(
    JSON.stringify({
      'sgi-00000001': { type: 'port', members: ['80', '400-500', '443'] },
      'sgi-00000002': { type: 'ip', members: ['8.8.0.0/16', '8.8.8.8', '10.0.1.0/24'] },
      'sg-00000001': { rules: numbered },
      'sg-00000002': { rules: [] },
      [vpc]: { cidr: '10.0.0.0/16', securityGroup: 'sg-00000002' },
      'rt-00000001': { vpc, isDefault: true },
      'vxnet-00000001': { vpc, cidr: '10.0.1.0/24', gateway: '10.0.1.1', routeTable: 'rt-00000001' },
      'i-00000001': {
        subnet: 'vxnet-00000001',
        address: own,
        attach: { type: 'tap', device: 'tap1' },
        securityGroup: 'sg-00000001',
      },
      'i-00000002': {
        subnet: 'vxnet-00000001',
        address: '10.0.1.21',
        attach: { type: 'tap', device: 'tap2' },
        securityGroup: 'sg-00000002',
      },
    }),
  )
}

function bridgeRuleset(state: ReturnType<typeof compileAll>): Ruleset {
  const item = state.get('ruleset cw-rtr-00000001 bridge')
  assert.ok(item?.kind === 'ruleset')
  return item.ruleset
}

/** Whether a TCP packet passes the port of the first machine: what it sends, or what is sent to it. */
function passes(ruleset: Ruleset, sends: boolean, from: string, to: string, more: Partial<Passage> & { port: number }) {
  const packet = { from, to, protocol: 'tcp', sport: 40000, dport: more.port }
  const passage = { packet, state: 'new', dnat: false, snat: false, originalTo: to, ...more } as const
  const outcome = sends
    ? walkHook(ruleset, 'prerouting', { ...passage, iif: 'tap1', oif: null })
    : walkHook(ruleset, 'postrouting', { ...passage, iif: null, oif: 'tap1' })
  return outcome.done === 'pass'
}

test('on the port of a machine its group decides, on its own packets only; answers pass', () => {
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 6, size: 'max' }),
      fc.constantFrom('8.8.8.8', '10.0.1.10', '10.9.9.9', '192.0.2.1'),
      fc.constantFrom(22, 80, 85, 450),
      (rules, peer, port) => {
        const model = worldOf(rules)
        const ruleset = bridgeRuleset(compileAll(model, machine))
        assert.equal(passes(ruleset, true, own, peer, { port }), admits(model, 'sg-00000001', 'egress', peer, port))
        assert.equal(passes(ruleset, false, peer, own, { port }), admits(model, 'sg-00000001', 'ingress', peer, port))
        assert.ok(passes(ruleset, true, own, peer, { port, state: 'established' }))
        assert.ok(passes(ruleset, false, peer, own, { port, state: 'established' }))
        for (const state of ['new', 'established'] as const) {
          assert.ok(!passes(ruleset, true, '10.0.1.21', peer, { port, state }), 'it spoke in another name')
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('where no machine runs behind a tap device, nothing filters on bridges', () => {
  const model = worldOf([])
  const servers = ['i-00000001', 'i-00000002'].map(id => model.resources.get(id)!)
  const off = servers.reduce(
    (resources, server) =>
      resources.set(server.id, { ...server, now: { ...server.now, power: 'off' } } as typeof server),
    model.members.get('rtr-00000001')!,
  )
  const state = compileAll({ ...model, members: model.members.set('rtr-00000001', off) }, machine)
  assert.ok(!state.has('ruleset cw-rtr-00000001 bridge'))
})
