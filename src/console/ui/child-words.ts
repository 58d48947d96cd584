import type { Words } from '../../model/define.ts'
import { know } from '../i18n/later-words.ts'

/** The words of children. */
export const childWords = {
  'child.add-snatRules': { en: 'Add rule', zh: '添加规则' },
  'child.add-dnatRules': { en: 'Add rule', zh: '添加规则' },
  'child.add-rules': { en: 'Add rule', zh: '添加规则' },
  'child.add-routes': { en: 'Add route', zh: '添加路由' },
  'child.add-listeners': { en: 'Create listener', zh: '创建监听器' },
  'child.add-backends': { en: 'Add backend', zh: '添加后端' },
  'child.add-portForwards': { en: 'Add rule', zh: '添加规则' },
  'child.add-dnsRecords': { en: 'Add record', zh: '添加记录' },
  'child.add-dhcpOptions': { en: 'Add options', zh: '添加选项' },
  'child.add-rewrites': { en: 'Add rewrite rule', zh: '添加重写规则' },
  'child.edit': { en: 'Edit {name}', zh: '修改 {name}' },
  'child.empty': { en: 'There is none yet.', zh: '还没有内容。' },
  'child.one-snatRules': { en: 'SNAT rule', zh: 'SNAT 规则' },
  'child.one-dnatRules': { en: 'DNAT rule', zh: 'DNAT 规则' },
  'child.one-rules': { en: 'security group rule', zh: '安全组规则' },
  'child.one-forwarding': { en: 'forwarding rule', zh: '转发规则' },
  'child.one-routes': { en: 'route', zh: '路由规则' },
  'child.one-listeners': { en: 'listener', zh: '监听器' },
  'child.one-backends': { en: 'backend', zh: '后端' },
  'child.one-portForwards': { en: 'port forwarding', zh: '端口转发' },
  'child.one-dnsRecords': { en: 'DNS record', zh: 'DNS 记录' },
  'child.one-dhcpOptions': { en: 'DHCP options', zh: 'DHCP 选项' },
  'child.one-rewrites': { en: 'rewrite rule', zh: '重写规则' },
  'child.stands-by': { en: 'Stands by: others before it serve', zh: '待命：排在它之前的后端仍可用' },
  'child.stands-in': { en: 'Serves, as none before it is active', zh: '正在接替：排在它之前的后端均不可用' },
  'child.draft-new': { en: 'Not applied: new', zh: '未应用：新增' },
  'child.draft-changed': { en: 'Not applied: changed', zh: '未应用：已修改' },
} as const satisfies Readonly<Record<string, Words>>

know(childWords)
