import assert from 'node:assert/strict'
import type { Listener } from '../../../src/model/model.ts'
import { addedListener, balanced, balancerIn, secured } from '../balanced.ts'
import type { Parameters } from '../clients.ts'
import type { Row } from '../row.ts'
import { id } from '../shape.ts'

const web = { listener_port: 8080, listener_protocol: 'http', backend_protocol: 'http' }

/** Attributes as clients write them: what they mean, and how they are read back where that is not as they were written. */
const written: readonly (readonly [sent: Parameters, meant: Partial<Listener>, readBack?: object])[] = [
  [{ session_sticky: '' }, { stickiness: { type: 'none' } }],
  [{ session_sticky: 'insert|3600' }, { stickiness: { type: 'insert', cookie: 'CWSRV', lifetimeS: 3600 } }],
  [{ session_sticky: 'insert|srv|0' }, { stickiness: { type: 'insert', cookie: 'srv', lifetimeS: 0 } }],
  [{ session_sticky: 'prefix|sk' }, { stickiness: { type: 'prefix', cookie: 'sk' } }],
  [{ session_sticky: 'rewrite|sk' }, { stickiness: { type: 'rewrite', cookie: 'sk' } }],
  [{ session_sticky: 'backend|sk|60' }, { stickiness: { type: 'backend', cookie: 'sk', lifetimeS: 60 } }],
  [{ session_sticky: 'source|60' }, { stickiness: { type: 'source', lifetimeS: 60 } }],
  [
    { session_sticky: 'insert' },
    { stickiness: { type: 'insert', cookie: 'CWSRV', lifetimeS: 0 } },
    { session_sticky: 'insert|0' },
  ],
  [{ forwardfor: 0 }, { forwardedFor: false, headers: [] }],
  [{ forwardfor: 5 }, { forwardedFor: true, headers: ['qc-lbip'] }],
  [{ forwardfor: 2 }, { forwardedFor: false, headers: ['qc-lbid'] }],
  [
    { forwardfor: 31 },
    { forwardedFor: true, headers: ['x-forwarded-proto', 'x-forwarded-port', 'qc-lbid', 'qc-lbip'] },
  ],
  [{ listener_option: 5 }, { options: ['any-url', 'compress'] }],
  [{ listener_option: 128 + 32 }, { options: ['redirect-to-https', 'drop-proxy-header'] }],
  [{ scene: 1 }, { scene: 'keep-alive' }],
  [{ scene: 11 }, { scene: 'cut-when-down' }],
  [
    { timeout: 86_400, tunnel_timeout: 10 },
    { timeoutS: 86_400, tunnelTimeoutS: 10 },
  ],
  [{ balance_mode: 'leastconn' }, { balance: 'leastconn' }],
  [{ disabled: 1 }, { enabled: false }],
]

const tcp = { listener_port: 9000, listener_protocol: 'tcp', backend_protocol: 'tcp' }
const udp = { listener_port: 5300, listener_protocol: 'udp', backend_protocol: 'udp' }
const noCheck = { intervalS: 10, timeoutS: 5, fall: 2, rise: 5, path: '/', host: '', accept: '', send: '', expect: '' }

/** Attributes that go with some protocols only. */
const writtenOf: readonly (readonly [of: Parameters, sent: Parameters, meant: Partial<Listener>, readBack?: object])[] =
  [
    [tcp, { listener_option: 2 }, { options: ['transparent'] }],
    [tcp, { listener_option: 64 + 2 }, { options: ['transparent', 'refuse-when-down'] }],
    [udp, { listener_option: 2 }, { options: ['transparent'] }],
    [udp, {}, { check: { ...noCheck, protocol: 'udp' } }, { healthy_check_method: 'udp' }],
    [udp, { healthy_check_method: 'udp' }, { check: { ...noCheck, protocol: 'udp' } }],
    [udp, { healthy_check_method: 'icmp' }, { check: { ...noCheck, protocol: 'icmp' } }],
    [udp, { healthy_check_method: 'tcp' }, { check: { ...noCheck, protocol: 'tcp' } }],
    [udp, { healthy_check_method: '' }, { check: { ...noCheck, protocol: 'none' } }],
    [
      udp,
      { healthy_check_option: '60|300|10|2' },
      { check: { ...noCheck, protocol: 'udp', intervalS: 60, timeoutS: 300, fall: 10, rise: 2 } },
    ],
    [
      udp,
      { timeout: 30, balance_mode: 'source', scene: 11 },
      { timeoutS: 30, balance: 'source', scene: 'cut-when-down' },
    ],
    [web, { listener_option: 4 }, { options: ['compress'] }],
    [web, { listener_option: 32 }, { options: ['redirect-to-https'] }],
  ]

/** Checks as clients write them. */
const checks: readonly (readonly [method: string, protocol: string, path: string, host: string])[] = [
  ['', 'none', '/', ''],
  ['tcp', 'tcp', '/', ''],
  ['http|/index.html', 'http', '/index.html', ''],
  ['http|/a?b=%20|vhost.example.com', 'http', '/a?b=%20', 'vhost.example.com'],
  ['http|/a|b|', 'http', '/a|b', ''],
  ['http|/a|b|h', 'http', '/a|b', 'h'],
  ['https|/|h', 'https', '/', 'h'],
]

export const rows: readonly Row[] = [
  ...[...written.map(([sent, meant, readBack]) => [web, sent, meant, readBack] as const), ...writtenOf].map(
    ([of, sent, meant, readBack = sent]): Row => ({
      action: 'AddLoadBalancerListeners',
      about: `and ${JSON.stringify({ ...of, ...sent })}`,
      given: balanced,
      parameters: ({ plain = '' }) => ({ loadbalancer: plain, listeners: [{ ...of, ...sent }] }),
      answer: { loadbalancer_listeners: [id('lbl')] },
      async then(site, _given, answer) {
        const { listener, shown } = await addedListener(site, answer['loadbalancer_listeners'])
        for (const [name, value] of Object.entries(meant)) assert.deepEqual(listener[name as keyof Listener], value)
        for (const [name, value] of Object.entries(readBack)) assert.equal(shown[name], value, name)
      },
      clients: ['go'],
    }),
  ),
  ...checks.map(([method, protocol, path, host]): Row => ({
    action: 'AddLoadBalancerListeners',
    about: `and is checked by [${method}]`,
    given: balanced,
    parameters: ({ plain = '' }) => ({
      loadbalancer: plain,
      listeners: [{ ...web, healthy_check_method: method, healthy_check_option: '2|300|10|3' }],
    }),
    answer: { loadbalancer_listeners: [id('lbl')] },
    async then(site, _given, answer) {
      const { listener, shown } = await addedListener(site, answer['loadbalancer_listeners'])
      const { check } = listener
      assert.deepEqual([check.protocol, check.path, check.host], [protocol, path, host])
      assert.deepEqual([check.intervalS, check.timeoutS, check.fall, check.rise], [2, 300, 10, 3])
      assert.equal(shown['healthy_check_method'], method)
      assert.equal(shown['healthy_check_option'], '2|300|10|3')
    },
    clients: ['python'],
  })),
  ...([8, 16, 256, 8 + 16 + 256] as const).map((bits): Row => ({
    action: 'ModifyLoadBalancerListenerAttributes',
    about: `ciphers, by ${bits}`,
    given: secured,
    parameters: ({ listener = '' }) => ({ loadbalancer_listener: listener, listener_option: bits }),
    answer: {},
    async then(site, { balancer = '', listener = '' }) {
      const words = { 8: 'no-insecure-ciphers', 16: 'compatible-ciphers', 256: 'strong-ciphers' }
      const meant = Object.entries(words).flatMap(([bit, word]) => ((bits & Number(bit)) === 0 ? [] : [word]))
      assert.deepEqual(balancerIn(site, balancer).draft.listeners[0]?.options, meant)
      assert.equal((await addedListener(site, [listener])).shown['listener_option'], bits)
    },
    clients: ['go'],
  })),
]
