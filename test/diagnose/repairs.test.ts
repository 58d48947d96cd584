import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { diagnoseBalancer } from '../../src/diagnose/cause/backend.ts'
import type { Finding } from '../../src/diagnose/cause/finding.ts'
import { effectText, repaired } from '../../src/diagnose/cause/repair.ts'
import { stepText } from '../../src/diagnose/cause/step-text.ts'
import { withMade } from '../../src/model/step.ts'
import { perform, scriptA, scriptB } from '../../src/demo/steps.ts'
import { skippable, type Site } from '../../src/demo/script.ts'
import type { Model } from '../../src/model/model.ts'
import { modelHands } from '../demo/model-hands.ts'
import { anyBreakages, broken } from './breakages.ts'

async function play(topology: Site['topology'], ...skip: string[]) {
  const hands = modelHands()
  const site: Site = { topology, skip: new Set(skip), backends: [] }
  await perform(site, hands, async (_, take) => void (await take?.()))
  return { balancer: site.balancer ?? '', model: hands.model() }
}

/** Four things may be wrong with each of four backends, and repairs publish drafts that may do more harm. */
const mostRepairs = 30

/** Does the repair of the first finding until there is none, or none that can be done here. */
function mend(start: Model, balancer: string) {
  let model = start
  for (let done = 0; ; done++) {
    const [first] = diagnoseBalancer(model, balancer)
    if (!first?.repair) return { model, first, done }
    const next = repaired(model, first.repair)
    assert.ok(next, `${first.code} cannot be mended as it says`)
    const again = diagnoseBalancer(next, balancer)
    const keyOf = ({ code, resource, values }: Finding) => [code, resource, values]
    assert.notDeepEqual(again[0] && keyOf(again[0]), keyOf(first), `${first.code} is as it was`)
    model = { ...next, revision: next.revision + 1 }
    assert.ok(done < mostRepairs, `${first.code} after ${done} repairs`)
  }
}

/** What only a person can decide: what a balancer is to serve. */
const humans = new Set(['backends'])

for (const [topology, script] of [
  ['a', scriptA],
  ['b', scriptB],
] as const) {
  for (const [step] of skippable(script)) {
    if (humans.has(step)) continue
    test(`topology ${topology} without ${step}: doing what the diagnosis proposes makes it well`, async () => {
      const { balancer, model } = await play(topology, step)
      const { first, done } = mend(model, balancer)
      assert.equal(first?.code, undefined)
      assert.ok(done > 0)
    })
  }
}

for (const topology of ['a', 'b'] as const) {
  test(`topology ${topology}: whatever goes wrong together, repair after repair makes it well`, async () => {
    const { balancer, model: whole } = await play(topology)
    let mended = 0
    fc.assert(
      fc.property(anyBreakages, which => {
        const { first, done } = mend(broken(whole, which), balancer)
        assert.equal(first?.code, undefined, JSON.stringify(first))
        if (done > 0) mended++
      }),
      { numRuns: 60 },
    )
    assert.ok(mended > 30, `only ${mended} needed a repair`)
  })
}

test('a repair says what it does and what else comes of it, in both languages', async () => {
  const { balancer, model } = await play('a', 'security-group-rule')
  const [first] = diagnoseBalancer(model, balancer)
  assert.ok(first?.repair)
  const texts = (language: 'en' | 'zh') => [
    ...first.repair!.steps.map(({ command }) => stepText(model, command, language)),
    ...first.repair!.effects.map(each => effectText(each, language)),
  ]
  assert.match(texts('en').join('\n'), /^add to the rules of demo-a[^]*ports = 80\napply the changes of demo-a/)
  assert.match(texts('en').join('\n'), /lets anybody in at TCP 80/)
  assert.match(texts('zh').join('\n'), /^在 demo-a[^]*应用修改[^]*任何来源都可访问 TCP 80/)
  for (const text of [...texts('en'), ...texts('zh')]) assert.doesNotMatch(text, /\{\w+\}/)
})

test('a bought address goes by its name until it has an id', () => {
  const body = { eips: ['eip-1', '{eip}'], next: { eip: '{eip}', text: 'a {eip} in a text' } }
  assert.deepEqual(withMade(body, { eip: 'eip-2' }), {
    eips: ['eip-1', 'eip-2'],
    next: { eip: 'eip-2', text: 'a {eip} in a text' },
  })
})
