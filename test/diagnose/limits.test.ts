import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnoseBackend } from '../../src/diagnose/cause/backend.ts'
import { serving } from '../../src/diagnose/cause/eip.ts'
import { findingText } from '../../src/diagnose/cause/finding.ts'
import { repaired } from '../../src/diagnose/cause/repair.ts'
import { get } from '../../src/model/model.ts'
import { perform, scriptA } from '../../src/demo/steps.ts'
import type { Site } from '../../src/demo/script.ts'
import { certificateFor, newKey } from '../certificate-maker.ts'
import { modelHands } from '../demo/model-hands.ts'

async function topologyA() {
  const hands = modelHands()
  const site: Site = { topology: 'a', skip: new Set(), backends: [] }
  await perform(site, hands, async (_, take) => void (await take?.()))
  assert.equal(scriptA.length > 0, true)
  return { hands, balancer: site.balancer ?? '', backend: site.backends[0] ?? '', gateway: site.natGateway ?? '' }
}

test('a gateway that carries all the connections that it may is named, and made larger', async () => {
  const { hands, balancer, backend, gateway } = await topologyA()
  const model = hands.model()
  const silent = { state: 'unavailable', reason: 'timeout after 1 s', seenAs: [] } as const
  const asked = (connections: number, reason: string = silent.reason) =>
    diagnoseBackend(model, balancer, backend, {
      backendStatus: { ...silent, reason },
      measured: id => (id === gateway ? { connections } : undefined),
    })
  assert.deepEqual(
    asked(10).map(({ code }) => code),
    ['timeout'],
  )
  assert.deepEqual(
    asked(10_000, 'connection refused').map(({ code }) => code),
    ['refused', 'connections-full'],
  )
  const [first] = asked(9990)
  assert.deepEqual([first?.code, first?.resource, first?.certainty], ['connections-full', gateway, 'seen'])
  assert.ok(first?.repair)
  const after = repaired(model, first.repair)
  assert.equal(after && get(after, 'nat-gateway', gateway).now.size, 'medium')
})

test('a certificate that lacks its issuer is named, and not one of a CA that only its own clients know', async () => {
  const { hands, balancer } = await topologyA()
  const ca = { name: 'Middle', key: newKey() }
  const above = certificateFor({ names: ['Middle'], key: ca.key }).chain
  const issuerAt = 'http://ca.example/middle.crt'
  const ofPublicCa = certificateFor({ issuer: ca, issuerAt })
  const certificate = await hands.run({ do: 'create', kind: 'certificate', body: ofPublicCa })
  const listener = get(hands.model(), 'load-balancer', balancer).live.listeners[0]!
  const body = { protocol: 'https', certificates: [certificate] }
  await hands.run({ do: 'patch-child', kind: 'load-balancer', id: balancer, path: ['listeners', listener.id], body })
  await hands.run({ do: 'apply', kind: 'load-balancer', id: balancer })
  const served = { backendStatus: { state: 'active', reason: '', seenAs: [] } } as const
  const atDoor = () => {
    const lb = get(hands.model(), 'load-balancer', balancer)
    return serving(hands.model(), lb, { protocol: 'tcp', port: listener.port }, () => served)
  }
  const upload = (pair: object) => hands.run({ do: 'patch', kind: 'certificate', id: certificate, body: pair })
  assert.deepEqual(
    atDoor().map(({ code, resource }) => [code, resource]),
    [['certificate-without-issuer', certificate]],
  )
  assert.match(findingText(atDoor()[0]!, 'zh').fix, /^从 http:\/\/ca\.example\/middle\.crt 获取/)
  await upload({ ...ofPublicCa, chain: ofPublicCa.chain + above })
  assert.deepEqual(atDoor(), [])
  await upload(certificateFor({ issuer: ca }))
  assert.deepEqual(atDoor(), [])
})

test('a certificate whose time is over is named, from the moment that it is', async () => {
  const { hands, balancer, backend } = await topologyA()
  const issuer = { name: 'Authority', key: newKey() }
  const made = certificateFor({ names: ['shop.example'], notAfter: '2027-01-01T00:00:00Z', issuer })
  const certificate = await hands.run({ do: 'create', kind: 'certificate', body: made })
  const listener = get(hands.model(), 'load-balancer', balancer).live.listeners[0]!
  const body = { protocol: 'https', certificates: [certificate] }
  await hands.run({ do: 'patch-child', kind: 'load-balancer', id: balancer, path: ['listeners', listener.id], body })
  await hands.run({ do: 'apply', kind: 'load-balancer', id: balancer })
  const at = (now: string) => diagnoseBackend(hands.model(), balancer, backend, { now }).map(({ code }) => code)
  assert.deepEqual(at('2026-12-31T23:59:59Z'), [])
  assert.deepEqual(at('2027-01-01T00:00:01Z'), ['certificate-expired'])
  const lb = get(hands.model(), 'load-balancer', balancer)
  const door = { protocol: 'tcp', port: listener.port } as const
  const late = serving(hands.model(), lb, door, () => ({ now: '2027-01-01T00:00:01Z' }))
  assert.deepEqual(
    late.map(({ code, resource }) => [code, resource]),
    [['certificate-expired', certificate]],
  )
  // Nobody uploads what a directory issues.
  const acme = { names: ['shop.example'] }
  await hands.run({ do: 'patch', kind: 'certificate', id: certificate, body: { acme } })
  assert.deepEqual(at('2027-01-01T00:00:01Z'), ['certificate-not-renewed'])
  // What nobody vouches for stands in until the first is issued, however long that takes.
  const placeholder = certificateFor({ names: ['shop.example'], notAfter: '2027-01-01T00:00:00Z' })
  await hands.run({ do: 'patch', kind: 'certificate', id: certificate, body: placeholder })
  for (const now of ['2026-12-31T23:59:59Z', '2027-01-01T00:00:01Z'])
    assert.deepEqual(at(now), ['certificate-not-issued'])
})
