import type { Words } from '../../model/define.ts'

/** The words of the past. */
export const words = {
  title: { en: 'Time travel', zh: '历史回溯' },
  about: {
    en: 'What ran at any past moment, what differed between two, and the way back. Each mark of the slider is a change.',
    zh: '查看任意历史时刻运行的配置，对比两个时刻的差异，并可恢复。滑块上的每个刻度对应一次变更。',
  },
  from: { en: 'From', zh: '起始时刻' },
  to: { en: 'To', zh: '结束时刻' },
  now: { en: 'Now', zh: '现在' },
  slider: { en: 'Moments in which something changed', zh: '发生变更的时刻' },
  kept: { en: 'Kept since {at}; {count} changes.', zh: '最早可查 {at}，共 {count} 次变更。' },
  hour: { en: '1 hour ago', zh: '1 小时前' },
  day: { en: '1 day ago', zh: '1 天前' },
  week: { en: '7 days ago', zh: '7 天前' },
  same: { en: 'Nothing differs between the two.', zh: '两个时刻之间没有差异。' },
  resources: { en: 'Configuration', zh: '配置' },
  backends: { en: 'States of backends', zh: '后端状态' },
  reach: { en: 'Who reached whom', zh: '可达性' },
  kind: { en: 'Kind', zh: '类型' },
  resource: { en: 'Resource', zh: '资源' },
  what: { en: 'What became of it', zh: '变化' },
  created: { en: 'created', zh: '新建' },
  changed: { en: 'changed', zh: '修改' },
  deleted: { en: 'deleted', zh: '删除' },
  backend: { en: 'Backend', zh: '后端' },
  was: { en: 'Then', zh: '当时' },
  is: { en: 'Later', zh: '之后' },
  reason: { en: 'Reason', zh: '原因' },
  unlooked: {
    en: 'It concerns {concerned} networks; {looked} of them were looked at.',
    zh: '涉及 {concerned} 个网络，仅检查了其中 {looked} 个。',
  },
  restore: { en: 'Restore as draft', zh: '恢复为草稿' },
  restoreTitle: { en: 'Restore what ran at {at}', zh: '恢复 {at} 运行的配置' },
  restoreAbout: {
    en: 'These become drafts. Nothing is applied: look at each, then apply it.',
    zh: '以下内容将写入草稿，不会应用。请逐个查看后应用修改。',
  },
  nothing: { en: 'What ran then runs now.', zh: '与当时运行的版本一致。' },
  recreated: {
    en: 'Comes back, empty; what is in it waits in its draft',
    zh: '将重新创建（内容写入草稿）',
  },
  drafts: { en: 'Gets the version of then as its draft', zh: '将以当时的版本为草稿' },
  edited: { en: 'Its edits that are not applied are lost.', zh: '其未应用的修改将丢失。' },
  untouched: { en: 'Left alone, as it takes effect at once', zh: '保持不变（立即生效的属性）' },
  newer: { en: 'Left alone, as it came since', zh: '保持不变（之后新建）' },
  running: { en: 'Running now', zh: '当前运行' },
  restored: {
    en: 'They are drafts now: look at them under Waiting for apply',
    zh: '已恢复为草稿，请在“待应用的修改”中查看',
  },
} as const satisfies Readonly<Record<string, Words>>

/** A sentence with its blanks filled in. */
export function filled(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (blank, name: string) => String(values[name] ?? blank))
}
