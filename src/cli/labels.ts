import type { Trial } from '../client/apply-wire.ts'
import type { PolicyStatus } from '../client/policy-wire.ts'
import type { BackendStatus, ResourceStatus, WireIssuance } from '../client/wire.ts'
import type { Words } from '../model/define.ts'
import type { Language } from './words.ts'

const labels: Readonly<Record<string, Words>> = {
  accept: { en: 'Accepts', zh: '正常状态码' },
  acceptProxy: { en: 'Accepts PROXY', zh: '接收 PROXY 协议' },
  accessLog: { en: 'Access log', zh: '访问日志' },
  accountKey: { en: 'Account key', zh: '账户密钥' },
  acme: { en: 'Issued by ACME', zh: 'ACME 自动签发' },
  action: { en: 'Action', zh: '策略' },
  address: { en: 'Address', zh: '地址' },
  addresses: { en: 'Addresses', zh: '地址段' },
  allow: { en: 'Allowed clients', zh: '允许的客户端' },
  applied: { en: 'Applied', zh: '已应用' },
  at: { en: 'Time', zh: '时间' },
  attach: { en: 'Attached as', zh: '接入方式' },
  author: { en: 'Author', zh: '操作者' },
  backend: { en: 'Backend', zh: '后端' },
  backends: { en: 'Backends', zh: '后端' },
  backup: { en: 'Backup', zh: '备用' },
  backupTier: { en: 'Backup tier', zh: '备用级别' },
  balance: { en: 'Balance', zh: '负载方式' },
  bandwidthMbps: { en: 'Mbit/s', zh: '带宽 (Mbps)' },
  billing: { en: 'Billing', zh: '计费模式' },
  boundTo: { en: 'Bound to', zh: '绑定资源' },
  certificates: { en: 'Certificates', zh: '服务器证书' },
  chain: { en: 'Certificate', zh: '证书内容' },
  changes: { en: 'Changes', zh: '改动' },
  check: { en: 'Health check', zh: '健康检查' },
  cidr: { en: 'Range', zh: '地址范围' },
  client: { en: 'Client', zh: '客户端' },
  clientLimits: { en: 'Limits per client', zh: '单客户端限制' },
  color: { en: 'Colour', zh: '颜色' },
  connections: { en: 'Connections', zh: '并发连接数' },
  connectionsPerS: { en: 'New connections/s', zh: '每秒新建连接数' },
  cookie: { en: 'Cookie', zh: 'Cookie 名称' },
  cpu: { en: 'CPUs', zh: 'CPU' },
  createdAt: { en: 'Created', zh: '创建时间' },
  deny: { en: 'Denied clients', zh: '拒绝的客户端' },
  description: { en: 'Description', zh: '描述' },
  destinations: { en: 'Destinations', zh: '目标数' },
  destination: { en: 'Destination', zh: '目标网络' },
  dhcpOptions: { en: 'DHCP options', zh: 'DHCP 选项' },
  direction: { en: 'Direction', zh: '方向' },
  directory: { en: 'Directory', zh: '签发机构' },
  directoryCa: { en: 'CA of the directory', zh: '签发机构的 CA' },
  dnatRules: { en: 'DNAT rules', zh: 'DNAT 规则' },
  dnsRecords: { en: 'Private DNS', zh: '内网 DNS' },
  domain: { en: 'Domain', zh: '域名' },
  drainS: { en: 'Drain time (s)', zh: '排空时间 (秒)' },
  duration: { en: 'Duration', zh: '耗时' },
  eip: { en: 'Public IP', zh: '公网 IP' },
  eips: { en: 'Public IPs', zh: '公网 IP' },
  email: { en: 'E-mail', zh: '邮箱' },
  enabled: { en: 'Enabled', zh: '启用' },
  exhaustedAt: { en: 'None left', zh: '预计用尽' },
  expect: { en: 'Expects', zh: '响应内容' },
  fingerprint: { en: 'Fingerprint', zh: '指纹' },
  for: { en: 'For', zh: '所属对象' },
  forwardedFor: { en: 'X-Forwarded-For', zh: 'X-Forwarded-For' },
  from: { en: 'From', zh: '来源' },
  gateway: { en: 'Gateway', zh: '网关' },
  generation: { en: 'Generation', zh: '版本' },
  group: { en: 'Security group', zh: '安全组' },
  handle: { en: 'Handle', zh: '规则编号' },
  header: { en: 'Header', zh: 'HTTP 头' },
  headers: { en: 'Headers', zh: '附加 HTTP 头字段' },
  headerSizeKb: { en: 'Header size (KB)', zh: 'HTTP 头部限长 (KB)' },
  host: { en: 'Machine', zh: '主机' },
  http2: { en: 'HTTP/2', zh: 'HTTP/2.0' },
  icmpCode: { en: 'ICMP code', zh: 'ICMP 代码' },
  icmpType: { en: 'ICMP type', zh: 'ICMP 类型' },
  id: { en: 'ID', zh: 'ID' },
  image: { en: 'Image', zh: '映像' },
  isDefault: { en: 'Default', zh: '默认' },
  issuance: { en: 'Issuance', zh: '签发' },
  issuer: { en: 'Issuer', zh: '颁发者' },
  key: { en: 'Private key', zh: '私钥' },
  keyPairs: { en: 'SSH key pairs', zh: 'SSH 密钥对' },
  kind: { en: 'Kind', zh: '类型' },
  lasted: { en: 'For', zh: '持续时间' },
  lastPort: { en: 'Last port', zh: '结束端口' },
  listener: { en: 'Listener', zh: '监听器' },
  listeners: { en: 'Listeners', zh: '监听器' },
  mac: { en: 'MAC address', zh: 'MAC 地址' },
  maxConnections: { en: 'Max connections', zh: '最大连接数' },
  members: { en: 'Members', zh: '成员' },
  memoryMb: { en: 'Memory (MB)', zh: '内存 (MB)' },
  must: { en: 'Must', zh: '要求' },
  name: { en: 'Name', zh: '名称' },
  names: { en: 'Names', zh: '域名' },
  netns: { en: 'Namespace', zh: '命名空间' },
  nextHop: { en: 'Next hop', zh: '下一跳' },
  nodeAddresses: { en: 'Addresses of further nodes', zh: '其余节点的地址' },
  nodeCount: { en: 'Nodes', zh: '节点数量' },
  notAfter: { en: 'Valid until', zh: '到期时间' },
  notBefore: { en: 'Valid from', zh: '生效时间' },
  number: { en: 'Generation', zh: '版本' },
  operator: { en: 'Match', zh: '匹配方式' },
  options: { en: 'Options', zh: '附加选项' },
  outcome: { en: 'Outcome', zh: '结束原因' },
  packets: { en: 'Packets', zh: '数据包' },
  pattern: { en: 'Pattern', zh: '匹配内容' },
  peer: { en: 'Peer', zh: '对端' },
  perHour: { en: 'Per hour', zh: '每小时增量' },
  phase: { en: 'State', zh: '状态' },
  policy: { en: 'Policy', zh: '转发策略' },
  pool: { en: 'Pool', zh: '地址池' },
  pools: { en: 'Pools', zh: '地址池' },
  port: { en: 'Port', zh: '端口' },
  portsInUse: { en: 'Ports in use', zh: '已用端口' },
  portForwards: { en: 'Port forwards', zh: '端口转发' },
  ports: { en: 'Ports', zh: '端口' },
  power: { en: 'Power', zh: '电源' },
  priority: { en: 'Priority', zh: '优先级' },
  protocol: { en: 'Protocol', zh: '协议' },
  proxyProtocol: { en: 'PROXY protocol', zh: 'PROXY 协议' },
  publicKey: { en: 'Public key', zh: '公钥' },
  queueS: { en: 'Queue time (s)', zh: '排队时间 (秒)' },
  reason: { en: 'Reason', zh: '原因' },
  redirectPort: { en: 'Redirect port', zh: '重定向端口' },
  redirectStatus: { en: 'Redirect status', zh: '重定向状态码' },
  remote: { en: 'Syslog server', zh: 'syslog 服务器' },
  replacement: { en: 'Replacement', zh: '替换为' },
  request: { en: 'Request', zh: '请求' },
  requestsPerS: { en: 'Requests/s', zh: '每秒请求数' },
  reserved: { en: 'Reserved', zh: '保留地址' },
  resource: { en: 'Resource', zh: '资源' },
  retries: { en: 'Retries', zh: '重试次数' },
  retryOn: { en: 'Retry', zh: '重试条件' },
  revision: { en: 'Revision', zh: '修订' },
  rewrites: { en: 'Rewrites', zh: '重写规则' },
  routes: { en: 'Routes', zh: '路由规则' },
  routeTable: { en: 'Route table', zh: '路由表' },
  rules: { en: 'Rules', zh: '规则' },
  scene: { en: 'Scene', zh: '场景' },
  securityGroup: { en: 'Security group', zh: '安全组' },
  seenAs: { en: 'Seen as', zh: '源地址' },
  send: { en: 'Sent text', zh: '发送内容' },
  sequence: { en: 'Number', zh: '序号' },
  server: { en: 'Server', zh: '云服务器' },
  serves: { en: 'Serves', zh: '关联类型' },
  size: { en: 'Size', zh: '规格' },
  sizeGb: { en: 'Size (GB)', zh: '容量 (GB)' },
  slowStartS: { en: 'Slow start (s)', zh: '慢启动时间 (秒)' },
  snatRules: { en: 'SNAT rules', zh: 'SNAT 规则' },
  source: { en: 'Source', zh: '源网络' },
  startedAt: { en: 'Started', zh: '开始时间' },
  state: { en: 'State', zh: '状态' },
  status: { en: 'Status', zh: '状态码' },
  stickiness: { en: 'Stickiness', zh: '会话保持' },
  subnet: { en: 'Private network', zh: '私有网络' },
  synced: { en: 'At revision', zh: '已同步修订' },
  tags: { en: 'Tags', zh: '标签' },
  target: { en: 'Target', zh: '资源' },
  text: { en: 'On the machine', zh: '主机内容' },
  timeoutS: { en: 'Timeout (s)', zh: '超时 (秒)' },
  tls: { en: 'TLS', zh: 'TLS' },
  to: { en: 'To', zh: '目标' },
  toAddress: { en: 'To address', zh: '内网地址' },
  toPort: { en: 'To port', zh: '内网端口' },
  total: { en: 'Total', zh: '总数' },
  trial: { en: 'Trial', zh: '试运行' },
  tunnelTimeoutS: { en: 'Tunnel timeout (s)', zh: '隧道超时 (秒)' },
  type: { en: 'Type', zh: '类型' },
  verdict: { en: 'Verdict', zh: '结论' },
  via: { en: 'Carried by', zh: '转发方式' },
  vpc: { en: 'VPC network', zh: 'VPC 网络' },
  was: { en: 'Before', zh: '之前状态' },
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
  draining: { en: 'draining', zh: '排空中' },
  disabled: { en: 'disabled', zh: '已禁用' },
}

const verdicts: Readonly<Record<PolicyStatus['state'], Words>> = {
  holds: { en: 'holds', zh: '符合' },
  broken: { en: 'broken', zh: '违反' },
  unknown: { en: 'unknown', zh: '未知' },
}

/** How a policy test stands, as people read it. */
export function verdictLabel(state: PolicyStatus['state'], language: Language): string {
  return verdicts[state][language]
}

const issuances: Readonly<Record<WireIssuance['state'], Words>> = {
  waiting: { en: 'waiting', zh: '等待签发' },
  issuing: { en: 'being issued', zh: '签发中' },
  valid: { en: 'issued', zh: '已签发' },
  failed: { en: 'not issued', zh: '签发失败' },
}

/** Where the issuing of a certificate stands, as people read it. */
export function issuanceLabel(state: WireIssuance['state'], language: Language): string {
  return issuances[state][language]
}

const trialStates: Readonly<Record<Trial['state'], Words>> = {
  running: { en: 'running', zh: '观察中' },
  kept: { en: 'kept', zh: '已保留' },
  confirmed: { en: 'confirmed', zh: '已确认' },
  reverted: { en: 'taken back', zh: '已撤回' },
  superseded: { en: 'superseded', zh: '已被取代' },
  stuck: { en: 'stuck', zh: '撤回失败' },
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

/** The state of a trial as people read it. */
export function trialStateLabel(state: Trial['state'], language: Language): string {
  return trialStates[state][language]
}
