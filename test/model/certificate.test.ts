import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { kindNames, kinds } from '../../src/model/kinds.ts'
import { bundleOf, factsOf, validityProblems } from '../../src/model/pem.ts'
import type { Problem } from '../../src/model/problem.ts'
import { isSecret, toldOf } from '../../src/model/secrets.ts'
import { certificateFor, newKey } from '../certificate-maker.ts'
import { scene } from './scene.ts'

const upload = (body: object) => ({ do: 'create', kind: 'certificate', body }) as const
const codes = (problems: readonly Problem[]) => problems.map(({ code }) => code)
const good = certificateFor({ names: ['shop.example', '*.shop.example'] })

describe('a certificate', () => {
  test('says its names and its time', () => {
    const { names, issuer, notBefore, notAfter } = factsOf(good.chain)
    assert.deepEqual(names, ['shop.example', '*.shop.example'])
    assert.equal(issuer, 'CN=shop.example')
    assert.deepEqual([notBefore, notAfter], ['2020-01-01T00:00:00Z', '2049-12-31T00:00:00Z'])
  })

  test('may come with those that vouch for it, and words between them; its bundle holds nothing else', () => {
    const root = { name: 'Root', key: newKey() }
    const vouched = certificateFor({ issuer: root })
    const above = certificateFor({ names: ['Root'], key: root.key })
    const chain = `subject=shop\n${vouched.chain}\n\n  issuer=Root\n${above.chain}\n`
    const s = scene()
    const id = s.create('certificate', { chain, key: `\n${vouched.key}` })
    const lines = bundleOf(s.get('certificate', id).now).split('\n')
    assert.deepEqual(
      lines.filter(line => line.startsWith('-----BEGIN')),
      ['-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----', '-----BEGIN PRIVATE KEY-----'],
    )
    assert.deepEqual(
      lines.slice(0, -1).filter(line => !/^(-----[A-Z ]+-----|[A-Za-z0-9+/=]+)$/.test(line)),
      [],
    )
  })

  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey
  const locked = newKey().export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
  const broken = good.chain.replace(/\n.{8}/, '\nAAAAAAAA')
  const cases: Readonly<Record<string, readonly [object, ...string[]]>> = {
    'no PEM at all': [{ chain: 'hello', key: 'world' }, 'no-certificate-pem chain', 'no-key-pem key'],
    'its key among the certificates': [{ ...good, chain: good.chain + good.key }, 'key-in-chain chain'],
    'one that cannot be read': [{ ...good, chain: broken }, 'certificate-unreadable chain'],
    'one that cannot be read, second': [{ ...good, chain: good.chain + broken }, 'certificate-unreadable chain'],
    'an encrypted key': [{ ...good, key: locked }, 'key-encrypted key'],
    'a key that cannot be read': [{ ...good, key: good.key.replace(/\n.{8}/, '\nAAAAAAAA') }, 'key-unreadable key'],
    'the key of another': [{ ...good, key: certificateFor().key }, 'key-mismatched key'],
    'a short RSA key': [certificateFor({ key: rsa(1024) }), 'key-weak key'],
    'one that expired': [certificateFor({ notAfter: '2025-12-31T23:59:59Z' }), 'certificate-expired chain'],
    'one of the future': [certificateFor({ notBefore: '2026-01-01T00:00:01Z' }), 'certificate-not-yet-valid chain'],
    'no key': [{ chain: good.chain }, 'missing key'],
  }
  for (const [name, [body, ...refusals]] of Object.entries(cases)) {
    test(`is refused: ${name}`, () => assert.deepEqual(scene().refusal(upload(body)), refusals))
  }

  test('is taken in the very second that it begins in, and that it ends in', () => {
    const second = certificateFor({ notBefore: '2026-11-28T21:00:00Z', notAfter: '2026-11-28T21:00:00Z' })
    assert.deepEqual(validityProblems(second.chain, '2026-11-28T21:00:00.000Z'), [])
    assert.deepEqual(codes(validityProblems(second.chain, '2026-11-28T20:59:59.999Z')), ['certificate-not-yet-valid'])
    assert.deepEqual(codes(validityProblems(second.chain, '2026-11-28T21:00:01.000Z')), ['certificate-expired'])
  })

  test('that lacks its issuer, or is out of order, is taken with a warning', () => {
    const [root, middle] = [
      { name: 'Root', key: newKey() },
      { name: 'Middle', key: newKey() },
    ]
    const leaf = certificateFor({ issuer: middle })
    const above = certificateFor({ names: ['Middle'], key: middle.key, issuer: root }).chain
    const top = certificateFor({ names: ['Root'], key: root.key }).chain
    const warned = (...chain: string[]) => {
      const { warnings } = scene().run(upload({ chain: chain.join(''), key: leaf.key }))
      return warnings.map(({ code, at, values }) => `${code} ${at} ${Object.values(values ?? {}).join()}`)
    }
    assert.deepEqual(warned(leaf.chain), ['chain-incomplete chain CN=Middle'])
    assert.deepEqual(warned(leaf.chain, top), ['chain-incomplete chain CN=Middle'])
    assert.deepEqual(warned(leaf.chain, above), [])
    assert.deepEqual(warned(leaf.chain, above, top), [])
    assert.deepEqual(warned(leaf.chain, top, above), ['chain-disordered chain 2'])
    assert.deepEqual(warned(leaf.chain, above, good.chain), ['chain-disordered chain 3'])
  })

  test('is warned of again only where another is uploaded', () => {
    const s = scene()
    const lone = certificateFor({ issuer: { name: 'Middle', key: newKey() } })
    const id = s.create('certificate', lone)
    const patch = (body: object) => s.run({ do: 'patch', kind: 'certificate', id, body }).warnings.map(w => w.code)
    assert.deepEqual(patch({ name: 'other' }), [])
    assert.deepEqual(patch(certificateFor({ issuer: { name: 'Middle', key: newKey() } })), ['chain-incomplete'])
    assert.deepEqual(patch(good), [])
  })

  test('with an RSA key of 2048 bits is taken', () => {
    assert.deepEqual(scene().refusal(upload(certificateFor({ key: rsa(2048) }))), [])
  })

  test('is renewed by a patch of both parts, at once', () => {
    const s = scene()
    const id = s.create('certificate', good)
    const next = certificateFor({ names: ['shop.example'] })
    const patch = (body: object) => ({ do: 'patch', kind: 'certificate', id, body }) as const
    assert.deepEqual(s.refusal(patch({ chain: next.chain })), ['key-mismatched key'])
    s.run(patch(next))
    assert.equal(s.get('certificate', id).now.chain, next.chain)
    assert.deepEqual(s.refusal(patch({ name: 'other name' })), [])
  })

  test('cannot go while a listener uses it, in its draft or running', () => {
    const s = scene()
    const id = s.create('certificate', good)
    const listeners = [{ protocol: 'https', port: 443, certificates: [id] }]
    const balancer = s.create('load-balancer', { eips: [{}], listeners })
    const deletion = { do: 'delete', kind: 'certificate', id } as const
    assert.deepEqual(s.refusal(deletion), ['in-use'])
    s.patch('load-balancer', balancer, { listeners: [] })
    assert.deepEqual(s.refusal(deletion), ['in-use'])
    s.run({ do: 'apply', kind: 'load-balancer', id: balancer })
    assert.deepEqual(s.refusal(deletion), [])
  })
})

describe('secrets', () => {
  test('are left out of what is told', () => {
    const s = scene()
    const id = s.create('certificate', good)
    assert.deepEqual(toldOf(s.get('certificate', id)), { chain: good.chain, acme: null })
    assert.deepEqual([isSecret('certificate', 'key'), isSecret('certificate', 'chain')], [true, false])
  })

  test('are not staged, as versions are shown and compared', () => {
    const staged = kindNames.flatMap(kind =>
      Object.keys(kinds[kind].spec.shape).filter(attribute => isSecret(kind, attribute)),
    )
    assert.deepEqual(staged, [])
  })
})
