import { z } from 'zod'
import { defineKind, portRange } from './define.ts'
import { cidr } from './address.ts'

export const ipSet = defineKind({
  prefix: 'sgi',
  plural: 'ip-sets',
  label: { en: 'IP/port set', zh: 'IP/端口集合' },
  about: {
    en: 'Addresses or ports under one name, for rules of security groups.',
    zh: '供安全组规则引用的一组地址或端口。',
  },
  now: z.strictObject({
    type: z.enum(['ip', 'port']).describe('What its members are'),
  }),
  spec: z.strictObject({
    members: z
      .array(z.union([cidr, portRange]))
      .max(1000)
      .default([])
      .describe('Addresses and prefixes, or ports and ranges'),
  }),
  fixed: ['type'],
  columns: ['type', 'members'],
})
