import { z } from 'zod'
import { defineKind } from './define.ts'

export const tag = defineKind({
  prefix: 'tag',
  plural: 'tags',
  label: { en: 'Tag', zh: '标签' },
  about: {
    en: 'A label by its name: it has a colour, is renamed everywhere at once, and comes off everything when deleted.',
    zh: '以名称标识的标签：带颜色；改名时各处同步，删除时从所有资源上移除。',
  },
  now: z.strictObject({
    color: z
      .string()
      .regex(/^(default|#[0-9a-f]{6})$/)
      .default('default')
      .describe('How it is shown, such as #1890ff; default for the colour of all that have none'),
  }),
  spec: z.strictObject({}),
  fixed: [],
  columns: ['color'],
})
