import { certificateFor, newKey } from '../certificate-maker.ts'
import { eagerly, make, set, setBackend, setListener, withRule, type Broken, type Edit } from './broken.ts'

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
]
