import assert from 'node:assert/strict'
import test from 'node:test'
import { demoSteps } from '../../src/cli/program-commands.ts'
import { diagnoseBackend, diagnoseBalancer } from '../../src/diagnose/cause/backend.ts'
import { findings, findingText } from '../../src/diagnose/cause/finding.ts'
import { perform, scriptA, scriptB } from '../../src/demo/steps.ts'
import { skippable, type Site } from '../../src/demo/script.ts'
import { modelHands } from './model-hands.ts'

async function play(topology: Site['topology'], ...skip: string[]) {
  const hands = modelHands()
  const site: Site = { topology, skip: new Set(skip), backends: [] }
  await perform(site, hands, async (_, take) => void (await take?.()))
  return { site, hands, found: diagnoseBalancer(hands.model(), site.balancer ?? '') }
}

for (const [topology, script] of [
  ['a', scriptA],
  ['b', scriptB],
] as const) {
  test(`topology ${topology}: with every step taken nothing is wrong with any backend`, async () => {
    const { site, hands, found } = await play(topology)
    assert.deepEqual(found, [])
    assert.equal(site.backends.length, 4)
    for (const backend of site.backends)
      assert.deepEqual(diagnoseBackend(hands.model(), site.balancer ?? '', backend), [])
  })

  for (const [step, expected] of skippable(script)) {
    test(`topology ${topology}: without ${step} the diagnosis names it`, async () => {
      const { found } = await play(topology, step)
      assert.equal(found[0]?.code, expected)
    })
  }
}

test('a step made good leaves nothing to find', async () => {
  for (const topology of ['a', 'b'] as const) {
    for (const step of ['apply-security-group', 'apply-load-balancer']) {
      const { site, hands, found } = await play(topology, step)
      const [kind, id] =
        step === 'apply-security-group'
          ? (['security-group', site.group] as const)
          : (['load-balancer', site.balancer] as const)
      assert.equal(found[0]?.resource, id)
      await hands.run({ do: 'apply', kind, id: id ?? '' })
      assert.deepEqual(diagnoseBalancer(hands.model(), site.balancer ?? ''), [])
    }
  }
})

test('the wire is asked only where the model has no reason', async () => {
  const { site, hands } = await play('a')
  const [balancer, backend] = [site.balancer ?? '', site.backends[0] ?? '']
  const code = (state: 'unavailable' | 'abnormal', reason: string) =>
    diagnoseBackend(hands.model(), balancer, backend, {
      backendStatus: { state, reason, seenAs: ['203.0.113.9'] },
    }).map(f => f.code)
  assert.deepEqual(code('unavailable', 'connection refused'), ['refused'])
  assert.deepEqual(code('unavailable', 'timeout after 5 s'), ['timeout'])
  assert.deepEqual(code('unavailable', 'HTTP 503'), ['bad-answer'])
  assert.deepEqual(code('abnormal', ''), ['checking'])
  const [timeout] = diagnoseBackend(hands.model(), balancer, backend, {
    backendStatus: { state: 'unavailable', reason: 'timeout after 5 s', seenAs: ['203.0.113.9'] },
  })
  assert.match(findingText(timeout!, 'en').fix, /203\.0\.113\.9/)
  const left = await play('a', 'snat-rule')
  const withStatus = diagnoseBackend(left.hands.model(), left.site.balancer ?? '', left.site.backends[0] ?? '', {
    backendStatus: { state: 'unavailable', reason: 'timeout after 5 s', seenAs: [] },
  })
  assert.deepEqual(
    withStatus.map(f => f.code),
    ['no-snat-rule'],
  )
})

test('every finding has words in both languages for the same values', () => {
  for (const { what, fix } of Object.values(findings)) {
    for (const { en, zh } of [what, fix]) assert.deepEqual(placeholders(zh), placeholders(en))
  }
})

test('no sentence keeps a placeholder', async () => {
  for (const [topology, script] of [
    ['a', scriptA],
    ['b', scriptB],
  ] as const) {
    for (const step of skippable(script).keys()) {
      const { found } = await play(topology, step)
      for (const finding of found) {
        for (const language of ['en', 'zh'] as const) {
          const { what, fix } = findingText(finding, language)
          assert.doesNotMatch(what + fix, /\{\w+\}/)
        }
      }
    }
  }
})

function placeholders(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g))].sort()
}

test('the help of the command line names every step that can be left out', () => {
  const known = new Set([scriptA, scriptB].flatMap(script => [...skippable(script).keys()]))
  assert.deepEqual([...demoSteps].sort(), [...known].sort())
})
