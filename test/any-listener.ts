import type { Id } from '../src/model/model.ts'
import type { Chooser } from './any-maker.ts'
import { certificateFor } from './certificate-maker.ts'

/** What a certificate may be made of, or become. */
export const certificates = [
  certificateFor(),
  certificateFor({ names: ['www.example', '*.shop.example'] }),
  { acme: { names: ['shop.example'] } },
]

/** What a policy may look at, quotes included. */
export const forwardRules = [
  { type: 'domain', pattern: '^shop\\.example$ www' },
  { type: 'url', pattern: "^/(api|it's)/" },
  { type: 'source', pattern: '198.18.0.0/24 203.0.113.9' },
  { type: 'header', header: 'X-Beta', pattern: '"1"' },
]

/** Where lines of a balancer may go. */
export const accessLogs = [
  {},
  { local: true },
  { local: true, remote: { address: '198.18.0.9' } },
  { remote: { address: '198.18.0.9', port: 601, protocol: 'tcp', format: 'rfc5424' } },
]

/** How a policy may change a path. */
export const rewrites = [{ pattern: '^/(a|b)/', replacement: '/\\1-' }, { pattern: "it's" }]

/** What a listener of some protocol may have; one that ends TLS only where there is a certificate. */
export function listenerOf(certificate: Id | undefined, pick: Chooser): Readonly<Record<string, unknown>> {
  const protocol = pick.of(['http', 'http', 'tcp', 'udp', ...(certificate ? ['https', 'ssl'] : [])]) ?? 'http'
  const isHttp = protocol === 'http' || protocol === 'https'
  const byProxy = protocol !== 'udp'
  const endsTls = protocol === 'https' || protocol === 'ssl'
  const stickiness = [
    { type: 'none' },
    { type: 'source' },
    ...(isHttp
      ? [
          { type: 'insert', lifetimeS: pick.of([0, 600]) },
          { type: 'rewrite', cookie: 'JSESSIONID' },
          { type: 'prefix', cookie: 'JSESSIONID' },
          { type: 'backend', cookie: 'JSESSIONID' },
        ]
      : []),
  ]
  return {
    protocol,
    stickiness: pick.of(stickiness),
    check: { protocol: pick.of(['tcp', 'http', 'none', 'https']), rise: 2, expect: pick.of(['', 'it is "well"']) },
    certificates: endsTls ? [certificate] : [],
    tls: { minVersion: pick.of(['1.0', '1.2', '1.3']) },
    http2: pick.yes(),
    headers: ['x-forwarded-proto', 'x-forwarded-port', 'qc-lbid', 'qc-lbip'].slice(pick.number(5)),
    options: [...listenerOptions].filter(() => pick.number(4) === 0),
    scene: pick.of(['default', 'keep-alive', 'cut-when-down']),
    proxyProtocol: pick.of(['none', 'v1', 'v2']),
    acceptProxy: pick.number(6) === 0,
    allow: pick.of([[], [], ['10.0.0.0/8', '10.1.0.0/16']]),
    deny: pick.of([[], ['192.0.2.7/32']]),
    ...(protocol !== 'udp' && {
      clientLimits: {
        connections: pick.of([null, null, 10]),
        connectionsPerS: pick.of([null, 5]),
        requestsPerS: isHttp ? pick.of([null, 20]) : null,
      },
    }),
    ...(byProxy ? { retries: pick.of([0, 3]), queueS: pick.of([1, 10]), slowStartS: pick.of([0, 30]) } : {}),
    retryOn: isHttp ? pick.of(['connect', 'idempotent']) : 'connect',
    drainS: pick.of([0, 5]),
  }
}

const listenerOptions = [
  'any-url',
  'compress',
  'no-insecure-ciphers',
  'compatible-ciphers',
  'refuse-when-down',
  'drop-proxy-header',
  'strong-ciphers',
] as const
