import type { Words } from '../../model/define.ts'
import { know } from '../i18n/later-words.ts'

/** The words of the operation log. */
export const operationsWords = {
  'operations.when': { en: 'When', zh: '时间' },
  'operations.who': { en: 'Who', zh: '操作者' },
  'operations.what': { en: 'What', zh: '操作' },
  'operations.resource': { en: 'Resource', zh: '资源' },
  'operations.outcome': { en: 'Outcome', zh: '结果' },
  'operations.forced': { en: 'Forced', zh: '强制' },
  'operations.done': { en: 'Done', zh: '成功' },
  'operations.refused': { en: 'Refused: {code}', zh: '被拒绝：{code}' },
  'operations.author': { en: 'Filter by author', zh: '按操作者筛选' },
  'operations.any-kind': { en: 'Any kind', zh: '全部类型' },
  'operations.any-outcome': { en: 'Any outcome', zh: '全部结果' },
  'operations.was-refused': { en: 'Refused', zh: '被拒绝' },
  'operations.for': { en: 'Only {id}', zh: '仅 {id}' },
} as const satisfies Readonly<Record<string, Words>>

know(operationsWords)
