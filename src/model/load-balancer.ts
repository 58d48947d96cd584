import { z } from 'zod'
import { children, defineKind, enabled, port, power, ref, someOf } from './define.ts'
import { accessLog } from './access-log.ts'
import { cidr, ipv4 } from './address.ts'
import { healthCheck } from './health-check.ts'
import { stickiness } from './stickiness.ts'

/** Whoever serves UDP is asked by UDP, unless something else is said. */
function askedByUdp(listener: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const check = listener['check'] ?? {}
  const isSilent = typeof check === 'object' && !Array.isArray(check) && !('protocol' in check)
  return listener['protocol'] === 'udp' && isSilent ? { ...listener, check: { ...check, protocol: 'udp' } } : listener
}

export const loadBalancer = defineKind({
  prefix: 'lb',
  plural: 'load-balancers',
  label: { en: 'Load balancer', zh: '负载均衡器' },
  about: { en: 'Spreads connections over backends, wherever they are.', zh: '把连接分配给任意位置的后端。' },
  now: z.strictObject({
    eips: z.array(ref('eip')).max(4).default([]).describe('Public addresses that clients connect to'),
    subnet: ref('subnet').nullable().default(null).describe('The private network that it reaches backends through'),
    address: ipv4.nullable().default(null).describe('Its address there; a free one when left out'),
    nodeAddresses: z
      .array(ipv4)
      .max(7)
      .default([])
      .describe('The addresses there of its nodes but the first, which has its own; free ones when left out'),
    routeTable: ref('route-table')
      .nullable()
      .default(null)
      .describe('A route table of its own, asked before that of the subnet'),
    maxConnections: z
      .literal([5000, 20000, 40000, 100000, 200000, 500000])
      .default(5000)
      .describe('How many connections it may carry at a time; how many new ones a second follows from it'),
    power,
  }),
  spec: z.strictObject({
    securityGroup: ref('security-group').describe('What may reach its listeners; the default group when left out'),
    headerSizeKb: z.int().min(1).max(127).default(15).describe('How long the header of a request may be, in KB'),
    nodeCount: z.int().min(1).max(8).default(1).describe('How many nodes share its addresses'),
    accessLog: accessLog.prefault({}),
    listeners: children(
      'lbl',
      {
        protocol: z
          .enum(['http', 'https', 'tcp', 'ssl', 'udp'])
          .default('http')
          .describe('HTTPS and SSL end TLS here; backends get HTTP and TCP'),
        port: port.describe('The port that clients connect to'),
        lastPort: port
          .nullable()
          .default(null)
          .describe('The end of a range that begins with the port, on TCP and UDP; only the port when null'),
        via: z
          .enum(['auto', 'kernel', 'proxy'])
          .default('auto')
          .describe(
            'What carries TCP: the kernel, HAProxy, or with auto the kernel where it can; UDP goes by the kernel',
          ),
        balance: z
          .enum(['roundrobin', 'leastconn', 'source'])
          .default('roundrobin')
          .describe('How the backend of a new client is chosen'),
        stickiness,
        check: healthCheck.prefault({}).describe('How backends are asked whether they serve'),
        certificates: z
          .array(ref('certificate'))
          .max(50)
          .default([])
          .describe('What HTTPS and SSL prove names with; the first also for names that none has'),
        tls: z
          .strictObject({
            minVersion: z.enum(['1.0', '1.1', '1.2', '1.3']).default('1.2').describe('The oldest TLS that is spoken'),
          })
          .prefault({})
          .describe('Which TLS is spoken with clients'),
        http2: z.boolean().default(true).describe('HTTPS only; backends get HTTP/1.1'),
        redirectStatus: z.literal([301, 302, 303, 307, 308]).default(302).describe('What a redirect to HTTPS answers'),
        redirectPort: port.default(443).describe('The port that a redirect to HTTPS leads to'),
        forwardedFor: z.boolean().default(true).describe('Adds X-Forwarded-For on HTTP'),
        headers: someOf('x-forwarded-proto', 'x-forwarded-port', 'qc-lbid', 'qc-lbip')
          .default([])
          .describe(
            "More headers to add on HTTP; the last two hold the balancer's id and the address that the client asked",
          ),
        options: someOf(
          'any-url',
          'transparent',
          'compress',
          'no-insecure-ciphers',
          'compatible-ciphers',
          'redirect-to-https',
          'refuse-when-down',
          'drop-proxy-header',
          'strong-ciphers',
        )
          .default([])
          .describe('Peculiarities, each of which goes with certain protocols'),
        scene: z
          .enum(['default', 'keep-alive', 'cut-when-down'])
          .default('default')
          .describe(
            'Keep connections to backends for their client; or end those of a backend that becomes unavailable',
          ),
        proxyProtocol: z
          .enum(['none', 'v1', 'v2'])
          .default('none')
          .describe('How backends are told the address of the client, before anything else'),
        acceptProxy: z
          .boolean()
          .default(false)
          .describe('Expects to be told the address of the client in this way, by another balancer'),
        timeoutS: z.int().min(10).max(86400).default(50).describe('Seconds without data after which a connection ends'),
        tunnelTimeoutS: z
          .int()
          .min(10)
          .max(86400)
          .default(3600)
          .describe('The same for WebSockets, and for TCP once both sides have spoken'),
        allow: z.array(cidr).max(200).default([]).describe('Prefixes of clients that may connect; all when empty'),
        deny: z.array(cidr).max(200).default([]).describe('Prefixes of clients that may not, whatever else is said'),
        clientLimits: z
          .strictObject({
            connections: z.int().min(1).max(100000).nullable().default(null).describe('Connections at a time'),
            connectionsPerS: z.int().min(1).max(100000).nullable().default(null).describe('New connections a second'),
            requestsPerS: z
              .int()
              .min(1)
              .max(100000)
              .nullable()
              .default(null)
              .describe('Requests a second on HTTP, beyond which they are answered 429'),
          })
          .prefault({})
          .describe('What one client address may do; anything where null'),
        retries: z.int().min(0).max(10).default(3).describe('How often a connection to a backend is tried again'),
        retryOn: z
          .enum(['connect', 'idempotent'])
          .default('connect')
          .describe(
            'When another backend is asked: where none could be connected to; or also, on HTTP, where one that was asked by GET, HEAD, OPTIONS, PUT or DELETE gave no answer',
          ),
        queueS: z
          .int()
          .min(1)
          .max(3600)
          .default(10)
          .describe('Seconds that a client waits for a backend which has its most connections'),
        slowStartS: z
          .int()
          .min(0)
          .max(3600)
          .default(0)
          .describe('Seconds in which a backend that became active comes to its whole share'),
        drainS: z
          .int()
          .min(0)
          .max(86400)
          .default(0)
          .describe('Seconds after which the connections of a backend that was taken out end; 0 for when they end'),
        enabled,
        backends: children('lbb', {
          address: ipv4.nullable().default(null).describe('Its address, public or private'),
          server: ref('server').nullable().default(null).describe('Or a server of this network'),
          port: port.describe('The port there'),
          weight: z.int().min(0).max(100).default(1).describe('Its share; 0 drains it'),
          policy: ref('forward-policy')
            .nullable()
            .default(null)
            .describe('Serves only what this policy matches; what none matches when null. Not on TCP and UDP'),
          maxConnections: z
            .int()
            .min(1)
            .max(500000)
            .nullable()
            .default(null)
            .describe('How many connections it gets at a time; others wait. Any number when null. Not on UDP'),
          backup: z.boolean().default(false).describe('Serves only when every other backend is unavailable'),
          backupTier: z
            .int()
            .min(1)
            .max(9)
            .default(1)
            .describe('Of backups, those of the smallest tier that has an active one serve'),
          enabled,
        }).describe('Who serves the connections'),
      },
      askedByUdp,
    ).describe('The ports that it accepts connections on'),
  }),
  fixed: [],
  columns: ['eips', 'subnet', 'address'],
})
