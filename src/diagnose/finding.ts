import type { Words } from '../model/define.ts'
import type { Id } from '../model/model.ts'

/** Something that keeps a backend from serving, or its clients from reaching it. */
export interface Finding {
  readonly code: FindingCode
  /** The resource to mend. */
  readonly resource: Id
  readonly values: Readonly<Record<string, string>>
}

interface Entry {
  /** What is wrong; `{name}` stands for one of the finding's values. */
  readonly what: Words
  /** What to do about it. */
  readonly fix: Words
}

/** Everything that a diagnosis can say, in one table. `{it}` is the resource by name and id. */
export const findings = {
  'balancer-off': {
    what: { en: '{it} is switched off', zh: '{it} 已关闭' },
    fix: { en: 'start it', zh: '启动它' },
  },
  'no-listener': {
    what: { en: '{it} has no listener', zh: '{it} 没有监听器' },
    fix: { en: 'add a listener, then a backend, and apply', zh: '添加监听器和后端，然后应用修改' },
  },
  'no-backend': {
    what: { en: '{listener} of {it} has no backend', zh: '{it} 的监听器 {listener} 没有后端' },
    fix: { en: 'add a backend and apply', zh: '添加后端，然后应用修改' },
  },
  'balancer-not-applied': {
    what: { en: '{it} has changes that are not applied, {child} among them', zh: '{it} 有未应用的修改，包括 {child}' },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
  },
  'listener-disabled': {
    what: { en: '{child} of {it} is disabled', zh: '{it} 的监听器 {child} 已禁用' },
    fix: { en: 'enable the listener and apply', zh: '启用该监听器，然后应用修改' },
  },
  'backend-disabled': {
    what: { en: '{child} of {it} is disabled', zh: '{it} 的后端 {child} 已禁用' },
    fix: { en: 'enable the backend and apply', zh: '启用该后端，然后应用修改' },
  },
  'no-subnet': {
    what: {
      en: '{it} is in no private network, so it has no way to {address}',
      zh: '{it} 未加入私有网络，没有到 {address} 的路径',
    },
    fix: { en: 'put it into a private network of a VPC', zh: '将它加入 VPC 的私有网络' },
  },
  'server-in-no-network': {
    what: { en: '{it} is in no private network, so nothing reaches it', zh: '{it} 未加入私有网络，无法访问' },
    fix: {
      en: 'put it and the balancer into a private network of a VPC',
      zh: '将它和负载均衡器加入 VPC 的私有网络',
    },
  },
  'router-off': {
    what: { en: '{it} is switched off', zh: '{it} 已关闭' },
    fix: { en: 'start it', zh: '启动它' },
  },
  'server-off': {
    what: { en: '{it} is switched off', zh: '{it} 已关闭' },
    fix: { en: 'start it', zh: '启动它' },
  },
  'no-route': {
    what: { en: 'no rule of {it} leads to {address}', zh: '{it} 中没有到 {address} 的路由规则' },
    fix: {
      en: 'add a route to {address} with a NAT gateway or the router as next hop and apply, or create a NAT gateway',
      zh: '添加到 {address} 的路由规则，下一跳选择 NAT 网关或路由器，然后应用修改；或创建 NAT 网关',
    },
  },
  'route-not-applied': {
    what: { en: 'the rule of {it} that leads to {address} is not applied', zh: '{it} 中到 {address} 的路由规则未应用' },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
  },
  'route-disabled': {
    what: { en: 'the rule of {it} that leads to {address} is disabled', zh: '{it} 中到 {address} 的路由规则已禁用' },
    fix: { en: 'enable the rule and apply', zh: '启用该规则，然后应用修改' },
  },
  'nat-gateway-off': {
    what: { en: '{it} is switched off', zh: '{it} 已关闭' },
    fix: { en: 'start it', zh: '启动它' },
  },
  'nat-gateway-without-eip': {
    what: { en: '{it} has no public IP', zh: '{it} 未绑定公网 IP' },
    fix: {
      en: 'bind a public IP to it and add a SNAT rule for {subnet}',
      zh: '为它绑定公网 IP，并为 {subnet} 添加 SNAT 规则',
    },
  },
  'no-snat-rule': {
    what: { en: '{it} has no SNAT rule for {subnet}', zh: '{it} 没有覆盖 {subnet} 的 SNAT 规则' },
    fix: { en: 'add a SNAT rule for {subnet} and apply', zh: '为 {subnet} 添加 SNAT 规则，然后应用修改' },
  },
  'snat-rule-not-applied': {
    what: { en: 'the SNAT rule of {it} for {subnet} is not applied', zh: '{it} 为 {subnet} 添加的 SNAT 规则未应用' },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
  },
  'snat-rule-disabled': {
    what: { en: 'the SNAT rule of {it} for {subnet} is disabled', zh: '{it} 为 {subnet} 添加的 SNAT 规则已禁用' },
    fix: { en: 'enable the rule and apply', zh: '启用该规则，然后应用修改' },
  },
  'snat-rule-for-servers-only': {
    what: {
      en: 'the SNAT rules of {it} name servers of {subnet} only; none covers the balancer',
      zh: '{it} 的 SNAT 规则只针对 {subnet} 中的云服务器，未覆盖负载均衡器',
    },
    fix: {
      en: 'add a SNAT rule for the whole of {subnet} and apply',
      zh: '为整个 {subnet} 添加 SNAT 规则，然后应用修改',
    },
  },
  'router-free': {
    what: { en: '{it} is of the free type, which has no way to the internet', zh: '{it} 为免费型，无法访问公网' },
    fix: { en: 'choose another type and bind a public IP', zh: '更换类型并绑定公网 IP' },
  },
  'router-without-eip': {
    what: { en: '{it} has no public IP', zh: '{it} 未绑定公网 IP' },
    fix: { en: 'bind a public IP to it', zh: '为它绑定公网 IP' },
  },
  'group-refuses': {
    what: {
      en: '{it}, the group of {user}, does not admit TCP port {port}',
      zh: '{user} 的安全组 {it} 未放行下行 TCP 端口 {port}',
    },
    fix: {
      en: 'add an ingress rule for TCP port {port} and apply',
      zh: '添加放行 TCP 端口 {port} 的下行规则，然后应用修改',
    },
  },
  'group-not-applied': {
    what: {
      en: '{it}, the group of {user}, would admit TCP port {port}, but its changes are not applied',
      zh: '{user} 的安全组 {it} 放行 TCP 端口 {port} 的规则未应用',
    },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
  },
  'lists-refuse': {
    what: {
      en: 'nobody whom {group} admits gets in by {child} of {it}: it allows [{allow}] and denies [{deny}]',
      zh: '{group} 放行的客户端都无法访问 {it} 的监听器 {child}：允许 [{allow}]，拒绝 [{deny}]',
    },
    fix: {
      en: 'change what the listener allows and denies, or the group, and apply',
      zh: '修改监听器的允许和拒绝列表或安全组，然后应用修改',
    },
  },
  'lists-not-applied': {
    what: {
      en: 'other lists of {child} of {it} would let clients in, but are not applied: it allows [{allow}] and denies [{deny}]',
      zh: '{it} 的监听器 {child} 的名单修改未应用：目前允许 [{allow}]，拒绝 [{deny}]',
    },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
  },
  'group-refuses-egress': {
    what: {
      en: '{it}, the group of {user}, does not let TCP port {port} of {address} be reached',
      zh: '{user} 的安全组 {it} 的上行规则不允许访问 {address} 的 TCP 端口 {port}',
    },
    fix: { en: 'change its egress rules and apply', zh: '修改上行规则，然后应用修改' },
  },
  'machine-failed': {
    what: { en: 'the machine could not do what {it} asks for: {reason}', zh: '{it} 在主机上配置失败：{reason}' },
    fix: { en: 'mend the cause; it is tried again by itself', zh: '排除原因后系统会自动重试' },
  },
  'not-synced': {
    what: { en: 'the machine has not caught up with the last apply', zh: '主机尚未完成最近一次应用' },
    fix: {
      en: 'wait a moment; if it stays, look whether the agent runs',
      zh: '请稍候；若持续如此，请检查 agent 是否在运行',
    },
  },
  checking: {
    what: { en: 'the backend is being checked', zh: '正在对后端进行健康检查' },
    fix: { en: 'wait for {rise} good checks in a row', zh: '等待连续 {rise} 次检查成功' },
  },
  refused: {
    what: {
      en: '{address} refuses connections to port {port}: {reason}',
      zh: '{address} 拒绝端口 {port} 的连接：{reason}',
    },
    fix: { en: 'start the service there, or correct the port', zh: '启动远端服务，或修正端口' },
  },
  timeout: {
    what: {
      en: '{address} does not answer on port {port}: {reason}',
      zh: '{address} 的端口 {port} 没有应答：{reason}',
    },
    fix: { en: 'the firewall of the remote side must admit {seenAs}', zh: '远端防火墙须放行 {seenAs}' },
  },
  'bad-answer': {
    what: {
      en: '{address} answers wrongly on port {port}: {reason}',
      zh: '{address} 的端口 {port} 应答异常：{reason}',
    },
    fix: {
      en: 'mend the service there, or the path and Host of the check',
      zh: '修复远端服务，或修正健康检查的路径与 Host',
    },
  },
  'check-failed': {
    what: {
      en: 'the health check of {address} port {port} fails: {reason}',
      zh: '{address} 端口 {port} 的健康检查失败：{reason}',
    },
    fix: { en: 'see that the remote side admits {seenAs}', zh: '请确认远端放行 {seenAs}' },
  },
} as const satisfies Record<string, Entry>

export type FindingCode = keyof typeof findings

/** A finding's two sentences in a language: what is wrong, and what to do. */
export function findingText(finding: Finding, language: keyof Words): { readonly what: string; readonly fix: string } {
  const { what, fix } = findings[finding.code]
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => finding.values[name] ?? whole)
  return { what: fill(what[language]), fix: fill(fix[language]) }
}
