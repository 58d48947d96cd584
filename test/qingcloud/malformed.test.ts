import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { sections } from '../../src/qingcloud/actions.ts'
import { parseWire } from '../../src/qingcloud/parameters.ts'
import { request, type Parameters } from './clients.ts'
import { keys, startSite } from './site.ts'

const many = (count: number) => Array.from({ length: count }, (_, i) => `eip-${i}`)

/** What is wrong with a request, and what it is told. */
const refusals: readonly (readonly [
  about: string,
  action: string,
  parameters: Parameters,
  code: number,
  text: RegExp,
])[] = [
  ['no such action', 'FlyToTheMoon', {}, 1101, /^InvalidRequestMethod, action \[FlyToTheMoon\] does not exist$/],
  ['another case', 'describeEips', {}, 1101, /does not exist/],
  ['one that is a name of every object', 'constructor', {}, 1101, /does not exist/],
  ['an action that is not supported', 'CreateVpcBorders', {}, 1101, /is not supported: connect sites/],
  [
    'nothing that is required',
    'AssociateEip',
    {},
    1100,
    /^InvalidRequestFormat, parameter \[eip\] is required; parameter \[instance\] is required$/,
  ],
  [
    'an empty value of what is required',
    'AssociateEip',
    { eip: '', instance: 'i-00000000' },
    1100,
    /\[eip\] is required/,
  ],
  ['no number', 'AllocateEips', { bandwidth: 'fast' }, 1100, /\[bandwidth\]/],
  ['a number with a fraction', 'AllocateEips', { bandwidth: 1.5 }, 1100, /\[bandwidth\]/],
  ['an absurd number', 'AllocateEips', { bandwidth: '9'.repeat(15) }, 1100, /\[bandwidth\] must be at most 1000/],
  ['a number below all', 'AllocateEips', { bandwidth: -1 }, 1100, /\[bandwidth\] must be at least 1/],
  ['too many at once', 'AllocateEips', { bandwidth: 1, count: 101 }, 1100, /\[count\] must be at most 100/],
  [
    'a word that is none of those',
    'AllocateEips',
    { bandwidth: 1, billing_mode: 'never' },
    1100,
    /\[billing_mode\] must be one of/,
  ],
  ['a negative place', 'DescribeEips', { offset: -1 }, 1100, /\[offset\]/],
  ['an absurd list', 'DescribeEips', { eips: many(1001) }, 1100, /\[eips\] holds more than 1000/],
  ['more parameters than anybody needs', 'DescribeEips', { eips: many(5001) }, 1100, /more than 5000/],
  [
    'an id of nothing',
    'AssociateEip',
    { eip: 'eip-00000000', instance: 'i-00000000' },
    2100,
    /\[eip-00000000\] does not exist/,
  ],
  ['an id of something else', 'ModifyEipAttributes', { eip: 'local', eip_name: 'x' }, 2100, /^ResourceNotFound, /],
  [
    'a name that is too long',
    'CreateSecurityGroup',
    { security_group_name: 'x'.repeat(129) },
    1100,
    /\[security_group_name\] is longer than 128/,
  ],
  [
    'a text that is too long',
    'CreateSecurityGroup',
    { security_group_name: 'x'.repeat(1025) },
    1100,
    /\[security_group_name\]/,
  ],
  [
    'a member that is wrong',
    'AddSecurityGroupRules',
    { security_group: 'sg-00000000', rules: [{ protocol: 'tcp' }] },
    1100,
    /\[rules\.1\.priority\] is required/,
  ],
  [
    'a list where an object should be',
    'AddSecurityGroupRules',
    { security_group: 'sg-00000000', rules: ['tcp'] },
    1100,
    /\[rules\.1\.protocol\] is required/,
  ],
]

for (const [about, action, parameters, code, text] of refusals) {
  test(`refused, and told why: ${about}`, async t => {
    const site = await startSite(t)
    const { revision } = site.cloud.model()
    for (const client of ['python', 'go'] as const) {
      const { status, answer } = await site.send(request(client, keys.operator, action, parameters, { method: 'POST' }))
      assert.deepEqual([status, answer.ret_code], [200, code], answer.message ?? '')
      assert.match(answer.message ?? '', text)
      assert.deepEqual(Object.keys(answer), ['message', 'ret_code'])
    }
    assert.equal(site.cloud.model().revision, revision)
    assert.deepEqual(site.bugs, [])
  })
}

test('a region that is not there is refused, with those that are', async t => {
  const site = await startSite(t)
  const { answer } = await site.send(request('go', keys.operator, 'DescribeEips', {}, { zone: 'moon1' }))
  assert.deepEqual(answer, {
    message: 'ResourceNotFound, zone [moon1] does not exist; there are: local',
    ret_code: 2100,
  })
})

test('what is no form is refused', () => {
  assert.throws(() => parseWire('a=1&a=2'), /\[a\] is given twice/)
  assert.throws(() => parseWire('a=%zz'), /percent-encoded/)
  assert.throws(() => parseWire('a=%ff'), /percent-encoded/)
  assert.deepEqual(
    [...parseWire('a&b=&=c&&d=e=f+g')],
    [
      ['a', ''],
      ['b', ''],
      ['', 'c'],
      ['d', 'e=f g'],
    ],
  )
})

const names = Object.values(sections).flatMap(actions =>
  actions.flatMap(({ name, parameters }) => [{ name, takes: Object.keys(parameters.shape) }]),
)
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '0', '-1', '1', '80', '[1,2]', '["a"', '{}', 'null', '10.0.0.0/8', 'eip-00000000', '__proto__'),
)
const nonsense = fc.constantFrom(...names).chain(({ name, takes }) =>
  fc.record({
    action: fc.constant(name),
    parameters: fc.array(
      fc.tuple(
        fc.constantFrom(...takes, 'constructor', '__proto__', 'x'),
        fc.constantFrom('', '.1', '.1.val1', '.2.priority', '.999999999', '.0', '.n', '.1.1.1.1.1'),
        value,
      ),
      { maxLength: 8 },
    ),
  }),
)

test('whatever is asked for, the answer is one of the known ones and no bug', async t => {
  const site = await startSite(t)
  await fc.assert(
    fc.asyncProperty(nonsense, async ({ action, parameters }) => {
      const pairs = Object.fromEntries(parameters.map(([name, index, given]) => [`${name}${index}`, given]))
      const { status, answer } = await site.send(request('python', keys.operator, action, pairs, { method: 'POST' }))
      assert.equal(status, 200)
      assert.ok(answer.ret_code !== 5000 && Number.isInteger(answer.ret_code), JSON.stringify(answer))
      if (answer.ret_code !== 0) assert.match(answer.message ?? '', /^[A-Z]\w+, \S/)
    }),
    { numRuns: 600 },
  )
  assert.deepEqual(site.bugs, [])
})
