import type { Words } from '../../model/define.ts'
import { know } from '../i18n/later-words.ts'

/** The words of applies that are watched. */
export const trialWords = {
  'trial.running': {
    en: 'What was applied is watched for another {seconds} s',
    zh: '正在观察刚应用的修改，还剩 {seconds} 秒',
  },
  'trial.unconfirmed': {
    en: 'What was applied is taken back in {seconds} s unless you confirm it',
    zh: '若不确认，刚应用的修改将在 {seconds} 秒后自动撤回',
  },
  'trial.backends': {
    en: '{now} of {before} backends that were active are active',
    zh: '此前活跃的 {before} 个后端中，{now} 个活跃',
  },
  'trial.reverted': {
    en: 'Version {previous} runs again: version {generation} was taken back',
    zh: '已恢复为版本 {previous}，版本 {generation} 已撤回',
  },
  'trial.stuck': {
    en: 'Version {generation} did harm, and version {previous} cannot be applied again',
    zh: '版本 {generation} 造成故障，但无法恢复为版本 {previous}',
  },
  'trial.confirm': { en: 'Keep it', zh: '保留' },
  'trial.revert': { en: 'Take it back', zh: '撤回' },
} as const satisfies Readonly<Record<string, Words>>

know(trialWords)
