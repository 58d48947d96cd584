import type { Words } from '../model/define.ts'
import type { Scenario, StepKey } from './scenario.ts'

/** What the parts of a scenario are called that are no kinds of their own. */
export const partWords = {
  snatRule: { en: 'SNAT rule', zh: 'SNAT 规则' },
  listener: { en: 'Listener', zh: '监听器' },
  backend: { en: 'Backend', zh: '后端' },
  route: { en: 'Route', zh: '路由' },
  rule: { en: 'Security group rule', zh: '安全组规则' },
  apply: { en: 'Apply changes', zh: '应用修改' },
} as const satisfies Readonly<Record<string, Words>>

const titles: Readonly<Record<StepKey, Words>> = {
  'security-group': {
    en: 'Create a security group for the balancer and the way out',
    zh: '为负载均衡器与出口创建安全组',
  },
  vpc: { en: 'Create a VPC network with an initial private network', zh: '创建 VPC 网络及初始私有网络' },
  'nat-gateway': {
    en: 'Create a NAT gateway in it, buying and binding a public IP',
    zh: '创建 NAT 网关，公网 IP 选择购买并绑定',
  },
  'snat-rule': { en: 'Add a SNAT rule for the private network', zh: '添加 SNAT 规则，资源类型选择私有网络' },
  'apply-nat-gateway': { en: 'Apply the changes of the NAT gateway', zh: '对 NAT 网关应用修改' },
  'load-balancer': {
    en: 'Create a load balancer with a public IP of its own and the private network',
    zh: '创建负载均衡器，绑定公网 IP 与私有网络',
  },
  listener: {
    en: 'Create an HTTP listener on port {port}, and apply',
    zh: '创建 HTTP 监听器（端口 {port}），然后应用修改',
  },
  backends: { en: 'Add the backends by their public IP', zh: '按公网 IP 添加后端' },
  'apply-load-balancer': { en: 'Apply the changes of the load balancer', zh: '对负载均衡器应用修改' },
  route: {
    en: "Add a route to each backend in the private network's table, next hop: router",
    zh: '在私有网络的路由表中为每个后端添加路由，下一跳选择路由器',
  },
  'apply-route-table': { en: 'Apply the changes of the route table', zh: '对路由表应用修改' },
  'security-group-rule': {
    en: 'Admit the ports of the service in the security group',
    zh: '在安全组中放行服务端口的下行流量',
  },
  'apply-security-group': { en: 'Apply the changes of the security group', zh: '对安全组应用修改' },
}

const vpcWithEip: Words = {
  en: 'Create a VPC network of a type that is not free, with a public IP',
  zh: '创建非免费型 VPC 网络，公网 IP 选择购买并绑定',
}

/** What a step of a scenario is called. */
export function titleOf(key: StepKey, { topology, port }: Pick<Scenario, 'topology' | 'port'>): Words {
  const { en, zh } = key === 'vpc' && topology === 'b' ? vpcWithEip : titles[key]
  return { en: en.replace('{port}', String(port)), zh: zh.replace('{port}', String(port)) }
}
