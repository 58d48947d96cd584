import { z } from 'zod'
import { defineKind } from './define.ts'
import { cidr, ipv4 } from './address.ts'

export const zone = defineKind({
  prefix: null,
  plural: 'zones',
  label: { en: 'Region', zh: '区域' },
  about: { en: 'A place that has public addresses of its own.', zh: '拥有自己公网地址的地方。' },
  now: z.strictObject({
    pools: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(64).describe('The name that people choose the pool by, e.g. the carrier'),
          addresses: z.array(cidr).min(1).max(64).describe('Prefixes that public addresses are taken from'),
          reserved: z.array(ipv4).max(256).default([]).describe('Addresses in them that must not be given out'),
        }),
      )
      .max(32)
      .default([])
      .describe('Pools of public addresses'),
  }),
  spec: z.strictObject({}),
  fixed: [],
  columns: ['pools'],
})
