import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnoseBackend } from '../../src/diagnose/cause/backend.ts'
import { findingText } from '../../src/diagnose/cause/finding.ts'
import { modelHands } from '../demo/model-hands.ts'
import { addTo, apply, build, make, publish, setBackend, setIn, type Broken, type Edit, type Spot } from './broken.ts'
import { otherBalancer } from './broken-elsewhere.ts'

const at: Spot = { address: '198.51.100.10', port: 8080, spare: '203.0.113.200' }

async function said(edits: readonly Edit[]) {
  const hands = modelHands()
  const broken: Broken = {
    name: '',
    on: 'a',
    edits: () => edits,
    says: 'leads-back',
    of: 'balancer',
    sure: 'proved',
    mendedBy: 'others',
  }
  const made = await build(broken, at, hands)
  return diagnoseBackend(hands.model(), made['balancer']!, made['backend-0']!)
}

const toOther = setBackend({ address: '10.1.0.77', port: 80 })
const codes = async (edits: readonly Edit[]) => (await said(edits)).map(({ code }) => code)

test('a circle over three balancers is named with all that are on it', async () => {
  const third = make('load-balancer', 'third', {
    name: 'third',
    subnet: '{subnet}',
    address: '10.1.0.78',
    securityGroup: '{group}',
    listeners: [{ port: 80, backends: [{ address: '10.1.0.77', port: 80 }] }],
  })
  const [first] = await said([...otherBalancer(at.spare), third, ...setBackend({ address: '10.1.0.78', port: 80 })])
  assert.ok(first)
  assert.match(findingText(first, 'en').what, /10\.1\.0\.78 is third \(lb-\w+\) → lb-\w+, whose backend is .* again$/)
  assert.match(findingText(first, 'zh').what, /又绕回它自身：10\.1\.0\.78 是 third/)
})

test('balancers that back each other up, and what does not come back, are no circle', async () => {
  assert.deepEqual(await codes([...otherBalancer(at.spare, { backup: true }), ...toOther]), [])
  assert.deepEqual(await codes([...otherBalancer(at.spare, { enabled: false }), ...toOther]), ['no-backend'])
  assert.deepEqual(await codes([...otherBalancer(at.spare, { weight: 0 }), ...toOther]), [])
  // At another port there is another listener, which leads elsewhere.
  const elsewhere = addTo('load-balancer', 'balancer', 'listeners', {
    port: 81,
    backends: [{ address: at.address, port: at.port }],
  })
  assert.deepEqual(await codes([...otherBalancer(at.spare, { port: 81 }), elsewhere, ...toOther]), [])
})

test('what two policies pick out of each other goes on to where it should', async () => {
  const policies = (there: object): readonly Edit[] => [
    make('forward-policy', 'here', { rules: [{ type: 'url', pattern: '/a' }] }),
    make('forward-policy', 'there', { rules: [{ type: 'url', pattern: '/b' }] }),
    ...otherBalancer(at.spare, there),
    ...toOther,
    setIn('load-balancer', 'balancer', ['listeners', '{listener}', 'backends', '{backend-0}'], { policy: '{here}' }),
    ...publish('load-balancer', 'balancer'),
    apply('forward-policy', 'here'),
  ]
  assert.deepEqual(await codes(policies({ policy: '{there}' })), [])
  assert.deepEqual(await codes(policies({})), ['leads-back'])
})
