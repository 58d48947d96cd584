import assert from 'node:assert/strict'
import type { Listener } from '../../../src/model/model.ts'
import { addedListener, balanced, balancerIn, backendShape, listenerShape, secured } from '../balanced.ts'
import type { Given, Row } from '../row.ts'
import { id } from '../shape.ts'

const webShape = ({ front = '', listener = '' }: Given, more = {}) =>
  listenerShape({
    loadbalancer_listener_id: listener,
    loadbalancer_listener_name: 'web',
    loadbalancer_id: front,
    ...more,
  })

const web = { listener_port: 8080, listener_protocol: 'http', backend_protocol: 'http' }

/** Attributes that only REST has. */
const elsewhere = {
  redirectStatus: 308,
  http2: false,
  allow: ['198.51.100.0/24'],
  drainS: 30,
  slowStartS: 5,
  retryOn: 'idempotent',
  proxyProtocol: 'v2',
  check: { accept: '200-204', expect: 'fine' },
} as const

export const rows: readonly Row[] = [
  {
    action: 'DescribeLoadBalancerListeners',
    given: balanced,
    parameters: ({ front = '' }) => ({ loadbalancer: front }),
    answer: given => ({ loadbalancer_listener_set: [webShape(given)], total_count: 1 }),
  },
  {
    action: 'DescribeLoadBalancerListeners',
    about: 'by ids, with backends, as the Kubernetes controller asks',
    given: balanced,
    parameters: ({ listener = '' }) => ({
      loadbalancer_listeners: [listener, 'lbl-00000000'],
      verbose: 1,
      limit: 100,
      offset: 0,
    }),
    answer: given => ({
      loadbalancer_listener_set: [
        webShape(given, {
          backends: [
            backendShape({ resource_id: given['server'] ?? '', port: 8080, loadbalancer_backend_name: 'near' }),
            backendShape({ resource_id: '198.51.100.7', port: 80, loadbalancer_backend_name: 'far' }),
          ],
        }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeLoadBalancerListeners',
    about: 'of a list of balancers, of which one has none and one is no more',
    given: balanced,
    parameters: ({ plain = '' }) => ({ loadbalancers: [plain, 'lb-00000000'] }),
    answer: { loadbalancer_listener_set: [], total_count: 0 },
  },
  {
    action: 'DescribeLoadBalancerListeners',
    about: 'one that is no more, of a balancer that is no more',
    parameters: { loadbalancer: 'lb-00000000', loadbalancer_listeners: ['lbl-00000000'] },
    answer: { loadbalancer_listener_set: [], total_count: 0 },
  },
  {
    action: 'AddLoadBalancerListeners',
    about: 'with nothing but what it needs, which clients rely on',
    given: balanced,
    parameters: ({ plain = '' }) => ({ loadbalancer: plain, listeners: [web] }),
    answer: { loadbalancer_listeners: [id('lbl')] },
    async then(site, { plain }, answer) {
      const { shown } = await addedListener(site, answer['loadbalancer_listeners'])
      assert.equal(balancerIn(site, plain).live.listeners.length, 0, 'it waits for UpdateLoadBalancers')
      assert.deepEqual(
        [shown['forwardfor'], shown['healthy_check_method'], shown['healthy_check_option'], shown['timeout']],
        [0, 'tcp', '10|5|2|5', 50],
      )
    },
  },
  {
    action: 'AddLoadBalancerListeners',
    about: 'several, by any port and of every protocol that needs no certificate',
    given: balanced,
    parameters: ({ plain = '' }) => ({
      loadbalancer: plain,
      listeners: [
        { listener_port: '1', listener_protocol: 'tcp', backend_protocol: 'tcp', loadbalancer_listener_name: '名 字' },
        { listener_port: 53, listener_protocol: 'udp', backend_protocol: 'udp', healthy_check_method: 'udp' },
        { listener_port: 65_535, listener_protocol: 'http', backend_protocol: 'http' },
      ],
    }),
    answer: { loadbalancer_listeners: [id('lbl'), id('lbl'), id('lbl')] },
    then(site, { plain }) {
      const { listeners } = balancerIn(site, plain).draft
      assert.deepEqual(
        listeners.map(({ protocol, port, name, check }) => [protocol, port, name, check.protocol]),
        [
          ['tcp', 1, '名 字', 'tcp'],
          ['udp', 53, '', 'udp'],
          ['http', 65_535, '', 'tcp'],
        ],
      )
    },
  },
  ...(
    [
      ['https', ['http', 'https']],
      ['ssl', ['tcp', 'ssl']],
    ] as const
  ).flatMap(([protocol, spoken]) =>
    spoken.map((backend): Row => ({
      action: 'AddLoadBalancerListeners',
      about: `${protocol} to ${backend}, with certificates in a list within an object`,
      given: secured,
      parameters: ({ balancer = '', certificate = '', spare = '' }) => ({
        loadbalancer: balancer,
        listeners: [
          {
            listener_port: 8443,
            listener_protocol: protocol,
            backend_protocol: backend,
            server_certificate_id: [certificate, spare],
          },
        ],
      }),
      answer: { loadbalancer_listeners: [id('lbl')] },
      async then(site, { certificate, spare }, answer) {
        const { shown } = await addedListener(site, answer['loadbalancer_listeners'])
        assert.deepEqual(shown['server_certificate_id'], [certificate, spare])
        assert.equal(shown['backend_protocol'], spoken[0])
      },
    })),
  ),
  {
    action: 'AddLoadBalancerListeners',
    about: 'https with one certificate, not in a list',
    given: secured,
    parameters: ({ balancer = '', certificate = '' }) => ({
      loadbalancer: balancer,
      listeners: [{ listener_port: 8443, listener_protocol: 'https', server_certificate_id: certificate }],
    }),
    answer: { loadbalancer_listeners: [id('lbl')] },
    then: (site, { balancer, certificate }) =>
      assert.deepEqual(balancerIn(site, balancer).draft.listeners[1]?.certificates, [certificate]),
  },
  {
    action: 'ModifyLoadBalancerListenerAttributes',
    about: 'as the Terraform provider does',
    given: balanced,
    parameters: ({ listener = '' }) => ({
      loadbalancer_listener: listener,
      balance_mode: 'source',
      session_sticky: 'prefix|sk',
      forwardfor: 7,
      healthy_check_method: 'http|/index.html|vhost.example.com',
      healthy_check_option: '10|5|5|5',
      listener_option: 5,
      timeout: 40,
    }),
    answer: {},
    async then(site, { front, listener }) {
      const { shown } = await addedListener(site, [listener])
      const { draft, live } = balancerIn(site, front)
      assert.notDeepEqual(draft, live)
      assert.equal(draft.listeners[0]?.backends.length, 2)
      const known = { balance_mode: 'source', session_sticky: 'prefix|sk', forwardfor: 7, timeout: 40 }
      for (const [name, value] of Object.entries(known)) assert.equal(shown[name], value)
      assert.equal(shown['healthy_check_method'], 'http|/index.html|vhost.example.com')
      assert.equal(shown['healthy_check_option'], '10|5|5|5')
      assert.equal(shown['listener_option'], 5)
      assert.equal(shown['loadbalancer_listener_name'], 'web')
    },
  },
  {
    action: 'ModifyLoadBalancerListenerAttributes',
    about: 'empty is no name, no stickiness and no check',
    given: balanced,
    parameters: ({ listener = '' }) => ({
      loadbalancer_listener: listener,
      loadbalancer_listener_name: '',
      session_sticky: '',
      healthy_check_method: '',
      healthy_check_option: '',
      balance_mode: '',
    }),
    answer: {},
    async then(site, { listener }) {
      const { shown } = await addedListener(site, [listener])
      const { loadbalancer_listener_name: name, session_sticky: sticky, healthy_check_method: method } = shown
      assert.deepEqual([name, sticky, method], ['', '', ''])
      assert.deepEqual([shown['healthy_check_option'], shown['balance_mode']], ['10|5|2|5', 'roundrobin'])
    },
  },
  {
    action: 'ModifyLoadBalancerListenerAttributes',
    about: 'other certificates, in a list with numbers',
    given: secured,
    parameters: ({ listener = '', spare = '', certificate = '' }) => ({
      loadbalancer_listener: listener,
      server_certificate_id: [spare, certificate],
    }),
    answer: {},
    then: (site, { balancer, spare, certificate }) =>
      assert.deepEqual(balancerIn(site, balancer).draft.listeners[0]?.certificates, [spare, certificate]),
  },
  {
    action: 'ModifyLoadBalancerListenerAttributes',
    about: 'other certificates, with commas between, as documented',
    given: secured,
    parameters: ({ listener = '', spare = '', certificate = '' }) => ({
      loadbalancer_listener: listener,
      server_certificate_id: `${spare},${certificate}`,
    }),
    answer: {},
    then: (site, { balancer, spare, certificate }) =>
      assert.deepEqual(balancerIn(site, balancer).draft.listeners[0]?.certificates, [spare, certificate]),
  },
  {
    action: 'ModifyLoadBalancerListenerAttributes',
    about: 'no certificates, where none are needed: Go clears a list with one blank entry',
    given: balanced,
    parameters: ({ listener = '' }) => ({ loadbalancer_listener: listener, server_certificate_id: [' '] }),
    answer: {},
    clients: ['go'],
  },
  {
    action: 'ModifyLoadBalancerListenerAttributes',
    about: 'what the API has no name for stays as it was given elsewhere',
    async given(site) {
      const given = await balanced(site)
      const { front = '', listener = '', far = '' } = given
      const patch = (path: readonly string[], body: object) =>
        site.core.commands.run({ do: 'patch-child', kind: 'load-balancer', id: front, path, body }, 'test')
      await patch(['listeners', listener], elsewhere)
      await patch(['listeners', listener, 'backends', far], { backup: true, backupTier: 2, maxConnections: 9 })
      return given
    },
    parameters: ({ listener = '' }) => ({
      loadbalancer_listener: listener,
      healthy_check_method: 'http|/other',
      listener_option: 4,
      timeout: 60,
    }),
    answer: {},
    then(site, { front }) {
      const [listener] = balancerIn(site, front).draft.listeners
      const { check, ...rest } = elsewhere
      for (const [name, value] of Object.entries(rest)) assert.deepEqual(listener?.[name as keyof Listener], value)
      assert.deepEqual({ accept: listener?.check.accept, expect: listener?.check.expect }, check)
      const { backup, backupTier, maxConnections } = listener?.backends[1] ?? {}
      assert.deepEqual([backup, backupTier, maxConnections], [true, 2, 9])
    },
  },
  {
    action: 'DeleteLoadBalancerListeners',
    given: balanced,
    parameters: ({ listener = '' }) => ({ loadbalancer_listeners: [listener, listener] }),
    answer: ({ listener = '' }) => ({ loadbalancer_listeners: [listener, listener] }),
    then(site, { front }) {
      const { draft, live } = balancerIn(site, front)
      assert.deepEqual([draft.listeners.length, live.listeners.length], [0, 1])
    },
  },
  {
    action: 'AssociateServerCertsToLBListener',
    given: secured,
    parameters: ({ listener = '', spare = '', certificate = '' }) => ({
      loadbalancer_listener: listener,
      server_certificates: [spare, certificate],
    }),
    answer: {},
    then: (site, { balancer, spare, certificate }) =>
      assert.deepEqual(balancerIn(site, balancer).draft.listeners[0]?.certificates, [certificate, spare]),
  },
  {
    action: 'DissociateServerCertsFromLBListener',
    async given(site) {
      const given = await secured(site)
      const [listener = '', spare = ''] = [given['listener'], given['spare']]
      await site.done('AssociateServerCertsToLBListener', {
        loadbalancer_listener: listener,
        server_certificates: [spare],
      })
      return given
    },
    parameters: ({ listener = '', certificate = '' }) => ({
      loadbalancer_listener: listener,
      server_certificates: [certificate],
    }),
    answer: {},
    then: (site, { balancer, spare }) =>
      assert.deepEqual(balancerIn(site, balancer).draft.listeners[0]?.certificates, [spare]),
  },
]
