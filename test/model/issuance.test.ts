import assert from 'node:assert/strict'
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { issuanceObstacle, listsInTheWay } from '../../src/diagnose/cause/issuance.ts'
import { renewalOf } from '../../src/model/issuance.ts'
import { factsOf, isVouchedFor, thumbprintOf } from '../../src/model/pem.ts'
import { toldOf } from '../../src/model/secrets.ts'
import { newKey } from '../../src/pki/key.ts'
import { certificateFor, newKey as anyKey } from '../certificate-maker.ts'
import { scene, type Scene } from './scene.ts'

const wish = { names: ['Shop.example', 'www.shop.example'] }
const get = (s: Scene, id: string) => s.get('certificate', id)
const runs = () => ({ phase: 'active', reason: '' })

test('one that is to be issued has a placeholder at once, for its names, that nobody vouches for', () => {
  const s = scene()
  const certificate = get(s, s.create('certificate', { acme: wish }))
  assert.deepEqual(factsOf(certificate.now.chain).names, ['shop.example', 'www.shop.example'])
  assert.equal(isVouchedFor(certificate.now.chain), false)
  assert.equal(renewalOf(certificate), 0)
  assert.equal(certificate.now.acme?.directory, 'https://acme-v02.api.letsencrypt.org/directory')
  assert.deepEqual(Object.keys(toldOf(certificate)).sort(), ['acme', 'chain'])
})

test('all have one account, unless another is given', () => {
  const s = scene()
  const uploaded = s.create('certificate', certificateFor())
  assert.equal(get(s, uploaded).now.accountKey, null)
  const [a, b] = [s.create('certificate', { acme: wish }), s.create('certificate', { acme: wish })]
  assert.equal(get(s, a).now.accountKey, get(s, b).now.accountKey)
  s.patch('certificate', uploaded, { acme: wish })
  assert.equal(get(s, uploaded).now.accountKey, get(s, a).now.accountKey)
  const accountKey = newKey()
  const c = s.create('certificate', { acme: wish, accountKey })
  assert.equal(get(s, c).now.accountKey, accountKey)
})

test('the listeners of one balancer prove one account', () => {
  const s = scene()
  const [a, b] = [
    s.create('certificate', { acme: wish }),
    s.create('certificate', { acme: wish, accountKey: newKey() }),
  ]
  const listener = (port: number, ...certificates: string[]) => ({ protocol: 'https', port, certificates })
  const create = (body: object) => ({ do: 'create', kind: 'load-balancer', body }) as const
  const listeners = [listener(443, a), listener(444, b)]
  assert.deepEqual(s.refusal(create({ eips: [{}], listeners })), ['account-keys-differ listeners[1].certificates[0]'])
  const plain = s.create('certificate', certificateFor())
  s.create('load-balancer', { eips: [{}], listeners: [listener(443, a, plain)] })
  const patch = { do: 'patch', kind: 'certificate', id: plain, body: { acme: wish, accountKey: newKey() } } as const
  assert.equal(s.refusal(patch).length, 1)
  assert.match(s.refusal(patch)[0] ?? '', /^account-keys-differ/)
})

test('what cannot be issued is refused', () => {
  const s = scene()
  const refusal = (body: object) => s.refusal({ do: 'create', kind: 'certificate', body })
  const names = (...list: string[]) => refusal({ acme: { names: list } })
  for (const name of [
    '*.shop.example',
    'shop',
    '192.0.2.7',
    'shop..example',
    '-a.example',
    "a'.example",
    'a b.example',
  ])
    assert.deepEqual(names(name), ['form-name acme.names[0]'], name)
  assert.deepEqual(names(), ['too-few acme.names'])
  assert.deepEqual(names('a.example', 'A.example'), ['duplicate acme.names[1]'])
  assert.deepEqual(refusal({ acme: { ...wish, directory: 'http://ca.example/dir' } }), ['form-https acme.directory'])
  assert.deepEqual(refusal({ acme: { ...wish, directory: 'https://a@ca.example/' } }), ['form-https acme.directory'])
  assert.deepEqual(refusal({ acme: { ...wish, directoryCa: 'x' } }), ['no-certificate-pem acme.directoryCa'])
  assert.deepEqual(refusal({ acme: { ...wish, email: 'nobody' } }), ['form-email acme.email'])
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  assert.deepEqual(refusal({ acme: wish, accountKey: rsa }), ['account-key-kind accountKey'])
  assert.deepEqual(refusal({ acme: wish, accountKey: 'x' }), ['no-key-pem accountKey'])
  assert.deepEqual(refusal({}), ['missing chain', 'missing key'])
})

test('it is renewed when two thirds of its time are over, and at once where it is not for the names that are wanted', () => {
  const s = scene()
  const issuer = { name: 'CA', key: anyKey() }
  const issued = (names: string[]) =>
    certificateFor({ names, issuer, notBefore: '2025-12-31T00:00:00Z', notAfter: '2026-03-31T00:00:00Z' })
  const id = s.create('certificate', { acme: wish })
  s.patch('certificate', id, issued(['www.shop.example', 'shop.example']))
  assert.equal(new Date(renewalOf(get(s, id))).toISOString(), '2026-03-01T00:00:00.000Z')
  s.patch('certificate', id, { acme: { names: ['shop.example'] } })
  assert.equal(new Date(renewalOf(get(s, id))).toISOString(), '2026-03-01T00:00:00.000Z')
  s.patch('certificate', id, { acme: { names: ['shop.example', 'new.example'] } })
  assert.equal(renewalOf(get(s, id)), 0)
})

test('a thumbprint is that of RFC 7638', () => {
  const key = newKey()
  const { x, y } = createPublicKey(key).export({ format: 'jwk' })
  const text = `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`
  assert.equal(thumbprintOf(key), createHash('sha256').update(text).digest('base64url'))
})

test('what keeps it from being issued is named, one thing after the other', () => {
  const s = scene()
  const id = s.create('certificate', { acme: wish })
  const obstacle = (phase = 'active') =>
    issuanceObstacle(s.model(), get(s, id), () => ({ phase, reason: 'no agent' }))?.code ?? null
  assert.equal(obstacle(), 'acme-unused')
  const group = s.create('security-group', {})
  const https = { protocol: 'https', port: 443, certificates: [id] }
  const balancer = s.create('load-balancer', { eips: [{}], securityGroup: group, listeners: [https], power: 'off' })
  assert.equal(obstacle(), 'acme-off')
  s.patch('load-balancer', balancer, { power: 'on' })
  assert.equal(obstacle(), 'acme-no-http')
  const listen = (...listeners: object[]) => {
    s.patch('load-balancer', balancer, { listeners })
    assert.notEqual(obstacle(), null, 'a draft is not published')
    s.run({ do: 'apply', kind: 'load-balancer', id: balancer })
  }
  listen(https, { port: 80, enabled: false })
  assert.equal(obstacle(), 'acme-no-http')
  listen(https, { port: 80, options: ['redirect-to-https'] })
  assert.equal(obstacle(), 'acme-closed')
  const rule = { direction: 'ingress', action: 'accept', protocol: 'tcp', ports: '80' }
  s.patch('security-group', group, { rules: [rule] })
  s.run({ do: 'apply', kind: 'security-group', id: group })
  assert.equal(obstacle('pending'), 'acme-not-there')
  const listed = (lists: object) => {
    s.patch('load-balancer', balancer, { listeners: [https, { port: 80, options: ['redirect-to-https'], ...lists }] })
    s.run({ do: 'apply', kind: 'load-balancer', id: balancer })
    return [obstacle(), listsInTheWay(s.model(), get(s, id)) !== null]
  }
  assert.deepEqual(listed({ deny: ['0.0.0.0/0'] }), ['acme-listed', true])
  // Some directory may ask from there.
  assert.deepEqual(listed({ allow: ['198.51.100.0/24'] }), [null, true])
  assert.deepEqual(listed({}), [null, false])
  assert.equal(issuanceObstacle(s.model(), get(s, id), runs), null)
  const { eips } = s.get('load-balancer', balancer).now
  s.patch('load-balancer', s.create('load-balancer', { eips: [{}] }), { eips: [] })
  s.patch('load-balancer', balancer, { eips: [] })
  assert.equal(eips.length, 1)
  assert.equal(obstacle(), 'acme-no-eip')
  s.patch('certificate', id, { acme: { directoryCa: certificateFor().chain } })
  assert.equal(obstacle(), null)
})
