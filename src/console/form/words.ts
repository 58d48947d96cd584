import type { Words } from '../../model/define.ts'
import { know } from '../i18n/later-words.ts'

/** The words of forms. */
export const formWords = {
  'form.target-kind': { en: 'Resource type', zh: '资源类型' },
  'form.automatic': { en: 'Chosen automatically when left empty', zh: '留空则自动分配' },
  'form.any': { en: 'Any', zh: '任意' },
  'form.advanced': { en: 'Advanced options', zh: '显示高级选项' },
  'form.add-subnet': { en: 'Add private network', zh: '添加私有网络' },
  'form.remove': { en: 'Remove', zh: '移除' },
  'form.add-pool': { en: 'Add a pool', zh: '添加地址池' },
  'form.own': { en: 'Its own, in place of that of the listener', zh: '单独设置，代替监听器的设置' },
  'form.with': { en: 'Yes, with these settings', zh: '启用' },
  'form.missing': { en: 'Required', zh: '必填' },
  'form.choose': { en: 'Choose', zh: '请选择' },
  'form.new-name': { en: 'New {kind}', zh: '创建{kind}' },
  'form.edit-title': { en: 'Edit {name}', zh: '修改 {name}' },
  'form.draft-hint': { en: 'Changes here take effect after Apply changes.', zh: '此处的修改需要“应用修改”后生效。' },
  'form.stale': { en: 'Somebody else changed it meanwhile', zh: '其他人刚刚修改了它' },
  'form.stale-about': {
    en: 'Your input is kept. This is what changed since you opened the form:',
    zh: '你的输入已保留。打开表单之后发生了以下变化：',
  },
  'form.stale-submit': { en: 'Submit mine on top of it', zh: '在此基础上提交我的修改' },
  'form.stale-before': { en: 'When you opened it', zh: '打开表单时' },
  'form.stale-now': { en: 'Now', zh: '现在' },
  'form.stale-elsewhere': {
    en: 'Something else of it changed, nothing of what this form shows.',
    zh: '变化不在此表单所显示的内容中。',
  },
} as const satisfies Readonly<Record<string, Words>>

know(formWords)
