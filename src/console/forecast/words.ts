import type { Words } from '../../model/define.ts'

/** The words of the SNAT forecast. */
export const words = {
  title: { en: 'SNAT forecast', zh: 'SNAT 预测' },
  connections: { en: 'Connections in use', zh: '已用连接数' },
  ports: { en: 'Ports in use, fullest destination', zh: '已用端口（最忙的目标）' },
  of: { en: 'of {limit}', zh: '/ {limit}' },
  exhausted: { en: 'None left', zh: '预计用尽' },
  never: { en: 'not in sight', zh: '近期不会' },
  in: { en: 'in {left}', zh: '约 {left}后' },
  now: { en: 'now', zh: '现在' },
  perHour: { en: '{count} per hour', zh: '每小时 {count}' },
  addresses: { en: 'By public IP', zh: '按公网 IP' },
  destinations: { en: 'By destination, the fullest first', zh: '按目标（最忙在前）' },
  eip: { en: 'Public IP', zh: '公网 IP' },
  flows: { en: 'Connections', zh: '连接数' },
  count: { en: 'Destinations', zh: '目标数' },
  protocol: { en: 'Protocol', zh: '协议' },
  destination: { en: 'Destination', zh: '目标' },
  inUse: { en: 'Ports in use', zh: '已用端口' },
  growth: { en: 'Per hour', zh: '每小时增量' },
  idle: { en: 'Nothing is translated now.', zh: '当前没有经 SNAT 的连接。' },
  silent: { en: '{hosts} did not answer: what it carries is missing.', zh: '{hosts} 未应答，缺少其数据。' },
  about: {
    en: 'A public IP has 64,512 ports for every port of every destination; a connection takes one of them. When there is none left, new connections to that destination fail. The trend is that of the last minutes, hours or days, whichever runs out first.',
    zh: '每个公网 IP 对每个目标的每个端口有 64,512 个源端口，每个连接占用一个；用尽后，到该目标的新连接会失败。趋势取最近几分钟、几小时或几天中最早用尽者。',
  },
  crowded: { en: 'It is nearly full', zh: '即将用满' },
  soon: { en: 'It runs out in sight', zh: '即将用尽' },
  addEips: { en: 'Add {count} public IPs', zh: '增加 {count} 个公网 IP' },
  added: {
    en: 'They are bound; the rules are in the draft: apply the changes now',
    zh: '已绑定；规则已写入草稿，请应用修改',
  },
  resize: { en: 'Choose the size {size}', zh: '升级为{size}规格' },
  resized: { en: 'It has the size {size} now', zh: '已升级为{size}规格' },
  commands: { en: 'The same on the command line', zh: '等效命令' },
} as const satisfies Readonly<Record<string, Words>>
