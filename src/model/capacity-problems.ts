import type { Words } from './define.ts'

function told(en: string, zh: string) {
  const words: Words = { en, zh }
  return { http: 200, ret: 0, words } as const
}

/** What can be said of what fills up. Part of the one catalogue of problems. */
export const capacityProblems = {
  'connections-run-out': told(
    'has {used} of {limit} connections, and none left at about {at} if it goes on like this; see what to do in its SNAT forecast',
    '已用连接数 {used}/{limit}，按当前趋势约在 {at} 用尽；处理建议见其 SNAT 预测',
  ),
  'ports-run-out': told(
    'uses {used} of the {limit} ports that a public IP has for one destination, and none is left at about {at} if it goes on like this; see what to do in its SNAT forecast',
    '对同一目标已用端口 {used}/{limit}，按当前趋势约在 {at} 用尽；处理建议见其 SNAT 预测',
  ),
} as const
