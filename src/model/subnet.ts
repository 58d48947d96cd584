import { z } from 'zod'
import { defineKind, ref } from './define.ts'
import { cidr, ipv4 } from './address.ts'

export const subnet = defineKind({
  prefix: 'vxnet',
  plural: 'subnets',
  label: { en: 'Private network', zh: '私有网络' },
  about: {
    en: 'A slice of a VPC whose members share a link and a gateway.',
    zh: 'VPC 中共用一条链路与一个网关的一段网络。',
  },
  now: z.strictObject({
    vpc: ref('vpc').describe('The VPC that it is part of'),
    cidr: cidr.describe('Its addresses, within the range of the VPC, /16 to /29'),
    gateway: ipv4.describe('The address of the VPC router in it; the first host when left out'),
    routeTable: ref('route-table').describe('Its route table; the default one of the VPC when left out'),
  }),
  spec: z.strictObject({}),
  fixed: ['vpc', 'cidr', 'gateway'],
  columns: ['vpc', 'cidr', 'routeTable'],
})
