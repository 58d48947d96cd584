import {
  addTo,
  eagerly,
  make,
  publish,
  set,
  setBackend,
  setListener,
  withRule,
  type Broken,
  type Edit,
} from './broken.ts'

const proved = { sure: 'proved', mendedBy: 'repair' } as const
const byOthers = { sure: 'proved', mendedBy: 'others' } as const
const seen = { of: 'balancer', sure: 'seen', mendedBy: 'others' } as const

/** A server of the private network, with a group of its own. */
const server = (rule: object, more: object = {}): readonly Edit[] => [
  make('security-group', 'serverGroup', { name: 'servers', rules: [rule] }),
  make('server', 'server', { subnet: '{subnet}', securityGroup: '{serverGroup}', ...more }),
]
const toServer = (rule: object): readonly Edit[] => [
  ...server(rule),
  ...setBackend({ address: null, server: '{server}' }),
]

/** What people do who know other clouds, or have not read on. */
export const brokenHabits: readonly Broken[] = [
  {
    name: 'clients are shown as who they are, while the group of the server admits the balancer only',
    on: 'a',
    remote: 'server',
    edits: ({ port }) => [
      ...toServer({ protocol: 'tcp', ports: String(port), peer: '10.1.0.0/24' }),
      ...setListener({ protocol: 'tcp', options: ['transparent'], check: { ...eagerly, protocol: 'tcp' } }),
    ],
    says: 'admits-private-only',
    of: 'serverGroup',
    asks: { eip: 'balancerEip' },
    forClients: true,
    ...proved,
  },
  {
    name: 'the listener redirects to HTTPS, where nobody listens',
    on: 'a',
    edits: () => [
      addTo('load-balancer', 'balancer', 'listeners', { port: 8081, options: ['redirect-to-https'] }),
      ...withRule({ protocol: 'tcp', ports: '8081' }),
      ...publish('load-balancer', 'balancer'),
    ],
    says: 'redirect-to-nobody',
    of: 'balancer',
    asks: { eip: 'balancerEip' },
    forClients: true,
    ...byOthers,
  },
  {
    name: 'the group admits clients by the addresses that they have at home',
    on: 'a',
    without: ['rule-80'],
    edits: () => withRule({ protocol: 'tcp', ports: '80', peer: '192.168.1.0/24' }),
    says: 'admits-private-only',
    of: 'group',
    asks: { eip: 'balancerEip' },
    forClients: true,
    ...proved,
  },
  {
    name: 'the listener allows the addresses that clients have at home',
    on: 'a',
    edits: () => setListener({ allow: ['10.0.0.0/8', '192.168.0.0/16'] }),
    says: 'lists-private-only',
    of: 'balancer',
    asks: { eip: 'balancerEip' },
    forClients: true,
    ...byOthers,
  },
  {
    name: 'another network has the same addresses, and the route to it never counts',
    on: 'a',
    edits: () => [
      ...setBackend({ address: '10.1.9.9' }),
      ...publish(
        'route-table',
        'routeTable',
        addTo('route-table', 'routeTable', 'routes', {
          destination: '10.1.9.0/24',
          nextHop: { type: 'nat-gateway', id: '{natGateway}' },
        }),
      ),
    ],
    says: 'route-is-local',
    of: 'routeTable',
    ...byOthers,
  },
  {
    name: 'answers to a port forward leave by the NAT gateway that came later',
    on: 'a',
    edits: ({ port }) => [
      ...server({ protocol: 'tcp', ports: String(port) }, { address: '10.1.0.77' }),
      make('eip', 'vpcEip', {}),
      set('vpc', 'vpc', { eip: '{vpcEip}' }),
      ...publish('vpc', 'vpc', addTo('vpc', 'vpc', 'portForwards', { port, toAddress: '10.1.0.77', toPort: port })),
    ],
    says: 'answers-lost',
    of: 'server',
    asks: { eip: 'vpcEip' },
    forClients: true,
    ...proved,
  },
  {
    name: 'of two rules of one priority, the one that drops wins',
    on: 'a',
    without: ['security-group-rule'],
    edits: ({ port }) => [
      ...withRule({ protocol: 'tcp', ports: '80' }),
      ...withRule({ protocol: 'tcp', ports: String(port), priority: 5 }),
      ...withRule({ action: 'drop', protocol: 'tcp', ports: String(port), priority: 5 }),
    ],
    says: 'rule-drops',
    of: 'group',
    ...proved,
  },
  {
    name: 'the balancer has no public IP',
    on: 'a',
    edits: () => [set('load-balancer', 'balancer', { eips: [] })],
    says: 'balancer-without-eip',
    of: 'balancer',
    asks: { internetTo: 'balancer' },
    forClients: true,
    ...proved,
  },
  {
    name: 'the backend speaks TLS, and the balancer HTTP',
    on: 'a',
    remote: 'tls',
    reason: 'connected, but the answer is not HTTP',
    says: 'not-http',
    probed: 'speaks-tls',
    ...seen,
  },
  {
    name: 'the service on the server listens on 127.0.0.1 only',
    on: 'a',
    remote: 'loopback',
    edits: ({ port }) => toServer({ protocol: 'tcp', ports: String(port) }),
    reason: 'connection refused',
    says: 'refused',
    probed: 'listens-on-loopback',
    ...seen,
  },
  {
    name: 'the path of the check redirects, which TCP takes for a failure',
    on: 'a',
    check: { ...eagerly, path: '/moved' },
    edits: () => setListener({ protocol: 'tcp' }),
    reason: 'HTTP 302',
    says: 'check-redirected',
    ...seen,
  },
  {
    name: 'the backend is the balancer itself',
    on: 'a',
    edits: ({ spare }) => [
      ...withRule({ protocol: 'tcp', ports: '80' }),
      make('eip', 'own', { address: spare }),
      set('load-balancer', 'balancer', { eips: ['{balancerEip}', '{own}'] }),
      ...setBackend({ address: spare, port: 80 }),
    ],
    says: 'leads-to-itself',
    of: 'balancer',
    ...byOthers,
  },
  {
    name: 'the server has a firewall of its own',
    on: 'a',
    remote: 'own-firewall',
    edits: ({ port }) => toServer({ protocol: 'tcp', ports: String(port) }),
    reason: 'timeout after 1 s',
    says: 'timeout',
    of: 'balancer',
    sure: 'guessed',
    mendedBy: 'others',
  },
]
