import { z } from 'zod'
import { defineKind, ref } from './define.ts'
import { cidr, ipv4 } from './address.ts'

export const subnet = defineKind({
  prefix: 'vxnet',
  plural: 'subnets',
  label: { en: 'Private network', zh: '私有网络' },
  about: {
    en: 'A slice of a VPC whose members share a link and a gateway. While it is in no VPC its members have neither.',
    zh: 'VPC 中共用一条链路与一个网关的一段网络。未加入 VPC 时，成员既无链路也无地址。',
  },
  now: z.strictObject({
    type: z
      .enum(['managed', 'self-managed'])
      .default('managed')
      .describe('Who gives its members addresses: a VPC, or they themselves; the latter joins none'),
    vpc: ref('vpc').nullable().default(null).describe('The VPC that it is part of; none when null'),
    cidr: cidr
      .nullable()
      .default(null)
      .describe('Its addresses, within the range of the VPC, /16 to /29; none without a VPC'),
    gateway: ipv4
      .nullable()
      .default(null)
      .describe('The address of the VPC router in it; the first host when left out'),
    routeTable: ref('route-table')
      .nullable()
      .default(null)
      .describe('Its route table; the default one of the VPC when left out'),
  }),
  spec: z.strictObject({}),
  fixed: ['type'],
  once: ['vpc', 'cidr', 'gateway'],
  columns: ['vpc', 'cidr', 'routeTable'],
})
