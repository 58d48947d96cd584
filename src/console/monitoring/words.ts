import type { Words } from '../../model/define.ts'

/** The words of monitoring. */
export const words = {
  kind: { en: 'Kind', zh: '资源类型' },
  resource: { en: 'Resource', zh: '资源' },
  part: { en: 'Part of it', zh: '监控对象' },
  whole: { en: 'The whole balancer', zh: '负载均衡器（合计）' },
  listener: { en: 'Listener', zh: '监听器' },
  backend: { en: 'Backend', zh: '后端' },
  range: { en: 'Range', zh: '时间范围' },
  step: { en: 'Interval', zh: '间隔' },
  auto: { en: 'Automatic', zh: '自动' },
  charts: { en: 'Charts', zh: '图表' },
  table: { en: 'Table', zh: '表格' },
  export: { en: 'Export data (CSV)', zh: '导出数据 (CSV)' },
  time: { en: 'Time', zh: '时间' },
  empty: {
    en: 'Nothing was measured in this range yet. Machines report every ten seconds.',
    zh: '该时间范围内暂无监控数据。主机每 10 秒上报一次。',
  },
  noResource: { en: 'There is none of this kind yet.', zh: '还没有此类资源。' },
  latest: { en: 'latest', zh: '最新' },
  kept: {
    en: 'Kept every 10 s for 3 hours, every minute for 1 day, every 5 minutes for 15 days.',
    zh: '数据保留：10 秒粒度 3 小时，1 分钟粒度 1 天，5 分钟粒度 15 天。',
  },
} as const satisfies Readonly<Record<string, Words>>

/** Ranges as people call them. */
export const rangeWords = {
  '1h': { en: '1 hour', zh: '1 小时' },
  '3h': { en: '3 hours', zh: '3 小时' },
  '12h': { en: '12 hours', zh: '12 小时' },
  '1d': { en: '1 day', zh: '1 天' },
  '7d': { en: '7 days', zh: '7 天' },
  '15d': { en: '15 days', zh: '15 天' },
} as const satisfies Readonly<Record<string, Words>>

export const stepWords: Readonly<Record<number, Words>> = {
  10: { en: '10 s', zh: '10 秒' },
  60: { en: '1 min', zh: '1 分钟' },
  300: { en: '5 min', zh: '5 分钟' },
  3600: { en: '1 h', zh: '1 小时' },
  86400: { en: '1 day', zh: '1 天' },
}
