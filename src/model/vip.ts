import { z } from 'zod'
import { defineKind, ref } from './define.ts'
import { ipv4 } from './address.ts'

export const vip = defineKind({
  prefix: 'vip',
  plural: 'vips',
  label: { en: 'Virtual IP', zh: '虚拟 IP' },
  about: {
    en: 'An address that is given to nobody, so that servers of the network may take it over from each other.',
    zh: '不分配给任何资源的保留地址，供同一私有网络的云服务器相互接管。',
  },
  now: z.strictObject({
    subnet: ref('subnet').describe('The private network that it is in'),
    address: ipv4
      .nullable()
      .default(null)
      .describe('The address; a free one when left out, none while the network is in no VPC'),
  }),
  spec: z.strictObject({}),
  fixed: ['subnet'],
  columns: ['subnet', 'address'],
})
