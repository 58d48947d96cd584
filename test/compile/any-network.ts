import * as fc from 'fast-check'
import type { Model } from '../../src/model/model.ts'
import { modelOf } from './model-of.ts'

const { constantFrom: one, array, boolean, record, subarray } = fc
const often = fc.integer({ min: 0, max: 9 }).map(n => n > 0)
const rarely = often.map(is => !is)

export const anyRule = record({
  priority: one(1, 2, 3),
  direction: one('ingress', 'ingress', 'egress'),
  action: one('accept', 'accept', 'drop'),
  protocol: one('all', 'tcp', 'tcp', 'udp'),
  ports: one(null, '80', '70-90', 'sgi-00000001'),
  peer: one(null, null, '10.0.0.0/8', '10.0.1.10/32', '8.8.8.8', 'sgi-00000002'),
  enabled: often,
})
/** A list that mostly ends with what lets packets pass. */
const mostly = <T>(last: T, list: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> =>
  fc.tuple(often, list).map(([is, each]) => (is ? [...each, last] : each))
const passRule = {
  priority: 3,
  direction: 'ingress',
  action: 'accept',
  protocol: 'all',
  ports: null,
  peer: null,
  enabled: true,
} as const
const anyRules = mostly<typeof anyRule extends fc.Arbitrary<infer Rule> ? Rule : never>(
  passRule,
  array(anyRule, { maxLength: 3 }),
)
const anyRoute = record({
  destination: one('0.0.0.0/0', '8.0.0.0/8', '8.8.8.0/24', '8.8.8.8/32', '10.0.2.0/24'),
  source: one(null, null, '10.0.0.0/8', '10.0.1.0/24', '10.0.1.0/25', '10.0.1.10/32'),
  nextHop: one(
    { type: 'router', id: 'rtr-00000001' },
    { type: 'nat-gateway', id: 'nfv-00000001' },
    { type: 'address', address: '10.0.1.20' },
  ),
  enabled: often,
})
const anyRoutes = fc.uniqueArray(anyRoute, {
  minLength: 1,
  maxLength: 6,
  size: 'max',
  selector: each => `${each.destination} ${each.source}`,
})
const eips = ['eip-00000001', 'eip-00000002', 'eip-00000003']
const anySnatRule = record({
  target: one('vxnet-00000001', 'vxnet-00000001', 'vxnet-00000002', 'i-00000001'),
  eips: subarray(eips, { minLength: 1 }),
  enabled: often,
})
const power = rarely.map(off => (off ? 'off' : 'on'))

const anyPrefixes = subarray(['8.8.0.0/16', '8.8.8.0/24', '8.8.8.8/32', '198.51.100.0/24', '0.0.0.0/1'])
const anyListener = record({
  allow: fc.oneof(one<string[]>([]), anyPrefixes),
  deny: anyPrefixes,
  lastPort: one(null, 90),
  enabled: often,
})

/**
 * One VPC in which everything is there that packets could need, with any rules and routes: dense where models that random
 * commands make are wide. Its balancer, with an address at 10.0.1.10 and up to two more nodes, is `lb-00000001`.
 */
export const anyNetwork: fc.Arbitrary<Model> = record({
  groups: fc.tuple(anyRules, anyRules),
  type: one('small', 'small', 'free'),
  shared: boolean(),
  powers: fc.tuple(power, power, power),
  gatewayEips: subarray(eips, { minLength: 1 }),
  snatRules: array(anySnatRule, { minLength: 1, maxLength: 4 }),
  routes: anyRoutes,
  ownRoutes: fc.option(anyRoutes),
  serverEip: boolean(),
  nodeAddresses: subarray(['10.0.1.9', '10.0.1.11']),
  listener: anyListener,
}).map(world => {
  const { groups, type, shared, powers, gatewayEips, snatRules, routes, ownRoutes } = world
  const { serverEip, nodeAddresses, listener } = world
  const [open, strict] = ['sg-00000001', 'sg-00000002']
  const vpc = 'rtr-00000001'
  const accepting = groups.map(rules => ({ rules: numbered('sgr', rules) }))
  const eip = (n: number) => ({ zone: 'local', address: `203.0.113.${n}` })
  return modelOf(
    JSON.stringify({
      local: { pools: [{ name: 'any', addresses: ['203.0.113.0/24'] }] },
      'sgi-00000001': { type: 'port', members: ['80', '400-500', '443'] },
      'sgi-00000002': { type: 'ip', members: ['8.8.0.0/16', '8.8.8.8', '10.0.1.0/24'] },
      [open]: accepting[0],
      [strict]: accepting[1],
      'eip-00000001': eip(1),
      'eip-00000002': eip(2),
      'eip-00000003': eip(3),
      'eip-00000004': eip(4),
      'eip-00000005': eip(5),
      'eip-00000006': eip(6),
      [vpc]: {
        cidr: '10.0.0.0/16',
        type,
        eip: shared && type !== 'free' ? 'eip-00000004' : null,
        securityGroup: open,
        power: powers[0],
      },
      'rt-00000001': { vpc, isDefault: true, routes: numbered('r', routes) },
      ...(ownRoutes && { 'rt-00000002': { vpc, serves: 'load-balancer', routes: numbered('r', ownRoutes) } }),
      'vxnet-00000001': { vpc, cidr: '10.0.1.0/24', gateway: '10.0.1.1', routeTable: 'rt-00000001' },
      'vxnet-00000002': { vpc, cidr: '10.0.2.0/24', gateway: '10.0.2.1', routeTable: 'rt-00000001' },
      'nfv-00000001': {
        vpc,
        eips: gatewayEips,
        securityGroup: open,
        snatRules: numbered('snat', snatRules),
        power: powers[1],
      },
      'i-00000001': {
        subnet: 'vxnet-00000001',
        address: '10.0.1.20',
        securityGroup: strict,
        eip: serverEip ? 'eip-00000006' : null,
      },
      'i-00000002': { subnet: 'vxnet-00000002', address: '10.0.2.20', securityGroup: open, power: powers[2] },
      'i-00000003': { subnet: 'vxnet-00000001', address: '10.0.1.21', securityGroup: open },
      'lb-00000001': {
        eips: ['eip-00000005'],
        subnet: 'vxnet-00000001',
        address: '10.0.1.10',
        nodeCount: nodeAddresses.length + 1,
        nodeAddresses,
        routeTable: ownRoutes ? 'rt-00000002' : null,
        securityGroup: strict,
        listeners: [{ id: 'lbl-00000001', protocol: 'tcp', port: 80, ...listener }],
      },
    }),
  )
})

function numbered<T extends object>(prefix: string, list: readonly T[]): (T & { id: string })[] {
  return list.map((each, i) => ({ ...each, id: `${prefix}-${i.toString().padStart(8, '0')}` }))
}
