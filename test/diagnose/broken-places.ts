import { addTo, make, publish, set, setBackend, setIn, setListener, type Broken, type Edit } from './broken.ts'

const proved = { sure: 'proved', mendedBy: 'repair' } as const
const byOthers = { sure: 'proved', mendedBy: 'others' } as const

/** A backend of the private network, with a group of its own that lets it be reached. */
const server = (port: number, more: object = {}): readonly Edit[] => [
  make('security-group', 'serverGroup', { name: 'servers', rules: [{ protocol: 'tcp', ports: String(port) }] }),
  make('server', 'server', { subnet: '{subnet}', securityGroup: '{serverGroup}', ...more }),
]

/** What is switched off, disabled or taken away. */
const off: readonly Broken[] = [
  {
    name: 'the balancer is off',
    on: 'a',
    edits: () => [set('load-balancer', 'balancer', { power: 'off' })],
    says: 'balancer-off',
    of: 'balancer',
    ...proved,
  },
  {
    name: 'the router is off',
    on: 'a',
    edits: () => [set('vpc', 'vpc', { power: 'off' })],
    says: 'router-off',
    of: 'vpc',
    ...proved,
  },
  {
    name: 'the router is off, which is the way out',
    on: 'b',
    edits: () => [set('vpc', 'vpc', { power: 'off' })],
    says: 'router-off',
    of: 'vpc',
    ...proved,
  },
  {
    name: 'the NAT gateway is off',
    on: 'a',
    edits: () => [set('nat-gateway', 'natGateway', { power: 'off' })],
    says: 'nat-gateway-off',
    of: 'natGateway',
    ...proved,
  },
  {
    name: 'the listener is disabled',
    on: 'a',
    edits: () => setListener({ enabled: false }),
    says: 'listener-disabled',
    of: 'balancer',
    ...proved,
  },
  {
    name: 'the backend is disabled',
    on: 'a',
    edits: () => setBackend({ enabled: false }),
    says: 'backend-disabled',
    of: 'balancer',
    ...proved,
  },
  {
    name: 'the backend has no weight',
    on: 'a',
    edits: () => setBackend({ weight: 0 }),
    says: 'weight-zero',
    of: 'balancer',
    ...proved,
  },
  {
    name: 'the backend was given weight again, which was not applied',
    on: 'a',
    edits: () => [...setBackend({ weight: 0 }), ...setBackend({ weight: 1 }).slice(0, -1)],
    says: 'balancer-not-applied',
    of: 'balancer',
    ...proved,
  },
  {
    name: 'the balancer left the private network',
    on: 'a',
    edits: () => [set('load-balancer', 'balancer', { subnet: null })],
    says: 'no-subnet',
    of: 'balancer',
    ...proved,
  },
  {
    name: 'the balancer is in a private network that nothing translates',
    on: 'a',
    edits: () => [
      make('subnet', 'second', { vpc: '{vpc}', cidr: '10.1.7.0/24' }),
      set('load-balancer', 'balancer', { subnet: '{second}' }),
    ],
    says: 'no-snat-rule',
    of: 'natGateway',
    ...proved,
  },
]

/** Backends inside, and addresses that are nobody's. */
const inside: readonly Broken[] = [
  {
    name: 'the server is off',
    on: 'a',
    remote: 'server',
    edits: ({ port }) => [
      ...server(port),
      ...setBackend({ address: null, server: '{server}' }),
      set('server', 'server', { power: 'off' }),
    ],
    says: 'server-off',
    of: 'server',
    ...proved,
  },
  {
    name: "the server's group does not admit the balancer",
    on: 'a',
    remote: 'server',
    edits: ({ port }) => [...server(port + 1), ...setBackend({ address: null, server: '{server}' })],
    says: 'group-refuses',
    of: 'serverGroup',
    ...proved,
  },
  {
    name: "the rule of the server's group is for another source",
    on: 'a',
    remote: 'server',
    edits: ({ port }) => [
      make('security-group', 'serverGroup', {
        name: 'servers',
        rules: [{ protocol: 'tcp', ports: String(port), peer: '192.0.2.10/32' }],
      }),
      make('server', 'server', { subnet: '{subnet}', securityGroup: '{serverGroup}' }),
      ...setBackend({ address: null, server: '{server}' }),
    ],
    says: 'group-refuses',
    of: 'serverGroup',
    ...proved,
  },
  {
    name: 'the service on the server is down',
    on: 'a',
    remote: 'nothing',
    edits: ({ port }) => [...server(port), ...setBackend({ address: null, server: '{server}' })],
    reason: 'connection refused',
    says: 'refused',
    of: 'balancer',
    sure: 'seen',
    mendedBy: 'others',
  },
  {
    name: 'the address is that of a server of another VPC',
    on: 'a',
    edits: () => [
      make('vpc', 'secondVpc', { cidr: '10.1.0.0/16', subnets: [{ cidr: '10.1.5.0/24' }] }),
      make('subnet', 'second', { vpc: '{secondVpc}', cidr: '10.1.6.0/24' }),
      make('server', 'server', { subnet: '{second}', address: '10.1.6.50' }),
      ...setBackend({ address: '10.1.6.50' }),
    ],
    says: 'nobody-has-address',
    of: 'vpc',
    ...byOthers,
  },
  {
    name: 'the address is that of nobody in the private network',
    on: 'a',
    edits: () => setBackend({ address: '10.1.0.200' }),
    says: 'nobody-has-address',
    of: 'vpc',
    ...byOthers,
  },
  {
    name: 'the address is one of our own, which nobody has',
    on: 'a',
    edits: ({ spare }) => setBackend({ address: spare }),
    says: 'address-unassigned',
    of: 'zone',
    ...byOthers,
  },
  {
    name: 'the address is a public IP that nobody holds',
    on: 'a',
    edits: ({ spare }) => [make('eip', 'loose', { address: spare }), ...setBackend({ address: spare })],
    says: 'eip-unbound',
    of: 'loose',
    ...byOthers,
  },
  {
    name: 'the address is the public IP of a NAT gateway, whose DNAT rule is for another port',
    on: 'a',
    edits: ({ port, spare }) => [
      ...server(port),
      make('eip', 'door', { address: spare }),
      make('nat-gateway', 'secondNat', { vpc: '{vpc}', eips: ['{door}'], securityGroup: '{group}' }),
      ...publish(
        'nat-gateway',
        'secondNat',
        addTo('nat-gateway', 'secondNat', 'dnatRules', {
          eip: '{door}',
          port: String(port + 1),
          toAddress: '10.1.0.77',
          toPort: String(port),
        }),
      ),
      ...setBackend({ address: spare }),
    ],
    says: 'no-dnat-rule',
    of: 'secondNat',
    ...byOthers,
  },
]

/** A server of another VPC, found by its public IP. */
const elsewhere = (rules: readonly object[], spare: string): readonly Edit[] => [
  make('vpc', 'secondVpc', { cidr: '10.2.0.0/16', securityGroup: '{group}' }),
  make('subnet', 'second', { vpc: '{secondVpc}', cidr: '10.2.0.0/24' }),
  make('security-group', 'serverGroup', { name: 'servers', rules }),
  make('eip', 'spare', { address: spare }),
  make('server', 'server', { subnet: '{second}', securityGroup: '{serverGroup}', eip: '{spare}' }),
  ...setBackend({ address: spare }),
]

/** What people who only knew the documentation came upon. */
const met: readonly Broken[] = [
  {
    name: 'the backend is the public IP of a server elsewhere, whose group does not admit the NAT gateway',
    on: 'a',
    remote: 'server',
    edits: ({ spare }) => elsewhere([], spare),
    says: 'group-refuses',
    of: 'serverGroup',
    ...proved,
  },
  {
    name: 'the group of a server elsewhere admits the private network, which nobody sees there',
    on: 'b',
    without: ['route', 'apply-route-table'],
    remote: 'server',
    edits: ({ spare, port }) => [
      ...elsewhere([{ protocol: 'tcp', ports: String(port), peer: '10.1.0.0/24' }], spare),
      ...publish(
        'route-table',
        'routeTable',
        addTo('route-table', 'routeTable', 'routes', {
          destination: `${spare}/32`,
          nextHop: { type: 'router', id: '{vpc}' },
        }),
      ),
    ],
    says: 'group-refuses',
    of: 'serverGroup',
    ...proved,
  },
  {
    name: 'the rule of a server elsewhere is disabled, and it sees one of two public IPs',
    on: 'a',
    remote: 'server',
    edits: ({ spare, port }) => [
      make('eip', 'secondEip', {}),
      set('nat-gateway', 'natGateway', { eips: ['{natEip}', '{secondEip}'] }),
      ...publish(
        'nat-gateway',
        'natGateway',
        setIn('nat-gateway', 'natGateway', ['snatRules', '{snatRule}'], { eips: ['{natEip}', '{secondEip}'] }),
      ),
      ...elsewhere([{ protocol: 'tcp', ports: String(port), peer: '203.0.113.0/24', enabled: false }], spare),
    ],
    says: 'group-refuses',
    of: 'serverGroup',
    ...proved,
  },
  {
    name: 'the backend is a virtual IP that no server has taken',
    on: 'a',
    edits: () => [
      make('vip', 'vip', { subnet: '{subnet}', address: '10.1.0.9' }),
      ...setBackend({ address: '10.1.0.9' }),
    ],
    reason: 'connection failed',
    says: 'vip-not-taken',
    of: 'vip',
    sure: 'guessed',
    mendedBy: 'others',
  },
  {
    name: 'the backend is the gateway of the private network',
    on: 'a',
    edits: () => setBackend({ address: '10.1.0.1' }),
    says: 'address-of-gateway',
    of: 'subnet',
    ...byOthers,
  },
]

export const brokenPlaces: readonly Broken[] = [...off, ...inside, ...met]
