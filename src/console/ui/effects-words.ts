import type { Words } from '../../model/define.ts'
import { know } from '../i18n/later-words.ts'

/** The words of plans. */
export const effectsWords = {
  'effects.breaks': { en: 'Breaks {name}', zh: '违反可达性测试 {name}' },
  'effects.mends': { en: 'Mends the policy test {name}.', zh: '恢复符合可达性测试 {name}。' },
  'effects.stays-broken': {
    en: 'The policy test {name} is broken already and stays so.',
    zh: '可达性测试 {name} 目前已违反，且仍将违反。',
  },
  'effects.backend': { en: 'Backend', zh: '后端' },
  'effects.of': { en: 'Load balancer', zh: '负载均衡器' },
  'effects.now': { en: 'Now', zh: '当前' },
  'effects.becomes': { en: 'Becomes', zh: '变为' },
  'effects.listener-lost': {
    en: 'No backend is left for {listener} of {balancer}',
    zh: '{balancer} 的监听器 {listener} 将没有可用后端',
  },
  'effects.cuts': { en: 'Connections that would be cut: {total}', zh: '将被切断的连接：{total}' },
  'effects.silent': {
    en: '{hosts} did not say which connections would be cut.',
    zh: '{hosts} 未应答，不清楚会切断哪些连接。',
  },
  'effects.reach': { en: 'Reach', zh: '可达性' },
  'effects.lost': { en: 'Lost', zh: '不再可达' },
  'effects.gained': { en: 'Gained', zh: '新增可达' },
  'effects.from': { en: 'From', zh: '来源' },
  'effects.to': { en: 'To', zh: '目标' },
  'effects.what': { en: 'Traffic', zh: '流量' },
  'effects.all-ports': { en: 'all ports', zh: '所有端口' },
  'effects.internet': { en: 'The internet', zh: '公网' },
  'effects.others': { en: 'and {count} more', zh: '等（另有 {count} 个）' },
  'effects.same': { en: 'Nobody gains or loses reach.', zh: '可达性不变。' },
  'effects.steps': {
    en: 'On the machine: {put} to put, {remove} to remove.',
    zh: '主机上：写入 {put} 项，删除 {remove} 项。',
  },
  'effects.unlooked': {
    en: 'It concerns {concerned} networks; {looked} of them were looked at.',
    zh: '涉及 {concerned} 个网络，仅检查了其中 {looked} 个。',
  },
} as const satisfies Readonly<Record<string, Words>>

know(effectsWords)
