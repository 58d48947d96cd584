import { z } from 'zod'
import { defineKind, ref } from './define.ts'
import { ipv4 } from './address.ts'

export const nic = defineKind({
  prefix: 'nic',
  plural: 'nics',
  label: { en: 'Network interface', zh: '网卡' },
  about: {
    en: 'One more link of a server, in a private network of its choice; the group of the server guards it too.',
    zh: '云服务器在所选私有网络中的附加链路，同样受该云服务器安全组保护。',
  },
  now: z.strictObject({
    subnet: ref('subnet').describe('The private network that it is in'),
    address: ipv4
      .nullable()
      .default(null)
      .describe('Its address there; a free one when left out, none while the network is in no VPC'),
    mac: z
      .string()
      .regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/)
      .describe('Its hardware address; one of its own when left out'),
    server: ref('server').nullable().default(null).describe('The server that it is attached to'),
    sequence: z
      .int()
      .min(1)
      .max(63)
      .nullable()
      .default(null)
      .describe('Its number in that server, where it is eth1, eth2 and so on; the first free one when left out'),
  }),
  spec: z.strictObject({}),
  fixed: ['mac'],
  columns: ['subnet', 'address', 'mac', 'server'],
})
