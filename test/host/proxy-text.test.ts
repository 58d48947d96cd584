import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { proxyFiles, proxyStructure, proxyText } from '../../src/host/proxy-text.ts'
import type {
  ProxyCheck,
  ProxyListener,
  ProxyLog,
  ProxyMatch,
  ProxyPool,
  ProxyStickiness,
} from '../../src/host/proxy.ts'
import { isPattern } from '../../src/model/pattern.ts'
import { certificateFor } from '../certificate-maker.ts'
import { proxyOn, serverOn, withOnly } from '../dataplane/proxy-world.ts'

const server = serverOn(8080)

function configWith(check: Partial<ProxyCheck>, listener: Partial<ProxyListener> = {}, pool: Partial<ProxyPool> = {}) {
  return withOnly(proxyOn(80, [server], { path: '/', ...check }), listener, pool).config
}

const paths = { socket: '/run/x/socket', stateFile: '/run/x/state', certificates: '/run/x/certs', user: null }

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '\n',
        '\r',
        '#',
        ' ',
        '$HOME',
        '%[src]',
        '%',
        ',',
        ')',
        'server x 1.1.1.1:1',
        '\0',
      ),
      { maxLength: 12 },
    )
    .map(parts => parts.join('')),
)
/** Text as the model lets it through: with anything but control characters. */
const visible = hostile.map(text => text.replaceAll(/\p{Cc}/gu, ''))
const word = visible.map(text => text.replaceAll(/\s/gu, ''))
/** A pattern that the model lets through. */
const pattern = fc
  .oneof(
    word,
    fc
      .array(
        fc.constantFrom(
          'a',
          '0',
          '(',
          ')',
          '(?:',
          '(?=',
          '(?!',
          '[',
          '[^',
          ']',
          '{2}',
          '{,3}',
          '{70000}',
          '|',
          '*',
          '+',
          '?',
          '^',
          '$',
          '.',

          '\\d',
          '\\B',
          '\\1',
          '\\8',
          '\\x',
          '\\Q',
          '\\K',
          '\\n',
          '\\]',
          '\\-',
          '[:alpha:]',
          '[z-a]',
          '(?i)',
          '(?<n>',
          '(*',
          '"',
          "'",
        ),
        { maxLength: 6 },
      )
      .map(parts => parts.join('')),
  )
  .filter(text => text !== '' && isPattern(text))

const anyPool = (id: string): fc.Arbitrary<ProxyPool> =>
  fc.record({
    id: fc.constant(id),
    match: fc.constant(null),
    standsInFor: fc.constant([]),
    rewrites: fc.array(fc.record({ pattern, replacement: word }), { maxLength: 2 }),
    balance: fc.constantFrom('roundrobin', 'leastconn', 'source'),
    stickiness: fc.constant({ type: 'none' } as const),
    scene: fc.constantFrom('default', 'keep-alive', 'cut-when-down'),
    proxyProtocol: fc.constantFrom('none', 'v1', 'v2'),
    check: fc.record({
      protocol: fc.constantFrom('tcp', 'http', 'https', 'none'),
      path: hostile.map(text => `/${text}`),
      host: hostile,
      intervalS: fc.constant(10),
      timeoutS: fc.constant(5),
      fall: fc.constant(2),
      rise: fc.constant(5),
      accept: fc.constantFrom('200', '200-299,404'),
      expect: visible,
    }),
    slowStartS: fc.constantFrom(0, 30),
    drainS: fc.constant(0),
    firstPort: fc.constantFrom(null, 80, 9000),
    servers: fc.constantFrom([server], [{ ...server, backup: true, maxConnections: 2 }], []),
  })

const anyMatch: fc.Arbitrary<ProxyMatch> = fc.record({
  operator: fc.constantFrom('or', 'and'),
  rules: fc
    .array(
      fc.oneof(
        fc.record({
          type: fc.constantFrom('domain' as const, 'url' as const),
          header: fc.constant(''),
          words: fc.array(pattern, { minLength: 1, maxLength: 3 }),
        }),
        fc.record({
          type: fc.constant('header' as const),
          header: fc.constantFrom('X-Beta', 'x_y.z'),
          words: fc.array(pattern, { minLength: 1, maxLength: 3 }),
        }),
        fc.record({
          type: fc.constant('source' as const),
          header: fc.constant(''),
          words: fc.array(fc.constantFrom('192.0.2.7', '198.51.100.0/24'), { minLength: 1, maxLength: 120 }),
        }),
      ),
      { maxLength: 4 },
    )
    .map(rules => rules.map((rule, i) => ({ id: `lbpr-0000000${i}`, ...rule }))),
})

const cookie = { cookie: 'SID', lifetimeS: 60 } as const
const stickinessOf = { insert: cookie, backend: cookie, rewrite: { cookie: 'SID' }, prefix: { cookie: 'SID' } } as const

const anyListener: fc.Arbitrary<ProxyListener> = fc
  .record({
    mode: fc.constantFrom('http' as const, 'tcp' as const),
    lastPort: fc.constantFrom(null, 89),
    acceptProxy: fc.boolean(),
    clientLimits: fc.option(
      fc.record({
        connections: fc.constantFrom(null, 10),
        connectionsPerS: fc.constantFrom(null, 5),
        requestsPerS: fc.constantFrom(null, 100000),
      }),
    ),
    tls: fc.option(
      fc.record({
        certificates: fc.constantFrom(['sc-1'], ['sc-2', 'sc-1']),
        minVersion: fc.constantFrom('1.0', '1.1', '1.2', '1.3'),
        ciphers: fc.constantFrom('all', 'compatible', 'no-insecure', 'strong'),
        http2: fc.boolean(),
      }),
    ),
    proofFor: fc.option(fc.constant('9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI')),
    redirect: fc.option(
      fc.record({ status: fc.constantFrom(301, 302, 303, 307, 308), port: fc.constantFrom(443, 8443) }),
    ),
    headers: fc.subarray(['x-forwarded-proto', 'x-forwarded-port', 'qc-lbid', 'qc-lbip'] as const),
    options: fc.subarray(['any-url', 'compress', 'drop-proxy-header', 'refuse-when-down'] as const),
    sticky: fc.constantFrom('none', 'source', 'insert', 'backend', 'rewrite', 'prefix'),
    retries: fc.constantFrom(0, 10),
    repeats: fc.boolean(),
    queueS: fc.constantFrom(1, 3600),
    own: anyPool('lbl-1'),
    other: anyPool('lbl-1_lbp-1'),
    tier: anyPool('lbl-1_b2'),
    otherTier: anyPool('lbl-1_lbp-1_b9'),
    match: anyMatch,
  })
  .map(({ sticky, own, other, tier, otherTier, match, ...rest }) => {
    const stickiness: ProxyStickiness =
      sticky === 'none' || (rest.mode === 'tcp' && sticky !== 'source')
        ? { type: 'none' }
        : sticky === 'source'
          ? { type: 'source', lifetimeS: 60 }
          : ({ type: sticky, ...stickinessOf[sticky] } as ProxyStickiness)
    return {
      id: 'lbl-1',
      port: 80,
      forwardedFor: true,
      timeoutS: 50,
      tunnelTimeoutS: 3600,
      ...rest,
      pools: [
        { ...own, stickiness },
        { ...tier, stickiness, standsInFor: ['lbl-1'] },
        { ...other, stickiness, match },
        { ...otherTier, stickiness, standsInFor: ['lbl-1_lbp-1'] },
      ],
    }
  })

test('whatever a listener is asked to do, and whatever stands in paths, patterns and texts, HAProxy takes it, line by line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'))
  const own = {
    socket: join(folder, 'socket'),
    stateFile: join(folder, 'state'),
    certificates: join(folder, 'certs'),
    user: null,
  }
  try {
    writeFileSync(own.stateFile, '1\n')
    mkdirSync(own.certificates)
    fc.assert(
      fc.property(anyListener, fc.constantFrom(...logs), (listener, log) => {
        const config = {
          nodes: ['lb-1'],
          source: null,
          maxConnections: 5000,
          headerBytes: 15360,
          certificates,
          listeners: [listener],
          ...log,
        }
        const text = proxyText('lb-1', config, own)
        assert.doesNotMatch(text, /[^\P{Cc}\n]/u)
        for (const line of text.split('\n')) assert.match(line, knownLine)
        for (const [name, content] of proxyFiles(config)) writeFileSync(join(own.certificates, name), content)
        writeFileSync(join(folder, 'haproxy.cfg'), text)
        execFileSync('haproxy', ['-c', '-q', '-f', join(folder, 'haproxy.cfg')], { stdio: 'pipe' })
      }),
      { numRuns: 60 },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** What a line may begin with: nothing that was typed by somebody begins one. */
const knownLine =
  /^(|(global|defaults|peers|ring|listen|backend)\b.*|  (acl|alpn|balance|bind|compression|cookie|crt-base|description|dynamic-cookie-key|format|h2-workaround-bogus-websocket-clients|hard-stop-after|hash-type|http-check|http-request|http-reuse|load-server-state-from-file|localpeer|log|log-send-hostname|max-spread-checks|maxconn|maxlen|mode|nbthread|no strict-limits|node|option|retries|retry-on|server|server-state-file|size|source|stats socket|stick|stick-table|tcp-request|timeout|tune\.bufsize|use_backend)\b.*)$/u

const remote = { address: '192.0.2.9', port: 514 }
/** Where lines may go: nowhere, here, to a syslog server by each way, or both. */
const logs: readonly { readonly log?: ProxyLog }[] = [
  {},
  { log: { local: true, remote: null } },
  ...(['udp', 'tcp'] as const).flatMap(protocol =>
    (['rfc3164', 'rfc5424'] as const).map((format, i) => ({
      log: { local: i === 0, remote: { ...remote, protocol, format } },
    })),
  ),
]

const certificates = ['sc-1', 'sc-2'].map(id => {
  const { chain, key } = certificateFor()
  return { id, pem: chain + key }
})

test('servers are no part of the structure; everything else is', () => {
  const structure = proxyStructure(configWith({}))
  assert.equal(proxyStructure(configWith({}, {}, { servers: [] })), structure)
  assert.equal(proxyStructure(configWith({}, {}, { servers: [{ ...server, maxConnections: 2 }] })), structure)
  assert.equal(proxyStructure(configWith({}, {}, { drainS: 60 })), structure, 'HAProxy does not know of it')
  const others = [
    configWith({ path: '/x' }),
    configWith({}, { port: 81 }),
    configWith({}, { retries: 2 }),
    configWith({}, { repeats: true }),
    configWith({}, { queueS: 2 }),
    configWith({}, {}, { slowStartS: 2 }),
    { ...configWith({}), maxConnections: 20000 },
    ...logs.slice(1).map(log => ({ ...configWith({}), ...log })),
  ]
  for (const other of others) assert.notEqual(proxyStructure(other), structure)
  assert.equal(new Set(others.map(proxyStructure)).size, others.length)
  assert.match(proxyText('lb-1', configWith({}), paths), new RegExp(`description cw:${structure}\n`))
})

test('a disabled server is not there', () => {
  const text = proxyText(
    'lb-1',
    configWith({}, {}, { servers: [server, { ...server, id: 'lbb-2', enabled: false }] }),
    paths,
  )
  assert.match(text, /server lbb-00008080 /)
  assert.doesNotMatch(text, /lbb-2/)
})

test('becomes another user, which is no reason for a reload', () => {
  const text = proxyText('lb-1', configWith({}), { ...paths, user: { uid: 103, gid: 106 } })
  assert.match(text, /^  uid 103\n  gid 106\n/m)
  assert.match(text, new RegExp(`description cw:${proxyStructure(configWith({}))}\n`))
  assert.doesNotMatch(proxyText('lb-1', configWith({}), paths), /uid/)
})
