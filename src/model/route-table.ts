import { z } from 'zod'
import { children, defineKind, enabled, ref } from './define.ts'
import { cidr, ipv4 } from './address.ts'

const nextHop = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('router'), id: ref('vpc') }),
    z.strictObject({ type: z.literal('nat-gateway'), id: ref('nat-gateway') }),
    z.strictObject({ type: z.literal('address'), address: ipv4 }),
  ])
  .describe('Where such packets go: the router of the VPC, one of its NAT gateways, or an address in it')

export const routeTable = defineKind({
  prefix: 'rt',
  plural: 'route-tables',
  label: { en: 'Route table', zh: '路由表' },
  about: { en: 'Where packets from a subnet or a balancer go next.', zh: '私有网络或负载均衡器发出的数据包的下一跳。' },
  now: z.strictObject({
    vpc: ref('vpc')
      .nullable()
      .default(null)
      .describe('The VPC that it belongs to; when null, that of what it is first bound to'),
    serves: z.enum(['subnet', 'load-balancer']).default('subnet').describe('What may be bound to it'),
    isDefault: z.boolean().default(false).describe('Made with its VPC; serves subnets that name no other'),
  }),
  spec: z.strictObject({
    routes: children('r', {
      destination: cidr.describe('Where the packets are going'),
      source: cidr.nullable().default(null).describe('Where they come from; any when null'),
      nextHop,
      enabled,
    }).describe('Its rules: the longest prefix wins, then one that names a source'),
  }),
  fixed: ['serves', 'isDefault'],
  once: ['vpc'],
  columns: ['vpc', 'serves', 'isDefault'],
})
