import type { KindName } from '../model/kinds.ts'

/** What a creation of each kind may look like; the description of the API shows them. */
export const examples: Readonly<Record<KindName, Readonly<Record<string, unknown>>>> = {
  zone: { id: 'north', pools: [{ name: 'carrier', addresses: ['203.0.113.0/24'] }] },
  tag: { name: 'production', color: '#1890ff' },
  'ip-set': { name: 'offices', type: 'ip', members: ['198.51.100.0/24', '192.0.2.7'] },
  'security-group': { name: 'web', rules: [{ protocol: 'tcp', ports: '80', action: 'accept' }] },
  'group-snapshot': { name: 'before-the-move', group: 'sg-1a2b3c4d' },
  eip: { name: 'shop', zone: 'local', bandwidthMbps: 20 },
  vpc: { name: 'production', cidr: '192.168.0.0/16', type: 'small' },
  'route-table': {
    name: 'to-other-regions',
    vpc: 'rtr-1a2b3c4d',
    routes: [{ destination: '198.51.100.10/32', nextHop: { type: 'router', id: 'rtr-1a2b3c4d' } }],
  },
  'nat-gateway': { name: 'outbound', vpc: 'rtr-1a2b3c4d', eips: ['eip-1a2b3c4d'] },
  subnet: { name: 'front', vpc: 'rtr-1a2b3c4d', cidr: '192.168.1.0/24' },
  'key-pair': { name: 'ada', publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx3b1qv0Yv3 ada@example.com' },
  server: { name: 'worker', subnet: 'vxnet-1a2b3c4d' },
  volume: { name: 'data', sizeGb: 100, server: 'i-1a2b3c4d' },
  nic: { name: 'storage', subnet: 'vxnet-1a2b3c4d', server: 'i-1a2b3c4d' },
  vip: { name: 'database', subnet: 'vxnet-1a2b3c4d' },
  certificate: {
    name: 'shop.example',
    chain: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n',
    key: '-----BEGIN PRIVATE KEY-----\nMIGH…\n-----END PRIVATE KEY-----\n',
  },
  'forward-policy': { name: 'api', rules: [{ type: 'url', pattern: '^/api/' }] },
  'load-balancer': {
    name: 'shop',
    eips: ['eip-1a2b3c4d'],
    subnet: 'vxnet-1a2b3c4d',
    listeners: [{ port: 80, protocol: 'http', backends: [{ address: '198.51.100.10', port: 8080 }] }],
  },
  'policy-test': {
    name: 'customers-reach-the-shop',
    must: 'reach',
    from: { type: 'internet' },
    to: { type: 'load-balancer', id: 'lb-1a2b3c4d' },
    ports: '80',
  },
}
