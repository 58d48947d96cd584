import { plan } from '../../src/demo/plan.ts'
import type { Facts } from '../../src/diagnose/cause/observed.ts'
import { get } from '../../src/model/model.ts'
import { certificateFor } from '../certificate-maker.ts'
import { addTo, eagerly, make, publish, set, setBackend, setIn, setListener, withRule, type Broken } from './broken.ts'

const seen = { sure: 'seen', mendedBy: 'repair' } as const
const byOthers = { sure: 'seen', mendedBy: 'others' } as const
const silent = { state: 'unavailable', reason: 'timeout after 1 s', seenAs: [] } as const
const active = { state: 'active', reason: '', seenAs: [] } as const
const atDoor = { asks: { eip: 'balancerEip' }, forClients: true } as const
/** Ports that the kernel has of a public address for one destination, and a figure that is as good as all of them. */
const nearlyAllPorts = 64_000
const mbit = 125_000
/** In so many seconds: what is over already may not be uploaded. */
const soon = (s: number) => new Date(Date.now() + s * 1000).toISOString().replace(/\.\d+Z/, 'Z')

/** What is told of a backend that answers nothing while something on the way is full, and is well afterwards. */
const starved = (isFull: boolean, of: string, figures: Readonly<Record<string, number>>): Facts =>
  isFull ? { backendStatus: silent, measured: id => (id === of ? figures : {}) } : { backendStatus: active }

/** What has a limit, and has reached it. What only much traffic fills is filled in tests of its own. */
const full: readonly Broken[] = [
  {
    name: 'the NAT gateway has all the connections that it may',
    on: 'a',
    told: ({ natGateway = '' }, model) => {
      const { size } = get(model, 'nat-gateway', natGateway).now
      return starved(size === 'small', natGateway, { connections: 9990 })
    },
    says: 'connections-full',
    of: 'natGateway',
    toldOnly: true,
    ...seen,
  },
  {
    name: 'the NAT gateway is asked for more new connections a second than it may make',
    on: 'a',
    told: ({ natGateway = '' }, model) => {
      const { size } = get(model, 'nat-gateway', natGateway).now
      return starved(size === 'small', natGateway, { connections: 900, refusedConnections: 300 })
    },
    says: 'gateway-too-fast',
    of: 'natGateway',
    toldOnly: true,
    ...seen,
  },
  {
    name: 'the NAT gateway has no port left for one destination',
    on: 'a',
    told: ({ natGateway = '', natEip = '' }, model) => {
      const { eips } = get(model, 'nat-gateway', natGateway).live.snatRules[0]!
      return starved(eips.length === 1, natEip, { snatPorts: nearlyAllPorts })
    },
    says: 'ports-full',
    of: 'natEip',
    toldOnly: true,
    ...seen,
  },
  {
    name: 'the router has no port left for one destination',
    on: 'b',
    told: ({ vpcEip = '' }) => starved(true, vpcEip, { snatPorts: nearlyAllPorts }),
    says: 'ports-full',
    of: 'vpcEip',
    toldOnly: true,
    ...byOthers,
  },
  {
    name: "the NAT gateway's public IP brings in all that its bandwidth allows",
    on: 'a',
    told: ({ natEip = '' }, model) =>
      starved(get(model, 'eip', natEip).now.bandwidthMbps === 10, natEip, { bytesIn: 9.8 * mbit }),
    says: 'bandwidth-full',
    of: 'natEip',
    toldOnly: true,
    ...seen,
  },
  {
    name: "the balancer's public IP sends all that its bandwidth allows",
    on: 'a',
    edits: () => [set('eip', 'balancerEip', { bandwidthMbps: 1 })],
    told: ({ balancerEip = '' }) => ({
      backendStatus: active,
      measured: id => ({ bytesOut: id === balancerEip ? 0.98 * mbit : 0 }),
    }),
    clients: 'download',
    says: 'bandwidth-full',
    of: 'balancerEip',
    ...atDoor,
    ...seen,
  },
  {
    name: 'the balancer has all the connections that it may',
    on: 'a',
    told: ({ listener = '' }) => ({
      backendStatus: active,
      measured: id => (id === listener ? { connections: 4990, connectionLimit: 5000 } : {}),
    }),
    says: 'balancer-full',
    of: 'balancer',
    toldOnly: true,
    ...atDoor,
    ...seen,
  },
  {
    name: 'the balancer is asked for more new connections a second than it may take',
    on: 'a',
    told: ({ balancer = '' }, model) => ({
      backendStatus: active,
      measured: id => ({
        refusedConnections: id === balancer && get(model, 'load-balancer', id).now.maxConnections === 5000 ? 800 : 0,
      }),
    }),
    says: 'balancer-too-fast',
    of: 'balancer',
    toldOnly: true,
    ...atDoor,
    ...seen,
  },
  {
    name: 'the backend has all the connections that it may, and clients wait',
    on: 'a',
    edits: () => setBackend({ maxConnections: 1 }),
    told: ({ balancer = '' }, model) => {
      const [backend] = get(model, 'load-balancer', balancer).live.listeners[0]!.backends
      return { backendStatus: { ...active, sessions: 1, queued: backend!.maxConnections === 1 ? 3 : 0 } }
    },
    clients: 'queue',
    says: 'backend-full',
    of: 'balancer',
    ...atDoor,
    ...seen,
  },
]

/** What is wrong, and what only looks so, where checks say that all is well. */
const wellChecked: readonly Broken[] = [
  {
    name: 'nobody checks the backend, where nobody listens',
    on: 'a',
    remote: 'nothing',
    check: { ...eagerly, protocol: 'none' },
    told: made => ({
      backendStatus: active,
      measured: id => ({ failedConnections: id === made['backend-0'] ? 4 : 0 }),
    }),
    clients: 'ask',
    says: 'unchecked-silent',
    probed: 'refused',
    of: 'balancer',
    sure: 'guessed',
    mendedBy: 'repair',
    forClients: true,
    leaves: 'unavailable',
  },
  {
    name: 'nobody checks the backend, which is well',
    on: 'a',
    check: { ...eagerly, protocol: 'none' },
    told: () => ({ backendStatus: active }),
    says: 'unchecked',
    probed: 'answers-now',
    of: 'balancer',
    sure: 'guessed',
    mendedBy: 'repair',
    forClients: true,
    isFault: false,
  },
  {
    name: 'the check asks for a connection only, and the backend speaks TLS, so clients get 502',
    on: 'a',
    remote: 'tls',
    check: { ...eagerly, protocol: 'tcp' },
    told: ({ listener = '' }) => ({
      backendStatus: active,
      measured: id => ({ ownErrors5xx: id === listener ? 4 : 0 }),
    }),
    clients: 'ask',
    says: 'answers-itself',
    probed: 'speaks-tls',
    of: 'balancer',
    forClients: true,
    ...byOthers,
  },
  {
    name: 'every backend has a policy, and nobody serves the rest',
    on: 'a',
    edits: () => [
      make('forward-policy', 'policy', { name: 'shop', rules: [{ pattern: 'shop.example' }] }),
      ...setBackend({ policy: '{policy}' }),
    ],
    told: ({ listener = '' }) => ({
      backendStatus: active,
      measured: id => ({ ownErrors5xx: id === listener ? 4 : 0 }),
    }),
    clients: 'ask',
    says: 'no-default-backend',
    of: 'balancer',
    ...atDoor,
    ...byOthers,
  },
  {
    name: 'the listener speaks plain HTTP where clients speak TLS',
    on: 'a',
    edits: () => [
      ...withRule({ protocol: 'tcp', ports: '443' }),
      ...publish(
        'load-balancer',
        'balancer',
        setIn('load-balancer', 'balancer', ['listeners', '{listener}'], { port: 443 }),
      ),
    ],
    told: ({ listener = '' }) => ({
      backendStatus: active,
      measured: id => ({ ownErrors4xx: id === listener ? 4 : 0 }),
    }),
    clients: 'ask-in-tls',
    says: 'asked-in-tls',
    of: 'balancer',
    sure: 'guessed',
    mendedBy: 'others',
    ...atDoor,
  },
  {
    name: 'the listener expects the PROXY protocol of clients who do not speak it',
    on: 'a',
    edits: () => setListener({ acceptProxy: true }),
    told: ({ listener = '' }) => ({
      backendStatus: active,
      measured: id => ({ newConnections: id === listener ? 4 : 0, requests: 0 }),
    }),
    clients: 'ask',
    says: 'proxy-expected',
    of: 'balancer',
    sure: 'guessed',
    mendedBy: 'repair',
    ...atDoor,
  },
  {
    name: 'the certificate of the listener has expired',
    on: 'a',
    edits: () => [
      make('certificate', 'certificate', certificateFor({ names: ['shop.example'], notAfter: soon(8) })),
      ...setListener({ protocol: 'https', certificates: ['{certificate}'] }),
    ],
    told: () => ({ now: soon(20) }),
    says: 'certificate-expired',
    of: 'certificate',
    sure: 'proved',
    mendedBy: 'others',
    ...atDoor,
  },
  {
    name: 'the certificate of the listener has not been issued yet',
    on: 'a',
    edits: () => [
      make('certificate', 'certificate', { acme: { names: ['shop.example'] } }),
      ...setListener({ protocol: 'https', certificates: ['{certificate}'] }),
    ],
    told: () => ({}),
    says: 'certificate-not-issued',
    of: 'certificate',
    sure: 'proved',
    mendedBy: 'others',
    ...atDoor,
  },
  {
    name: 'the backup is well and serves nobody, as its turn has not come',
    on: 'a',
    edits: () => [
      ...withRule({ protocol: 'tcp' }),
      ...publish(
        'load-balancer',
        'balancer',
        addTo(
          'load-balancer',
          'balancer',
          ['listeners', '{listener}', 'backends'],
          { address: plan.regions[1].servers[1], port: plan.port, backup: true },
          'backend-0',
        ),
      ),
    ],
    told: () => ({ backendStatus: active, stateOf: () => 'active' }),
    says: 'backup-waits',
    of: 'balancer',
    forClients: true,
    isFault: false,
    ...byOthers,
  },
  {
    name: 'the backend drains, as somebody took it out',
    on: 'a',
    edits: () => setListener({ drainS: 600 }),
    clients: 'download',
    then: () => setBackend({ enabled: false }),
    told: () => ({
      backendStatus: { ...active, state: 'draining', sessions: 3, drainEndsAt: '2026-01-01T00:10:00Z' },
    }),
    says: 'drains',
    of: 'balancer',
    forClients: true,
    isFault: false,
    ...seen,
  },
]

export const brokenLimits: readonly Broken[] = [...full, ...wellChecked]
