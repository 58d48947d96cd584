import { z } from 'zod'
import { defineKind, ref } from './define.ts'
import { ipv4 } from './address.ts'

export const eip = defineKind({
  prefix: 'eip',
  plural: 'eips',
  label: { en: 'Public IP', zh: '公网 IP' },
  about: {
    en: 'A public address that one VPC, NAT gateway, balancer or server holds.',
    zh: '由一个 VPC、NAT 网关、负载均衡器或云服务器持有的公网地址。',
  },
  now: z.strictObject({
    zone: ref('zone').describe('The region whose pools it comes from'),
    pool: z.string().max(64).nullable().default(null).describe('The pool that it comes from; any when null'),
    address: ipv4.describe('The address; the first free one of the pool when left out'),
    bandwidthMbps: z
      .int()
      .min(1)
      .max(1000)
      .default(10)
      .describe('The most that may pass in each direction, Mbit/s; inbound is never held below 10'),
    billing: z.enum(['bandwidth', 'traffic']).default('bandwidth').describe('What it is charged by'),
  }),
  spec: z.strictObject({}),
  fixed: ['zone', 'pool', 'address'],
  columns: ['address', 'bandwidthMbps', 'boundTo'],
})
