import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { parseAssignments } from '../../src/cli/assignment.ts'
import { attributesOf } from '../../src/cli/attributes.ts'
import { childListsOf } from '../../src/model/child-lists.ts'

const read = (kind: Parameters<typeof attributesOf>[0], ...texts: string[]) =>
  parseAssignments(texts, attributesOf(kind), kind)
const listener = () => childListsOf('load-balancer')[0]?.member.shape ?? {}
const route = () => childListsOf('route-table')[0]?.member.shape ?? {}

suite('assignments', () => {
  const good: readonly [string, unknown, unknown][] = [
    ['text stays text, also where it looks like something else', read('vpc', 'name=80').body, { name: '80' }],
    ['text may hold = and be empty', read('vpc', 'description=a=b', 'name=').body, { description: 'a=b', name: '' }],
    [
      'text that begins like a structure',
      parseAssignments(['pattern=[a-z]+\\.png$'], childListsOf('forward-policy')[0]?.member.shape ?? {}, 'rules').body,
      { pattern: '[a-z]+\\.png$' },
    ],
    ['a public IP to buy', read('vpc', 'eip={bandwidthMbps: 5}').body, { eip: { bandwidthMbps: 5 } }],
    ['numbers', read('eip', 'bandwidth-mbps=20').body, { bandwidthMbps: 20 }],
    ['a number of a few', read('load-balancer', 'maxConnections=20000').body, { maxConnections: 20000 }],
    ['none', read('vpc', 'eip=null').body, { eip: null }],
    ['none, in short', read('vpc', 'eip=').body, { eip: null }],
    ['lists', read('nat-gateway', 'eips=a, b').body, { eips: ['a', 'b'] }],
    ['an empty list', read('nat-gateway', 'eips=').body, { eips: [] }],
    ['lists as JSON', read('nat-gateway', 'eips=["a"]').body, { eips: ['a'] }],
    ['children as YAML', read('load-balancer', 'listeners=[{port: 80}]').body, { listeners: [{ port: 80 }] }],
    [
      'a port or a set',
      parseAssignments(['ports=80-90'], childListsOf('security-group')[0]?.member.shape ?? {}, 'rules').body,
      { ports: '80-90' },
    ],
    [
      'parts',
      parseAssignments(['check.protocol=http', 'check.interval-s=3'], listener(), 'listeners').body,
      { check: { protocol: 'http', intervalS: 3 } },
    ],
    [
      'switches',
      parseAssignments(['enabled=off', 'forwarded-for=yes'], listener(), 'listeners').body,
      { enabled: false, forwardedFor: true },
    ],
    [
      'what has a type',
      parseAssignments(['next-hop=nat-gateway:out'], route(), 'routes').body,
      { nextHop: { type: 'nat-gateway', id: 'out' } },
    ],
    ['a type alone', read('server', 'attach=namespace').body, { attach: { type: 'namespace' } }],
    [
      'a type whose value can be left out',
      parseAssignments(['stickiness=insert'], listener(), 'listeners').body,
      { stickiness: { type: 'insert' } },
    ],
    [
      'a type whose value is a number',
      parseAssignments(['stickiness=source:60'], listener(), 'listeners').body,
      { stickiness: { type: 'source', lifetimeS: 60 } },
    ],
    [
      'some of several words',
      parseAssignments(['options=compress,any-url'], listener(), 'listeners').body,
      { options: ['compress', 'any-url'] },
    ],
    [
      'what a file says, where it may be long',
      parseAssignments(['chain=@a.pem', 'name=@a'], attributesOf('certificate'), 'certificate', path => `<${path}>`)
        .body,
      { chain: '<a.pem>', name: '@a' },
    ],
    [
      'a type whose value holds a colon',
      read('server', 'attach=netns:/a:b').body,
      { attach: { type: 'netns', path: '/a:b' } },
    ],
  ]
  for (const [name, actual, expected] of good) test(name, () => assert.deepEqual(actual, expected))

  const bad: readonly [string, ReturnType<typeof read>, string][] = [
    ['a word without =', read('vpc', 'name'), 'not-an-assignment'],
    ['a number that is none', read('eip', 'bandwidthMbps=fast'), 'not-a-number'],
    ['an attribute that is none', read('vpc', 'colour=red'), 'unknown-attribute'],
    ['the names of objects are no attributes', read('vpc', 'constructor=1'), 'unknown-attribute'],
    ['a part of what has no parts', read('vpc', 'name.first=1'), 'unknown-attribute'],
    ['children without brackets', read('load-balancer', 'listeners=80'), 'not-a-structure'],
    ['brackets that do not close', read('load-balancer', 'listeners=[{port: 80'), 'not-a-structure'],
    ['a type that is none', parseAssignments(['next-hop=moon'], route(), 'routes'), 'not-tagged'],
    ['a type without its value', parseAssignments(['next-hop=router'], route(), 'routes'), 'not-tagged'],
    [
      'a file that cannot be read',
      parseAssignments(['key=@a.pem'], attributesOf('certificate'), 'certificate', () => assert.fail('gone')),
      'no-such-file',
    ],
    [
      'the name of a file that is there, where its text is meant',
      parseAssignments(['chain=./a.pem'], attributesOf('certificate'), 'certificate', path => `<${path}>`),
      'meant-a-file',
    ],
    ['a switch that is none', parseAssignments(['enabled=maybe'], listener(), 'listeners'), 'not-a-boolean'],
  ]
  for (const [name, { complaints }, say] of bad)
    test(name, () =>
      assert.deepEqual(
        complaints.map(each => each.say),
        [say],
      ),
    )

  test('any text is read or complained about, never thrown', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string().map(each => `listeners=[${each}`),
            fc.string().map(each => `check.${each}`),
          ),
        ),
        texts => {
          const { body, complaints } = parseAssignments(texts, { ...attributesOf('load-balancer'), ...listener() }, 'x')
          assert.ok(Object.keys(body).length + complaints.length <= texts.length)
        },
      ),
    ))
})
