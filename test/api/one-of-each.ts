import { certificateFor } from '../certificate-maker.ts'
import { kinds, type KindName } from '../../src/model/kinds.ts'
import type { Running } from './running.ts'

/** How to create one of a kind, given what was created before; and a change to make. */
export interface Sample {
  readonly create: (made: Readonly<Partial<Record<KindName, string>>>) => Record<string, unknown>
  readonly change: Record<string, unknown>
}

/** One of every kind, in an order in which they can be created. */
export const samples: Readonly<Record<KindName, Sample>> = {
  zone: {
    create: () => ({ id: 'north', pools: [{ name: 'far', addresses: ['198.51.100.0/28'] }] }),
    change: { pools: [{ name: 'far', addresses: ['198.51.100.0/27'], reserved: ['198.51.100.1'] }] },
  },
  tag: { create: () => ({}), change: { color: '#1890ff' } },
  'ip-set': {
    create: () => ({ type: 'ip', members: ['10.9.0.0/24'] }),
    change: { members: ['10.9.0.0/24', '10.8.0.1/32'] },
  },
  'security-group': {
    create: () => ({ rules: [{ protocol: 'tcp', ports: 80 }] }),
    change: { rules: [{ protocol: 'tcp', ports: '80-90', priority: 3 }] },
  },
  'group-snapshot': { create: made => ({ group: made['security-group'] }), change: { description: 'before' } },
  eip: { create: () => ({ zone: 'local' }), change: { bandwidthMbps: 20 } },
  vpc: { create: () => ({ cidr: '192.168.0.0/16' }), change: { type: 'medium' } },
  'route-table': {
    create: ({ vpc }) => ({ vpc, routes: [] }),
    change: { routes: [{ destination: '198.51.100.0/24', nextHop: { type: 'address', address: '192.168.1.9' } }] },
  },
  'nat-gateway': { create: ({ vpc, eip }) => ({ vpc, eips: [eip] }), change: { size: 'medium' } },
  subnet: { create: ({ vpc }) => ({ vpc, cidr: '192.168.1.0/24' }), change: { description: 'front' } },
  'key-pair': {
    create: () => ({ publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx3b1qv0Yv3 ada@example.com' }),
    change: { description: 'of ada' },
  },
  server: { create: ({ subnet }) => ({ subnet }), change: { power: 'off' } },
  certificate: { create: () => ({ ...certificateFor() }), change: { ...certificateFor({ names: ['www.example'] }) } },
  'forward-policy': {
    create: () => ({ rules: [{ pattern: 'shop.example' }] }),
    change: { rules: [{ type: 'url', pattern: '^/api/' }], operator: 'and' },
  },
  volume: { create: ({ server }) => ({ sizeGb: 20, server }), change: { sizeGb: 30 } },
  nic: { create: ({ subnet }) => ({ subnet }), change: { description: 'of the storage' } },
  vip: { create: ({ subnet }) => ({ subnet }), change: { description: 'of the database' } },
  'load-balancer': {
    create: ({ subnet }) => ({
      subnet,
      listeners: [{ port: 80, protocol: 'http', backends: [{ address: '198.51.100.10', port: 8080 }] }],
    }),
    change: { maxConnections: 20000 },
  },
  'policy-test': {
    create: made => ({
      from: { type: 'internet' },
      to: { type: 'load-balancer', id: made['load-balancer'] },
      ports: 80,
    }),
    change: { must: 'not-reach' },
  },
}

export const order = [
  'zone',
  'tag',
  'ip-set',
  'security-group',
  'group-snapshot',
  'eip',
  'vpc',
  'subnet',
  'route-table',
  'nat-gateway',
  'key-pair',
  'server',
  'volume',
  'nic',
  'vip',
  'certificate',
  'forward-policy',
  'load-balancer',
  'policy-test',
] as const satisfies readonly KindName[]

/** Creates one of every kind and says their ids. */
export async function createAll(server: Running): Promise<Record<KindName, string>> {
  const made: Partial<Record<KindName, string>> = {}
  for (const kind of order) {
    const { status, body } = await server.ask('POST', `/v1/${kinds[kind].plural}`, {
      name: `a ${kind}`,
      ...samples[kind].create(made),
    })
    if (status !== 201) throw new Error(`${kind}: ${status} ${JSON.stringify(body)}`)
    made[kind] = body.id
  }
  return made as Record<KindName, string>
}
