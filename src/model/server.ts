import { z } from 'zod'
import { defineKind, power, ref } from './define.ts'
import { ipv4 } from './address.ts'

export const server = defineKind({
  prefix: 'i',
  plural: 'servers',
  label: { en: 'Server', zh: '云服务器' },
  about: {
    en: 'A machine in a subnet: a namespace of its own, an existing one, or a VM behind a tap device.',
    zh: '私有网络中的一台机器：独立命名空间、已有命名空间，或 tap 设备后的虚拟机。',
  },
  now: z.strictObject({
    subnet: ref('subnet').nullable().default(null).describe('The private network that it is in; none when null'),
    address: ipv4
      .nullable()
      .default(null)
      .describe('Its address there; a free one when left out, none while the network is in no VPC'),
    eip: ref('eip').nullable().default(null).describe('A public address of its own, translated one to one'),
    securityGroup: ref('security-group').describe('What may reach it; the default group when left out'),
    attach: z
      .discriminatedUnion('type', [
        z.strictObject({ type: z.literal('namespace') }),
        z.strictObject({ type: z.literal('netns'), path: z.string().regex(/^\/[\x21-\x7e]{1,255}$/) }),
        z.strictObject({ type: z.literal('tap'), device: z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/) }),
      ])
      .default({ type: 'namespace' })
      .describe('What it is: a new namespace, an existing one by path, or a tap device that a VM uses'),
    cpu: z.int().min(1).max(1024).default(1).describe('How many processors it is said to have; a record'),
    memoryMb: z
      .int()
      .min(128)
      .max(16_777_216)
      .default(1024)
      .describe('How much memory it is said to have, MB; a record'),
    image: z
      .string()
      .max(64)
      .regex(/^\P{Cc}*$/u)
      .default('')
      .describe('What it is said to run; a record'),
    keyPairs: z.array(ref('key-pair')).max(10).default([]).describe('Who may sign in to it; a record'),
    power,
  }),
  spec: z.strictObject({}),
  fixed: ['attach'],
  columns: ['subnet', 'address', 'eip'],
})
