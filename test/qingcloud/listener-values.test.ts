import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { loadBalancer } from '../../src/model/load-balancer.ts'
import { childOf } from '../../src/model/edit/body.ts'
import type { Listener } from '../../src/model/model.ts'
import { Failure } from '../../src/qingcloud/failure.ts'
import {
  checkOf,
  checkText,
  headersOf,
  headerSum,
  optionsOf,
  optionSum,
  stickinessOf,
  stickinessText,
  timesOf,
  timesText,
} from '../../src/qingcloud/listener-values.ts'

const listenerSchema = childOf(loadBalancer.spec.shape.listeners)!.shape
const listenerWith = (attributes: object) =>
  listenerSchema.parse({ id: 'lbl-00000000', name: '', port: 80, backends: [], ...attributes }) as unknown as Listener

const anyCookie = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/)
const anySeconds = fc.integer({ min: 0, max: 31_536_000 })
const anyStickiness = fc.oneof(
  fc.constant({ type: 'none' }),
  fc.record({ type: fc.constant('source'), lifetimeS: fc.integer({ min: 10, max: 86_400 }) }),
  fc.record({ type: fc.constantFrom('insert', 'backend'), cookie: anyCookie, lifetimeS: anySeconds }),
  fc.record({ type: fc.constantFrom('rewrite', 'prefix'), cookie: anyCookie }),
)
const anyCheck = fc.oneof(
  fc.record({ protocol: fc.constantFrom('tcp', 'udp', 'icmp', 'none') }),
  fc.record({
    protocol: fc.constantFrom('http', 'https'),
    path: fc.stringMatching(/^\/[!-~]{0,12}$/),
    host: fc.stringMatching(/^[A-Za-z0-9.:_-]{0,12}$/),
  }),
)
const anyTimes = fc.record({
  intervalS: fc.integer({ min: 2, max: 60 }),
  timeoutS: fc.integer({ min: 1, max: 300 }),
  fall: fc.integer({ min: 2, max: 10 }),
  rise: fc.integer({ min: 2, max: 10 }),
})
const wordsOf = (name: 'headers' | 'options') =>
  fc.subarray(
    name === 'headers'
      ? ['x-forwarded-proto', 'x-forwarded-port', 'qc-lbid', 'qc-lbip']
      : [
          'any-url',
          'transparent',
          'compress',
          'no-insecure-ciphers',
          'compatible-ciphers',
          'redirect-to-https',
          'refuse-when-down',
          'drop-proxy-header',
          'strong-ciphers',
        ],
  )

const anyListener = fc
  .record({
    stickiness: anyStickiness,
    check: fc.tuple(anyCheck, anyTimes).map(([check, times]) => ({ ...check, ...times })),
    forwardedFor: fc.boolean(),
    headers: wordsOf('headers'),
    options: wordsOf('options'),
  })
  .map(listenerWith)

test('whatever a listener is, what clients read of it and write back leaves it as it is', () => {
  fc.assert(
    fc.property(anyListener, listener => {
      const { stickiness, check, forwardedFor, headers, options } = listener
      const again = listenerWith({
        stickiness: stickinessOf(stickinessText(stickiness), ''),
        check: { ...check, ...checkOf(checkText(check), ''), ...timesOf(timesText(check), '') },
        ...headersOf(headerSum(listener), ''),
        options: optionsOf(optionSum(options), ''),
      })
      assert.deepEqual(
        [again.stickiness, again.check, again.forwardedFor, again.headers, again.options],
        [stickiness, check, forwardedFor, headers, options],
      )
    }),
  )
})

test('whatever clients write means something, or is refused', () => {
  const word = fc.constantFrom(
    '',
    'insert',
    'prefix',
    'rewrite',
    'backend',
    'source',
    'none',
    'tcp',
    'http',
    '60',
    '/a',
    'h',
  )
  const anyText = fc.oneof(
    fc.array(word, { maxLength: 4 }).map(words => words.join('|')),
    fc.string(),
  )
  fc.assert(
    fc.property(anyText, fc.integer(), (text, sum) => {
      const readings: readonly (() => unknown)[] = [
        () => stickinessOf(text, 'x'),
        () => checkOf(text, 'x'),
        () => timesOf(text, 'x'),
        () => headersOf(sum, 'x'),
        () => optionsOf(sum, 'x'),
      ]
      for (const read of readings) {
        try {
          assert.equal(typeof read(), 'object')
        } catch (error) {
          assert.ok(error instanceof Failure && error.code === 1100, String(error))
        }
      }
    }),
  )
})
