import { z } from 'zod'
import { children, defineKind, ref } from './define.ts'
import { ruleShape } from './security-group.ts'

export const groupSnapshot = defineKind({
  prefix: 'sgs',
  plural: 'group-snapshots',
  label: { en: 'Security group snapshot', zh: '安全组备份' },
  about: {
    en: 'The rules that a security group had, kept to compare with and to return to.',
    zh: '安全组某一时刻的规则，用于对比与回滚。',
  },
  now: z.strictObject({
    group: ref('security-group').describe('The group whose rules these were; they go with it'),
    rules: children('sgr', { id: z.string().max(64), ...ruleShape }).describe(
      'The rules; those of its draft when left out',
    ),
  }),
  spec: z.strictObject({}),
  fixed: ['group', 'rules'],
  columns: ['group', 'rules'],
})
