import type { Words } from '../../model/define.ts'
import type { TracedWay } from '../../client/trace-wire.ts'

/** The words of a trace. */
export const words = {
  trace: { en: 'Trace a packet', zh: '跟踪数据包' },
  close: { en: 'Close', zh: '关闭' },
  from: { en: 'From', zh: '起点' },
  to: { en: 'To', zh: '终点' },
  choose: { en: 'A name, or an address', zh: '名称或地址' },
  internet: { en: 'Internet', zh: '公网' },
  address: { en: 'Address {address}', zh: '地址 {address}' },
  protocol: { en: 'Protocol', zh: '协议' },
  port: { en: 'Port', zh: '端口' },
  version: { en: 'Version', zh: '版本' },
  live: { en: 'What runs', zh: '运行中' },
  draft: { en: 'With all drafts', zh: '应用全部草稿后' },
  send: { en: 'Send such a packet', zh: '实际发送一个数据包' },
  sent: { en: 'Sent from {host}', zh: '已从 {host} 发送' },
  agrees: { en: 'It went the same way.', zh: '实际路径与此一致。' },
  differs: {
    en: 'It went another way: + is what the kernel did, − what it should have.',
    zh: '实际路径不一致：+ 为内核实际所为，− 为应有的处理。',
  },
  silent: {
    en: 'No answer was seen; whether somebody out there answers is not told.',
    zh: '未看到应答；外部是否应答不在跟踪范围内。',
  },
  there: { en: 'There', zh: '去程' },
  back: { en: 'Back', zh: '回程' },
  all: { en: 'Every step', zh: '显示全部步骤' },
  kernel: { en: 'In the kernel', zh: '内核规则' },
  reaches: { en: 'It gets there, and the answer comes back.', zh: '可以到达，应答也能返回。' },
  unanswered: { en: 'It gets there, but the answer does not come back.', zh: '可以到达，但应答无法返回。' },
  dropped: { en: 'It does not get there: it is dropped.', zh: '无法到达：被丢弃。' },
  refused: { en: 'It does not get there: it is refused.', zh: '无法到达：被拒绝。' },
  unreachable: { en: 'It does not get there: no way leads there.', zh: '无法到达：没有通路。' },
  stops: { en: 'The packet ends here', zh: '数据包在此终止' },
  arrives: { en: 'The packet gets here', zh: '数据包到达此处' },
  start: { en: 'Choose where a packet begins, and where it is to go.', zh: '请选择数据包的起点与终点。' },
} as const satisfies Readonly<Record<string, Words>>

/** How a trace ends, in a word. */
export function endingOf(reaches: boolean, { outcome }: TracedWay): keyof typeof words {
  if (reaches) return 'reaches'
  return outcome === 'arrives' || outcome === 'leaves' ? 'unanswered' : outcome
}
