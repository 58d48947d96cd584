import type { Words } from './define.ts'

/** What can be wrong with a question about the past. Part of the one catalogue of problems. */
export const historyProblems = {
  'not-remembered': {
    http: 404,
    ret: 2100,
    words: {
      en: 'what was at {at} is not kept: the past is known from {oldest} on',
      zh: '{at} 的状态未保留：最早可查 {oldest}',
    } satisfies Words,
  },
  'in-the-future': {
    http: 400,
    ret: 1100,
    words: { en: '{at} is still to come', zh: '{at} 尚未到来' } satisfies Words,
  },
  'not-there-then': {
    http: 404,
    ret: 2100,
    words: { en: '{id} was not there at that time', zh: '当时不存在 {id}' } satisfies Words,
  },
} as const
