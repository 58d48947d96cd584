import type { KindName } from '../model/kinds.ts'

/** What this API calls the kinds of resources that it speaks of. */
const types = {
  server: 'instance',
  volume: 'volume',
  'key-pair': 'keypair',
  'security-group': 'security_group',
  'ip-set': 'security_group_ipset',
  subnet: 'vxnet',
  eip: 'eip',
  vpc: 'router',
  'route-table': 'routing_table',
  'nat-gateway': 'nfv',
  'load-balancer': 'loadbalancer',
  'forward-policy': 'loadbalancer_policy',
  certificate: 'server_certificate',
  nic: 'nic',
  vip: 'vip',
} as const satisfies Readonly<Partial<Record<KindName, string>>>

type Typed = keyof typeof types

/** What this API calls a kind; its own word where this API does not speak of it. */
export function typeOf(kind: KindName): string {
  return isTyped(kind) ? types[kind] : kind
}

/** Whether this API speaks of a kind as something that others hold on to. */
export function isTyped(kind: KindName): kind is Typed {
  return Object.hasOwn(types, kind)
}
