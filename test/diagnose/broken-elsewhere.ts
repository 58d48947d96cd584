import { certificateFor, newKey } from '../certificate-maker.ts'
import type { Facts } from '../../src/diagnose/cause/observed.ts'
import {
  eagerly,
  make,
  publish,
  set,
  setBackend,
  setIn,
  setListener,
  withRule,
  type Broken,
  type Edit,
} from './broken.ts'

/** A second balancer of the same network, which sends to the first: by way of the internet. */
const otherAddress = '10.1.0.77'
export const otherBalancer = (spare: string, backend: object = {}): readonly Edit[] => [
  ...withRule({ protocol: 'tcp', ports: '80' }),
  make('eip', 'own', { address: spare }),
  set('load-balancer', 'balancer', { eips: ['{balancerEip}', '{own}'] }),
  make('load-balancer', 'otherBalancer', {
    subnet: '{subnet}',
    address: otherAddress,
    securityGroup: '{group}',
    listeners: [{ port: 80, check: eagerly, backends: [{ address: spare, port: 80, ...backend }] }],
  }),
]

const ca = { name: 'Middle', key: newKey() }
const withoutIssuer = certificateFor({ issuer: ca, issuerAt: 'http://ca.example/middle.crt' })

/** What a backend goes through that answers one of two addresses: the newest first. */
const now = '2026-11-30T12:10:00Z'
const turns = Array.from({ length: 8 }, (_, i) => {
  const at = new Date(Date.parse(now) - i * 5000).toISOString()
  return i % 2 === 0
    ? { at, state: 'unavailable', reason: 'timeout after 1 s' }
    : { at, state: 'abnormal', reason: 'HTTP 200' }
})
const unsteady: Facts = {
  now,
  backendStatus: { state: 'unavailable', reason: 'timeout after 1 s', seenAs: ['203.0.113.129', '203.0.113.200'] },
  turnsOf: () => turns,
}

/** Where the fault lies with what a backend is behind its address. */
export const brokenElsewhere: readonly Broken[] = [
  {
    name: 'the backend is another balancer, whose backend is this one',
    on: 'a',
    edits: ({ spare }) => [...otherBalancer(spare), ...setBackend({ address: otherAddress, port: 80 })],
    says: 'leads-back',
    of: 'balancer',
    sure: 'proved',
    mendedBy: 'others',
  },
  {
    name: 'the certificate of the listener comes without that of its issuer',
    on: 'a',
    edits: () => [
      make('certificate', 'certificate', withoutIssuer),
      ...setListener({ protocol: 'https', certificates: ['{certificate}'] }),
    ],
    says: 'certificate-without-issuer',
    of: 'certificate',
    sure: 'proved',
    mendedBy: 'others',
    forClients: true,
  },
  {
    name: 'a firewall in front of the backend admits one of the two public IPs that the gateway takes in turn',
    on: 'a',
    remote: 'admits-one',
    edits: ({ spare }) => [
      make('eip', 'secondEip', { address: spare }),
      set('nat-gateway', 'natGateway', { eips: ['{natEip}', '{secondEip}'] }),
      ...publish(
        'nat-gateway',
        'natGateway',
        setIn('nat-gateway', 'natGateway', ['snatRules', '{snatRule}'], { eips: ['{natEip}', '{secondEip}'] }),
      ),
    ],
    told: () => unsteady,
    clients: 'ask',
    says: 'admits-some',
    of: 'balancer',
    sure: 'guessed',
    mendedBy: 'others',
  },
]
