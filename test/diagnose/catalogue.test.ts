import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Made } from '../../src/client/scenario.ts'
import { plan } from '../../src/demo/plan.ts'
import { diagnoseBackend, diagnoseBalancer } from '../../src/diagnose/cause/backend.ts'
import { diagnoseEip } from '../../src/diagnose/cause/eip.ts'
import { diagnoseFlow } from '../../src/diagnose/cause/flow.ts'
import { findingText, isFault, type Finding } from '../../src/diagnose/cause/finding.ts'
import type { Facts } from '../../src/diagnose/cause/observed.ts'
import { repaired } from '../../src/diagnose/cause/repair.ts'
import type { Model } from '../../src/model/model.ts'
import { modelHands } from '../demo/model-hands.ts'
import { addTo, breakLater, build, eagerly, publish, setIn, withRule, type Broken, type Spot } from './broken.ts'
import { catalogue } from './catalogue.ts'

const at: Spot = { address: plan.regions[0].servers[0], port: 8080, spare: '203.0.113.200' }

function asked(model: Model, made: Made, { reason, asks, told }: Broken): readonly Finding[] {
  const said: Facts = told?.(made, model) ?? {}
  if (asks && 'eip' in asks) return diagnoseEip(model, made[asks.eip]!, () => said).findings
  if (asks) {
    const to = made[asks.internetTo]!
    const flow = diagnoseFlow(model, { from: 'internet', to, vpc: null, protocol: 'tcp', port: 80 })
    assert.ok('findings' in flow)
    return flow.findings
  }
  const [balancer, backend] = [made['balancer'] ?? '', made['backend-0']]
  if (backend === undefined) return diagnoseBalancer(model, balancer)
  const facts: Facts =
    reason === undefined ? said : { backendStatus: { state: 'unavailable', reason, seenAs: ['203.0.113.129'] } }
  return diagnoseBackend(model, balancer, backend, facts)
}

test('the catalogue is large, and each entry has a name of its own', () => {
  assert.ok(catalogue.length >= 60, `${catalogue.length} entries`)
  assert.equal(new Set(catalogue.map(({ name }) => name)).size, catalogue.length)
})

for (const topology of ['a', 'b'] as const) {
  test(`topology ${topology} with nothing broken: nothing is found`, async () => {
    const hands = modelHands()
    const whole: Broken = { name: '', on: topology, says: 'checking', of: 'balancer', sure: 'seen', mendedBy: 'others' }
    const made = await build(whole, at, hands)
    assert.deepEqual(asked(hands.model(), made, whole), [])
  })
}

test('a backend that is on its way up is being checked, whatever good answers it gave; one that answers wrongly is not', async () => {
  const said = async (reason: string, check = {}) => {
    const hands = modelHands()
    const broken: Broken = { ...catalogue[0]!, without: [], check: { ...eagerly, ...check }, reason }
    const made = await build(broken, at, hands)
    return asked(hands.model(), made, broken)[0]?.code
  }
  assert.deepEqual([await said(''), await said('HTTP 200'), await said('HTTP 302')], Array(3).fill('checking'))
  assert.deepEqual(
    [await said('connected', { protocol: 'tcp' }), await said('TLS established')],
    ['checking', 'checking'],
  )
  assert.deepEqual([await said('HTTP 404'), await said('HTTP 200', { accept: '204' })], ['bad-answer', 'bad-answer'])
  assert.equal(await said('HTTP 204', { accept: '200-204' }), 'checking')
})

test('a group is asked about every end of a range of ports, and about the port that somebody asks for', async () => {
  const hands = modelHands()
  const broken: Broken = {
    ...catalogue[0]!,
    without: [],
    edits: () => [
      addTo('load-balancer', 'balancer', 'listeners', { protocol: 'tcp', port: 5000, lastPort: 5009 }, 'range'),
      setIn('load-balancer', 'balancer', ['listeners', '{listener}'], { enabled: false }),
      ...publish('load-balancer', 'balancer'),
      ...withRule({ protocol: 'tcp', ports: '5000-5005' }),
    ],
  }
  const made = await build(broken, at, hands)
  const door = (port: number) =>
    diagnoseEip(hands.model(), made['balancerEip']!, () => ({}), { protocol: 'tcp', port }).findings[0]
  assert.equal(door(5009)?.code, 'group-refuses')
  assert.deepEqual(door(5009)?.values['traffic'], 'TCP 5009')
  assert.notEqual(door(5005)?.code, 'group-refuses')
})

for (const broken of catalogue) {
  test(`${broken.on}: ${broken.name}`, async () => {
    const hands = modelHands()
    const made = await build(broken, at, hands)
    await breakLater(broken, made, hands)
    const [first] = asked(hands.model(), made, broken)
    assert.ok(first, 'nothing is found')
    assert.deepEqual(
      [first.code, first.resource, first.certainty],
      [broken.says, made[broken.of], broken.sure],
      findingText(first, 'en').what,
    )
    for (const language of ['en', 'zh'] as const) {
      const { what, fix } = findingText(first, language)
      assert.doesNotMatch(what + fix, /[{}]|undefined/)
    }
    assert.equal(isFault(first), broken.isFault ?? true)
    assert.equal(first.repair !== null, broken.mendedBy === 'repair')
    if (first.repair) assert.deepEqual(left(hands.model(), made, broken), [])
  })
}

/** What is still wrong after doing what is proposed: where two ports are closed there are two proposals. */
function left(start: Model, made: Made, broken: Broken): readonly Finding[] {
  let model = start
  for (let done = 0; ; done++) {
    const list = asked(model, made, broken)
    const repair = list[0]?.repair
    if (!repair || done > 2) return list
    const after = repaired(model, repair)
    assert.ok(after, `the repair of ${list[0]?.code} is refused`)
    model = { ...after, revision: after.revision + 1 }
  }
}
