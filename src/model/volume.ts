import { z } from 'zod'
import { defineKind, ref } from './define.ts'

export const volume = defineKind({
  prefix: 'vol',
  plural: 'volumes',
  label: { en: 'Volume', zh: '硬盘' },
  about: {
    en: 'A disk of a server. A record: Causeway keeps networks, not blocks.',
    zh: '云服务器的硬盘。仅作记录：Causeway 只管理网络，不存储数据块。',
  },
  now: z.strictObject({
    sizeGb: z.int().min(1).max(100_000).describe('How much it holds, GB'),
    type: z
      .enum(['performance', 'high-performance', 'capacity', 'san', 'basic', 'enterprise'])
      .default('performance')
      .describe('What it is made of'),
    server: ref('server').nullable().default(null).describe('The server that it is attached to'),
  }),
  spec: z.strictObject({}),
  fixed: ['type'],
  columns: ['sizeGb', 'type', 'server'],
})
