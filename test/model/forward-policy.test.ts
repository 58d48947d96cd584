import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isApplied } from '../../src/model/model.ts'
import { scene } from './scene.ts'

type Body = Readonly<Record<string, unknown>>

describe('a forwarding policy', () => {
  const make = (...rules: readonly Body[]) => ({ do: 'create', kind: 'forward-policy', body: { rules } }) as const

  const accepted: Readonly<Record<string, Body>> = {
    'a domain': { pattern: 'shop.example' },
    'several domains': { pattern: '^shop\\.example$  ^www\\.shop\\.example$' },
    'a path, whatever the case': { type: 'url', pattern: '(?i)^/api/' },
    'a sign that needs no backslash': { type: 'url', pattern: '/a\\-b' },
    sources: { type: 'source', pattern: '198.51.100.7 203.0.113.0/24' },
    'a header': { type: 'header', header: 'X-Beta', pattern: '^(yes|1)$' },
  }
  for (const [name, rule] of Object.entries(accepted)) {
    test(`may look at ${name}`, () => assert.deepEqual(scene().refusal(make(rule)), []))
  }

  const refused: Readonly<Record<string, readonly [Body, string]>> = {
    'an open bracket': [{ pattern: 'a(b' }, 'not-a-pattern rules[0].pattern'],
    'looking back, which has no end': [{ pattern: '(?<=a+)b' }, 'not-a-pattern rules[0].pattern'],
    'what was found before': [{ pattern: '(a|b)\\1' }, 'not-a-pattern rules[0].pattern'],
    'a verb of PCRE': [{ pattern: '(*UTF)a' }, 'not-a-pattern rules[0].pattern'],
    'a class that is none': [{ pattern: '[[:nothing:]]' }, 'not-a-pattern rules[0].pattern'],
    'a class of nothing': [{ pattern: 'a[]' }, 'not-a-pattern rules[0].pattern'],
    'a class of everything': [{ pattern: '[^]' }, 'not-a-pattern rules[0].pattern'],
    'a pattern that grows without end': [{ pattern: '((a{999}){999}){999}' }, 'not-a-pattern rules[0].pattern'],
    'nothing but spaces': [{ pattern: '  ' }, 'missing rules[0].pattern'],
    'a new line': [{ pattern: 'a\nb' }, 'control-characters rules[0].pattern'],
    'no source at all': [{ type: 'source', pattern: ' ' }, 'missing rules[0].pattern'],
    'a space that is none, as a source': [{ type: 'source', pattern: '\ufeff' }, 'not-a-source rules[0].pattern'],
    'a source that is none': [{ type: 'source', pattern: 'home' }, 'not-a-source rules[0].pattern'],
    'a header without a name': [{ type: 'header', pattern: 'a' }, 'header-name rules[0].header'],
    'a name without a header': [{ header: 'X-Beta', pattern: 'a' }, 'header-name rules[0].header'],
  }
  for (const [name, [rule, refusal]] of Object.entries(refused)) {
    test(`cannot look at ${name}`, () => assert.deepEqual(scene().refusal(make(rule)), [refusal]))
  }

  test('is applied on its own, whoever uses it', () => {
    const s = scene()
    const id = s.create('forward-policy', { rules: [{ pattern: 'shop.example' }] })
    const listeners = [{ port: 80, backends: [{ address: '198.18.0.7', port: 80, policy: id }] }]
    const balancer = s.create('load-balancer', { eips: [{}], listeners })
    s.add('forward-policy', id, ['rules'], { type: 'url', pattern: '^/api/' })
    assert.deepEqual(
      [isApplied(s.get('forward-policy', id)), isApplied(s.get('load-balancer', balancer))],
      [false, true],
    )
    s.run({ do: 'apply', kind: 'forward-policy', id })
    assert.equal(s.get('forward-policy', id).live.rules.length, 2)
    assert.deepEqual(s.refusal({ do: 'delete', kind: 'forward-policy', id }), ['in-use'])
  })

  test('holds 120 rules and 31 rewrites', () => {
    const rules = Array.from({ length: 121 }, () => ({ pattern: 'a' }))
    const rewrites = Array.from({ length: 32 }, () => ({ pattern: 'a' }))
    assert.deepEqual(scene().refusal(make(...rules)), ['quota rules'])
    assert.deepEqual(scene().refusal(make(...rules.slice(1))), [])
    assert.deepEqual(scene().refusal({ do: 'create', kind: 'forward-policy', body: { rewrites } }), ['quota rewrites'])
  })
})
