import type { Words } from '../../model/define.ts'
import { know } from '../i18n/later-words.ts'

/** The words of the health history. */
export const healthWords = {
  'health.title': { en: 'Health of {name}', zh: '{name} 的健康记录' },
  'health.window': { en: 'How far back', zh: '时间范围' },
  'health.24h': { en: '24 hours', zh: '24 小时' },
  'health.7d': { en: '7 days', zh: '7 天' },
  'health.90d': { en: '90 days', zh: '90 天' },
  'health.availability': { en: 'Available', zh: '可用率' },
  'health.outages': { en: 'Outages', zh: '不可用次数' },
  'health.strip': { en: 'State over time', zh: '状态变化' },
  'health.unknown': { en: 'Not known', zh: '未知' },
  'health.now': { en: 'now', zh: '现在' },
  'health.empty': { en: 'It has not been checked yet.', zh: '尚未检查。' },
  'health.when': { en: 'When', zh: '时间' },
  'health.reason': { en: 'Reason', zh: '原因' },
  'health.was': { en: 'Before, and for how long', zh: '之前状态及持续时间' },
  'health.host': { en: 'Machine', zh: '主机' },
} as const satisfies Readonly<Record<string, Words>>

know(healthWords)
