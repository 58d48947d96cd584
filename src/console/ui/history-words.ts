import type { Words } from '../../model/define.ts'
import { know } from '../i18n/later-words.ts'

/** The words of generations. */
export const historyWords = {
  'history.running': { en: 'running', zh: '运行中' },
  'history.number': { en: 'Version', zh: '版本' },
  'history.at': { en: 'Applied at', zh: '应用时间' },
  'history.author': { en: 'By', zh: '操作者' },
  'history.compare': { en: 'Compare', zh: '对比' },
  'history.compare-title': { en: 'Compare two versions', zh: '对比两个版本' },
  'history.old': { en: 'Older side', zh: '对比的旧版本' },
  'history.next': { en: 'Newer side', zh: '对比的新版本' },
  'history.that': { en: 'Version {number}', zh: '版本 {number}' },
  'history.rollback': { en: 'Roll back to this version', zh: '回滚到此版本' },
  'history.rollback-title': { en: 'Roll {name} back to version {number}', zh: '将 {name} 回滚到版本 {number}' },
  'history.rollback-about': {
    en: 'It runs at once, as a new version. What will change:',
    zh: '回滚立即生效，并成为新版本。将会改变：',
  },
  'history.rollback-draft': { en: 'Edits that are not applied are lost.', zh: '尚未应用的修改将会丢失。' },
  'history.rolled-back': {
    en: 'Rolled back to version {number}, as a new version',
    zh: '已回滚到版本 {number}，并成为新版本',
  },
  'history.same': { en: 'Both say the same.', zh: '两个版本的配置相同。' },
} as const satisfies Readonly<Record<string, Words>>

know(historyWords)
