import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { diagnoseFlow, type FlowDiagnosis } from '../../src/diagnose/cause/flow.ts'
import type { Asked } from '../../src/diagnose/trace/ends.ts'
import { all, type Model } from '../../src/model/model.ts'
import { anyNetwork } from '../compile/any-network.ts'

function ask(model: Model, asked: Asked): FlowDiagnosis {
  const told = diagnoseFlow(model, asked)
  assert.ok('findings' in told, JSON.stringify(told))
  return told
}

/** Servers, the balancer, public addresses and the internet, one to the other. */
function anyAsked(model: Model, pick: <T>(list: readonly T[]) => T): Asked {
  const servers = [...all(model, 'server')].map(({ id }) => id)
  const balancer = 'lb-00000001'
  const eips = [...all(model, 'eip')].map(({ now }) => now.address)
  const outside = ['8.8.8.8', '9.9.9.9', '1.2.3.4']
  const [from, to] = pick([
    [pick(servers), pick(outside)],
    [pick(servers), pick(servers)],
    [balancer, pick(outside)],
    [balancer, pick(servers)],
    ['internet', pick(eips)],
    ['internet', pick(servers)],
    ['8.8.8.8', pick(eips)],
  ])
  return { from, to, vpc: null, protocol: pick(['tcp', 'tcp', 'udp', 'icmp']), port: pick([22, 80, 85, 443]) }
}

test('what does not get there has a cause by name, and what does has none', () => {
  const seen = { reaches: 0, fails: 0 }
  fc.assert(
    fc.property(anyNetwork, fc.infiniteStream(fc.nat()), (model, chance) => {
      const pick = <T>(list: readonly T[]): T => list[chance.next().value % list.length]!
      for (let i = 0; i < 10; i++) {
        const asked = anyAsked(model, pick)
        const { reaches, findings } = ask(model, asked)
        seen[reaches ? 'reaches' : 'fails']++
        const [first] = findings
        assert.equal(first === undefined, reaches, JSON.stringify(asked))
        // Only the trace knows why: then the model has not been asked all that it could be.
        assert.ok(!first?.code.startsWith('stopped'), JSON.stringify([asked, first]))
      }
    }),
    { numRuns: 100 },
  )
  assert.ok(seen.reaches > 200 && seen.fails > 300, JSON.stringify(seen))
})
