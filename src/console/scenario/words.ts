import type { Words } from '../../model/define.ts'
import type { DraftProblem } from './draft.ts'

/** The words of the guide. */
export const words = {
  about: {
    en: 'Builds a load balancer in a VPC network whose backends are public addresses in other regions. Everything that it makes is an ordinary resource.',
    zh: '在 VPC 网络中搭建负载均衡器，后端为其他区域的公网地址。所创建的均为普通资源。',
  },
  stepFill: { en: 'Choose', zh: '填写' },
  stepPlan: { en: 'Check the plan', zh: '确认计划' },
  stepRun: { en: 'Build', zh: '创建' },
  topology: { en: 'How the balancer reaches its backends', zh: '负载均衡器如何访问后端' },
  a: { en: "A: a NAT gateway's SNAT", zh: 'A：借助 NAT 网关的 SNAT 功能' },
  b: { en: "B: the VPC's own SNAT", zh: 'B：借助 VPC 的 SNAT 能力' },
  aAbout: {
    en: 'Backends see the public IP of the NAT gateway. It can hold several, and carries many connections.',
    zh: '后端看到 NAT 网关的公网 IP；可绑定多个公网 IP，连接数更大。',
  },
  bAbout: {
    en: 'Backends see the public IP of the VPC. One route per backend, no gateway to pay for.',
    zh: '后端看到 VPC 的公网 IP；每个后端一条路由，无需 NAT 网关。',
  },
  name: { en: 'Name', zh: '名称' },
  port: { en: 'Listener port (HTTP)', zh: '监听端口 (HTTP)' },
  backends: { en: 'Backends', zh: '后端' },
  backendsAbout: {
    en: 'One a line, public IP and port; a name may stand before it: beijing-1 198.51.100.10:80',
    zh: '每行一个“公网 IP:端口”，前面可加名称：beijing-1 198.51.100.10:80',
  },
  path: { en: 'Health check path', zh: '健康检查路径' },
  advanced: { en: 'Show advanced options', zh: '显示高级选项' },
  cidr: { en: 'IPv4 range of the VPC network', zh: 'VPC 网络 IPv4 地址范围' },
  subnet: { en: 'IPv4 range of the private network', zh: '私有网络 IPv4 地址范围' },
  next: { en: 'Next: the plan', zh: '下一步：查看计划' },
  back: { en: 'Back', zh: '上一步' },
  planTitle: { en: '{count} steps will be done', zh: '将依次完成 {count} 个步骤' },
  start: { en: 'Create now', zh: '立即创建' },
  running: { en: 'Building: step {at} of {count}', zh: '正在创建：第 {at} 步，共 {count} 步' },
  failed: { en: 'This step failed: {step}', zh: '此步骤失败：{step}' },
  failedAbout: {
    en: 'What was made so far is kept. Mend the cause and carry on, or take everything away again.',
    zh: '已创建的内容予以保留。排除原因后可继续，也可以全部撤销。',
  },
  carryOn: { en: 'Carry on', zh: '继续' },
  undo: { en: 'Undo everything', zh: '全部撤销' },
  undoTitle: { en: 'Delete everything that this guide made?', zh: '删除本向导创建的所有内容？' },
  undoing: { en: 'Taking away what was made…', zh: '正在撤销…' },
  undoFailed: { en: 'Could not be deleted: {step}', zh: '无法删除：{step}' },
  undone: { en: 'Everything that was made is gone again.', zh: '已撤销全部内容。' },
  done: { en: 'Everything is built and applied.', zh: '已全部创建并应用。' },
  waiting: { en: '{count} of {all} backends are active', zh: '后端活跃：{count}/{all}' },
  allActive: { en: 'All {all} backends are active.', zh: '全部 {all} 个后端均为活跃。' },
  entrance: { en: 'Clients come in at', zh: '客户端访问地址' },
  openBalancer: { en: 'Open the load balancer', zh: '打开负载均衡器' },
  again: { en: 'Build another', zh: '再创建一个' },
  picture: { en: 'Live picture', zh: '实时拓扑' },
  stateWait: { en: 'waiting', zh: '等待' },
  stateNow: { en: 'under way', zh: '进行中' },
  stateDone: { en: 'done', zh: '完成' },
  stateFailed: { en: 'failed', zh: '失败' },
  client: { en: 'Client', zh: '客户端' },
  balancer: { en: 'Balancer', zh: '负载均衡器' },
  gateway: { en: 'NAT gateway', zh: 'NAT 网关' },
  router: { en: 'VPC router', zh: 'VPC 路由器' },
  vpc: { en: 'VPC network', zh: 'VPC 网络' },
} as const satisfies Readonly<Record<string, Words>>

/** What is wrong with a field, for the person who fills it in. */
export const problemWords: Readonly<Record<DraftProblem['code'], Words>> = {
  name: { en: '1 to 56 characters, no control characters', zh: '1 至 56 个字符，不含控制字符' },
  port: { en: 'A port from 1 to 65535', zh: '端口范围为 1–65535' },
  path: { en: 'A path that begins with /', zh: '以 / 开头的路径' },
  range: {
    en: 'An IPv4 prefix such as 192.168.0.0/16, without host bits',
    zh: 'IPv4 地址段，如 192.168.0.0/16，不含主机位',
  },
  'not-within': { en: 'Must lie within the range of the VPC network', zh: '必须在 VPC 网络的地址范围内' },
  'no-backend': { en: 'At least one backend', zh: '至少填写一个后端' },
  line: { en: '“{line}” is not an address and a port', zh: '“{line}”不是“地址:端口”' },
  twice: { en: '“{line}” is there twice', zh: '“{line}”重复' },
  private: { en: '“{line}” lies in the VPC network, not on the internet', zh: '“{line}”在 VPC 网络内，不是公网地址' },
}

/** Words with values in them. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}
