import type { Words } from './define.ts'

/** Words for what a value should have been, and for the parts of resources, as problems name them. */
export const terms = {
  string: { en: 'text', zh: '文本' },
  number: { en: 'a number', zh: '数字' },
  int: { en: 'a whole number', zh: '整数' },
  boolean: { en: 'true or false', zh: '布尔值' },
  object: { en: 'an object', zh: '对象' },
  array: { en: 'a list', zh: '列表' },
  null: { en: 'null', zh: '空值' },
  subnetsPerVpc: { en: 'private networks in a VPC', zh: 'VPC 中的私有网络' },
  natGatewaysPerVpc: { en: 'NAT gateways in a VPC', zh: 'VPC 中的 NAT 网关' },
  portForwards: { en: 'port forwards', zh: '端口转发' },
  dnsRecords: { en: 'DNS records', zh: '内网 DNS 记录' },
  dhcpOptions: { en: 'DHCP options', zh: 'DHCP 选项' },
  nicsPerServer: { en: 'network interfaces of a server', zh: '云服务器的网卡' },
  routes: { en: 'routes', zh: '路由规则' },
  snatRules: { en: 'SNAT rules', zh: 'SNAT 规则' },
  dnatRules: { en: 'DNAT rules', zh: 'DNAT 规则' },
  listeners: { en: 'listeners', zh: '监听器' },
  backends: { en: 'backends of a listener', zh: '监听器的后端' },
  backendsPerBalancer: { en: 'backends of a load balancer', zh: '负载均衡器的后端' },
  rules: { en: 'rules', zh: '规则' },
  policyRules: { en: 'rules of a policy', zh: '策略的规则' },
  rewrites: { en: 'rewrites', zh: '重写规则' },
  generations: { en: 'kept versions', zh: '保留的版本' },
  initialSubnets: { en: 'initial private networks', zh: '初始私有网络' },
} as const satisfies Record<string, Words>
