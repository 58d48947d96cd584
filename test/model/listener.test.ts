import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { certificateFor } from '../certificate-maker.ts'
import { scene, withVpc } from './scene.ts'

type Body = Readonly<Record<string, unknown>>

describe('listeners', () => {
  const s = scene()
  const certificate = s.create('certificate', certificateFor())
  const policy = s.create('forward-policy', { rules: [{ pattern: 'shop.example' }] })
  const tls = { certificates: [certificate] }
  const backends = [{ address: '198.18.0.7', port: 80 }]
  const make = (...listeners: readonly Body[]) =>
    ({ do: 'create', kind: 'load-balancer', body: { eips: [{}], listeners } }) as const

  const accepted: Readonly<Record<string, readonly Body[]>> = {
    'each protocol on a port of its own': [
      { protocol: 'http', port: 80 },
      { protocol: 'https', port: 443, ...tls },
      { protocol: 'tcp', port: 3306 },
      { protocol: 'ssl', port: 993, ...tls },
      { protocol: 'udp', port: 53 },
    ],
    'one port for TCP and UDP': [
      { protocol: 'tcp', port: 53 },
      { protocol: 'udp', port: 53 },
    ],
    'ranges side by side': [
      { protocol: 'tcp', port: 8000, lastPort: 8009 },
      { protocol: 'tcp', port: 8010, lastPort: 8019 },
    ],
    'a redirect without backends': [{ port: 80, options: ['redirect-to-https'] }],
    'a cookie, and the source, on HTTP': [
      { port: 80, stickiness: { type: 'insert' } },
      { port: 81, stickiness: { type: 'source' } },
      { port: 82, protocol: 'tcp', stickiness: { type: 'source' } },
    ],
    'a policy on HTTP': [{ port: 80, backends: [{ ...backends[0], policy }] }],
    'ICMP for UDP': [{ port: 53, protocol: 'udp', check: { protocol: 'icmp' } }],
  }
  for (const [name, listeners] of Object.entries(accepted)) {
    test(`may have ${name}`, () => assert.deepEqual(s.refusal(make(...listeners)), []))
  }

  const refused: Readonly<Record<string, readonly [string, ...(readonly Body[])]>> = {
    'HTTPS without a certificate': ['no-certificate listeners[0].certificates', { protocol: 'https', port: 443 }],
    'a certificate on TCP': [
      'certificate-without-tls listeners[0].certificates',
      { protocol: 'tcp', port: 443, ...tls },
    ],
    'a certificate twice': [
      'duplicate listeners[0].certificates[1]',
      { protocol: 'ssl', port: 443, certificates: [certificate, certificate] },
    ],
    'a certificate that is none': [
      'not-found listeners[0].certificates[0]',
      { protocol: 'https', port: 443, certificates: [policy] },
    ],
    'a port within the range of another': [
      'duplicate listeners[1].port',
      { protocol: 'tcp', port: 8000, lastPort: 8009 },
      { protocol: 'http', port: 8005 },
    ],
    'a range on HTTP': ['range-protocol listeners[0].lastPort', { port: 80, lastPort: 81 }],
    'a range backwards': ['range-backwards listeners[0].lastPort', { protocol: 'tcp', port: 80, lastPort: 80 }],
    'a cookie on TCP': [
      'cookie-without-http listeners[0].stickiness',
      { protocol: 'tcp', port: 80, stickiness: { type: 'prefix', cookie: 'ID' } },
    ],
    'a redirect with backends': [
      'redirect-with-backends listeners[0].backends',
      { port: 80, options: ['redirect-to-https'], backends },
    ],
    'a redirect on TCP': [
      'redirect-without-http listeners[0].options',
      { protocol: 'tcp', port: 80, options: ['redirect-to-https'] },
    ],
    'a policy on TCP': [
      'policy-without-http listeners[0].backends[0].policy',
      { protocol: 'tcp', port: 80, backends: [{ ...backends[0], policy }] },
    ],
    'pings of TCP backends': [
      'check-without-udp listeners[0].check.protocol',
      { protocol: 'tcp', port: 80, check: { protocol: 'icmp' } },
    ],
    'slow starts and queues on UDP': ['not-on-udp listeners[0].queueS', { port: 53, protocol: 'udp', queueS: 5 }],
    'slow starts by the kernel': [
      'not-by-kernel listeners[0].slowStartS',
      { port: 53, protocol: 'tcp', via: 'kernel', slowStartS: 5 },
    ],
    'repeated requests on TCP': [
      'retry-without-http listeners[0].retryOn',
      { port: 53, protocol: 'tcp', retryOn: 'idempotent' },
    ],
    'a cookie with a space': [
      'form-word listeners[0].stickiness.cookie',
      { port: 80, stickiness: { type: 'rewrite', cookie: 'a b' } },
    ],
    'an option that is none': ['not-one-of listeners[0].options[0]', { port: 80, options: ['fast'] }],
  }
  for (const [name, [refusal, ...listeners]] of Object.entries(refused)) {
    test(`cannot have ${name}`, () => assert.deepEqual(s.refusal(make(...listeners)), [refusal]))
  }

  test('are told at once of all that HAProxy alone does', () => {
    const wrong = { port: 53, protocol: 'udp', retries: 1, queueS: 5, slowStartS: 5 }
    const problems = s.refusal(make({ ...wrong, backends: [{ ...backends[0], maxConnections: 2 }] }))
    const places = ['backends[0].maxConnections', 'queueS', 'retries', 'slowStartS']
    assert.deepEqual(
      problems,
      places.map(place => `not-on-udp listeners[0].${place}`),
    )
  })

  test('of UDP are asked by UDP where nothing else is said, however they come about', () => {
    const { resource } = s.run(
      make(
        { protocol: 'udp', port: 53 },
        { protocol: 'udp', port: 54, check: { fall: 3 } },
        { protocol: 'udp', port: 55, check: { protocol: 'tcp' } },
        { protocol: 'tcp', port: 56 },
      ),
    )
    const id = resource?.id ?? ''
    s.add('load-balancer', id, ['listeners'], { protocol: 'udp', port: 57 })
    const asked = () => s.get('load-balancer', id).draft.listeners.map(({ check }) => `${check.protocol} ${check.fall}`)
    assert.deepEqual(asked(), ['udp 2', 'udp 3', 'tcp 2', 'tcp 2', 'udp 2'])
    const [first] = s.get('load-balancer', id).draft.listeners
    s.run({
      do: 'patch-child',
      kind: 'load-balancer',
      id,
      path: ['listeners', first?.id ?? ''],
      body: { check: { protocol: 'tcp' } },
    })
    assert.equal(asked()[0], 'tcp 2')
  })

  test('lead to no address that another host cannot have', () => {
    for (const address of ['0.0.0.0', '127.0.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255']) {
      const refusal = s.refusal(make({ port: 80, backends: [{ address, port: 80 }] }))
      assert.deepEqual(refusal, ['not-a-host listeners[0].backends[0].address'], address)
    }
  })

  test('are told what form an attribute takes', () => {
    const check = { path: 'healthz', host: 'a b', accept: '20-999' }
    const problems = s.refusal(make({ port: 80, check }))
    assert.deepEqual(problems, [
      'form-host listeners[0].check.host',
      'form-path listeners[0].check.path',
      'form-statuses listeners[0].check.accept',
    ])
    const rewrite = { do: 'create', kind: 'forward-policy', body: { rewrites: [{ pattern: 'a b' }] } } as const
    assert.deepEqual(s.refusal(rewrite), ['no-blanks rewrites[0].pattern'])
  })

  test('warn where they are told to do what their protocol has no place for', () => {
    const idle = s.run(
      make(
        { port: 80, options: ['compress', 'refuse-when-down', 'strong-ciphers'], headers: ['qc-lbid'] },
        { port: 81, protocol: 'tcp', options: ['compress', 'refuse-when-down'], headers: ['qc-lbid'] },
        { port: 443, protocol: 'https', ...tls, options: ['compress', 'strong-ciphers'], scene: 'keep-alive' },
        { port: 993, protocol: 'ssl', ...tls, options: ['refuse-when-down'], scene: 'keep-alive' },
      ),
    ).warnings
    assert.deepEqual(
      idle.map(({ code, at, values }) => `${code} ${at} ${values?.['value']}`),
      [
        'idle listeners[0].options refuse-when-down',
        'idle listeners[0].options strong-ciphers',
        'idle listeners[1].options compress',
        'idle listeners[1].headers qc-lbid',
        'idle listeners[3].scene keep-alive',
      ],
    )
  })

  test('keep options in one order, each once', () => {
    const { resource } = s.run(make({ port: 80, options: ['compress', 'any-url', 'compress'] }))
    const [listener] = s.get('load-balancer', resource?.id ?? '').live.listeners
    assert.deepEqual(listener?.options, ['any-url', 'compress'])
  })
})

describe('what is stored and has no effect yet', () => {
  test('is a warning wherever it is published, and only there', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const [a, b] = [s.create('server', { subnet }), s.create('server', { subnet })]
    const options = ['mtu=1400']
    const dhcpOptions = [a, b].map(server => ({ server, options }))
    assert.deepEqual(s.patch('vpc', vpc, { dhcpOptions }).warnings, [])
    const applied = s.run({ do: 'apply', kind: 'vpc', id: vpc })
    assert.deepEqual(
      applied.warnings.map(({ code, at, values }) => [code, at, values?.['value']]),
      [
        ['not-effective', 'dhcpOptions[0].server', a],
        ['not-effective', 'dhcpOptions[1].server', b],
      ],
    )
    assert.deepEqual(s.patch('vpc', vpc, { name: 'other' }).warnings, [])
  })
})
