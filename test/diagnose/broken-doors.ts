import {
  addTo,
  apply,
  eagerly,
  make,
  setBackend,
  setIn,
  setListener,
  withRule,
  type Broken,
  type Edit,
} from './broken.ts'

const proved = { sure: 'proved', mendedBy: 'repair' } as const
const byOthers = { sure: 'proved', mendedBy: 'others' } as const

/** What keeps clients out, while backends are well. */
const clients: readonly Broken[] = [
  {
    name: 'the group admits the port of the backend, but not that of the listener',
    on: 'a',
    without: ['rule-80'],
    says: 'group-refuses',
    of: 'group',
    forClients: true,
    ...proved,
  },
  {
    name: 'the listener denies everybody',
    on: 'a',
    edits: () => setListener({ deny: ['0.0.0.0/0'] }),
    says: 'lists-refuse',
    of: 'balancer',
    forClients: true,
    ...byOthers,
  },
  {
    name: 'the list that allows clients is not applied',
    on: 'a',
    edits: () => [
      ...setListener({ deny: ['0.0.0.0/0'] }),
      setIn('load-balancer', 'balancer', ['listeners', '{listener}'], { deny: [] }),
    ],
    says: 'lists-not-applied',
    of: 'balancer',
    forClients: true,
    ...proved,
  },
  {
    name: 'the policy of the backend has no rule',
    on: 'a',
    edits: () => [make('forward-policy', 'policy', { name: 'none' }), ...setBackend({ policy: '{policy}' })],
    says: 'policy-without-rule',
    of: 'policy',
    forClients: true,
    ...byOthers,
  },
  {
    name: 'the rule of the policy is not applied',
    on: 'a',
    edits: () => [
      make('forward-policy', 'policy', { name: 'late' }),
      ...setBackend({ policy: '{policy}' }),
      addTo('forward-policy', 'policy', 'rules', { pattern: 'shop.example' }),
    ],
    says: 'policy-not-applied',
    of: 'policy',
    forClients: true,
    ...proved,
  },
]

const udpCheck = { ...eagerly, protocol: 'udp' }
const udp = (check: object): readonly Edit[] => [
  // Another listener, as the first speaks HTTP.
  addTo('load-balancer', 'balancer', 'listeners', { protocol: 'udp', port: 81, check }, 'udpListener'),
]

/** UDP asks for more: a ping, and no refusal. */
const datagrams: readonly Broken[] = [
  {
    name: 'the group does not admit the pings that begin a check of UDP',
    on: 'a',
    remote: 'udp',
    edits: ({ address, port }) => [
      ...withRule({ protocol: 'udp' }),
      ...udp(udpCheck),
      addToUdp(address, port),
      apply('load-balancer', 'balancer'),
    ],
    says: 'group-refuses',
    of: 'group',
    ...proved,
  },
  {
    name: 'the group does not admit the datagrams',
    on: 'a',
    remote: 'udp',
    edits: ({ address, port }) => [
      ...withRule({ protocol: 'icmp' }),
      ...udp(udpCheck),
      addToUdp(address, port),
      apply('load-balancer', 'balancer'),
    ],
    says: 'group-refuses',
    of: 'group',
    ...proved,
  },
  {
    name: 'the port of the backend refuses datagrams',
    on: 'a',
    remote: 'nothing',
    edits: ({ address, port }) => [
      ...withRule({ protocol: 'all' }),
      ...udp(udpCheck),
      addToUdp(address, port),
      apply('load-balancer', 'balancer'),
    ],
    reason: 'port unreachable',
    says: 'refused',
    of: 'balancer',
    sure: 'seen',
    mendedBy: 'others',
  },
  {
    name: 'the firewall of the backend drops pings',
    on: 'a',
    remote: 'udp-without-ping',
    edits: ({ address, port }) => [
      ...withRule({ protocol: 'all' }),
      ...udp(udpCheck),
      addToUdp(address, port),
      apply('load-balancer', 'balancer'),
    ],
    reason: 'no answer to ping: timeout after 1 s',
    says: 'no-ping',
    of: 'balancer',
    sure: 'guessed',
    mendedBy: 'others',
  },
]

/** Becomes the backend that is asked about. */
function addToUdp(address: string, port: number): Edit {
  const path = ['listeners', '{udpListener}', 'backends']
  const command = { do: 'add-child', kind: 'load-balancer', id: '{balancer}', path, body: { address, port } } as const
  return { command, as: 'backend-0' }
}

export const brokenDoors: readonly Broken[] = [...clients, ...datagrams]
