import type { BackendStatus, ResourceStatus } from '../client/wire.ts'
import type { Words } from '../model/define.ts'
import type { Language } from './words.ts'

const labels: Readonly<Record<string, Words>> = {
  action: { en: 'Action', zh: '策略' },
  address: { en: 'Address', zh: '地址' },
  addresses: { en: 'Addresses', zh: '地址段' },
  applied: { en: 'Applied', zh: '已应用' },
  at: { en: 'Time', zh: '时间' },
  attach: { en: 'Attached as', zh: '接入方式' },
  author: { en: 'Author', zh: '操作者' },
  backend: { en: 'Backend', zh: '后端' },
  backends: { en: 'Backends', zh: '后端' },
  backup: { en: 'Backup', zh: '备用' },
  balance: { en: 'Balance', zh: '负载方式' },
  bandwidthMbps: { en: 'Mbit/s', zh: '带宽 (Mbps)' },
  billing: { en: 'Billing', zh: '计费模式' },
  boundTo: { en: 'Bound to', zh: '绑定资源' },
  changes: { en: 'Changes', zh: '改动' },
  check: { en: 'Health check', zh: '健康检查' },
  cidr: { en: 'Range', zh: '地址范围' },
  createdAt: { en: 'Created', zh: '创建时间' },
  description: { en: 'Description', zh: '描述' },
  destination: { en: 'Destination', zh: '目标网络' },
  direction: { en: 'Direction', zh: '方向' },
  dnatRules: { en: 'DNAT rules', zh: 'DNAT 规则' },
  eip: { en: 'Public IP', zh: '公网 IP' },
  eips: { en: 'Public IPs', zh: '公网 IP' },
  enabled: { en: 'Enabled', zh: '启用' },
  forwardedFor: { en: 'X-Forwarded-For', zh: 'X-Forwarded-For' },
  gateway: { en: 'Gateway', zh: '网关' },
  generation: { en: 'Generation', zh: '版本' },
  host: { en: 'Machine', zh: '主机' },
  icmpCode: { en: 'ICMP code', zh: 'ICMP 代码' },
  icmpType: { en: 'ICMP type', zh: 'ICMP 类型' },
  id: { en: 'ID', zh: 'ID' },
  isDefault: { en: 'Default', zh: '默认' },
  kind: { en: 'Kind', zh: '类型' },
  listeners: { en: 'Listeners', zh: '监听器' },
  maxConnections: { en: 'Max connections', zh: '最大连接数' },
  members: { en: 'Members', zh: '成员' },
  name: { en: 'Name', zh: '名称' },
  nextHop: { en: 'Next hop', zh: '下一跳' },
  number: { en: 'Generation', zh: '版本' },
  peer: { en: 'Peer', zh: '对端' },
  phase: { en: 'State', zh: '状态' },
  pool: { en: 'Pool', zh: '地址池' },
  pools: { en: 'Pools', zh: '地址池' },
  port: { en: 'Port', zh: '端口' },
  portForwards: { en: 'Port forwards', zh: '端口转发' },
  ports: { en: 'Ports', zh: '端口' },
  power: { en: 'Power', zh: '电源' },
  priority: { en: 'Priority', zh: '优先级' },
  protocol: { en: 'Protocol', zh: '协议' },
  reason: { en: 'Reason', zh: '原因' },
  reserved: { en: 'Reserved', zh: '保留地址' },
  revision: { en: 'Revision', zh: '修订' },
  routeTable: { en: 'Route table', zh: '路由表' },
  routes: { en: 'Routes', zh: '路由规则' },
  rules: { en: 'Rules', zh: '规则' },
  securityGroup: { en: 'Security group', zh: '安全组' },
  seenAs: { en: 'Seen as', zh: '源地址' },
  serves: { en: 'Serves', zh: '关联类型' },
  server: { en: 'Server', zh: '云服务器' },
  size: { en: 'Size', zh: '规格' },
  snatRules: { en: 'SNAT rules', zh: 'SNAT 规则' },
  source: { en: 'Source', zh: '源网络' },
  state: { en: 'State', zh: '状态' },
  subnet: { en: 'Private network', zh: '私有网络' },
  synced: { en: 'At revision', zh: '已同步修订' },
  tags: { en: 'Tags', zh: '标签' },
  target: { en: 'Target', zh: '资源' },
  timeoutS: { en: 'Timeout (s)', zh: '超时 (秒)' },
  toAddress: { en: 'To address', zh: '内网地址' },
  toPort: { en: 'To port', zh: '内网端口' },
  total: { en: 'Total', zh: '总数' },
  type: { en: 'Type', zh: '类型' },
  vpc: { en: 'VPC network', zh: 'VPC 网络' },
  weight: { en: 'Weight', zh: '权重' },
  zone: { en: 'Region', zh: '区域' },
}

const states: Readonly<Record<ResourceStatus['phase'] | BackendStatus['state'], Words>> = {
  pending: { en: 'pending', zh: '等待中' },
  active: { en: 'active', zh: '活跃' },
  stopped: { en: 'stopped', zh: '已停止' },
  failed: { en: 'failed', zh: '失败' },
  unavailable: { en: 'unavailable', zh: '不可用' },
  abnormal: { en: 'abnormal', zh: '异常' },
  disabled: { en: 'disabled', zh: '已禁用' },
}

/** The head of a column or a line, for an attribute. */
export function labelOf(attribute: string, language: Language): string {
  return labels[attribute]?.[language] ?? attribute
}

/** Whether an attribute has a label in both languages. */
export function hasLabel(attribute: string): boolean {
  return Object.hasOwn(labels, attribute)
}

/** A state as people read it. */
export function stateLabel(state: ResourceStatus['phase'] | BackendStatus['state'], language: Language): string {
  return states[state][language]
}
