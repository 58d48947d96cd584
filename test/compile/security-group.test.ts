import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { looking } from '../../src/compile/part.ts'
import { compileGroup } from '../../src/compile/security-group.ts'
import { walkHook } from '../../src/host/walk-ruleset.ts'
import { anyRule } from './any-network.ts'
import { modelOf } from './model-of.ts'
import { admits } from './oracle.ts'

test('a group lets through what its rules say: smaller priority first, drop at a tie, nothing in and everything out by default', () => {
  const anyPeer = fc.constantFrom('8.8.8.8', '8.8.4.4', '10.0.1.10', '10.9.9.9', '192.0.2.1')
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 6, size: 'max' }),
      fc.constantFrom('ingress', 'egress'),
      anyPeer,
      fc.constantFrom(22, 80, 85, 450),
      (rules, direction, peer, port) => {
        const model = modelOf(
          JSON.stringify({
            'sgi-00000001': { type: 'port', members: ['80', '400-500', '443'] },
            'sgi-00000002': { type: 'ip', members: ['8.8.0.0/16', '8.8.8.8', '10.0.1.0/24'] },
            'sg-00000001': { rules: rules.map((rule, i) => ({ ...rule, id: `sgr-${i}` })) },
          }),
        )
        const { sets, ingress, egress } = compileGroup(looking(model, new Map()), 'sg-00000001')
        const hook = { type: 'filter', at: 'input', priority: 0, policy: 'accept' } as const
        const chain = { ...(direction === 'ingress' ? ingress : egress), hook }
        const ends = direction === 'ingress' ? { from: peer, to: '192.0.2.9' } : { from: '192.0.2.9', to: peer }
        const packet = { ...ends, protocol: 'tcp', sport: 40000, dport: port }
        const outcome = walkHook({ family: 'ip', sets, chains: [chain] }, 'input', {
          packet,
          iif: null,
          oif: null,
          state: 'new',
          dnat: false,
          snat: false,
          originalTo: packet.to,
        })
        assert.equal(outcome.done === 'pass', admits(model, 'sg-00000001', direction, peer, port))
      },
    ),
    { numRuns: 2000 },
  )
})
