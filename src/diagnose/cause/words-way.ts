import type { Entry } from './entry.ts'

/** What the model says that keeps packets from their way, or clients out. */
export const wayWords = {
  'balancer-off': {
    what: { en: '{it} is switched off', zh: '{it} 已关闭' },
    fix: { en: 'start it', zh: '启动它' },
    certainty: 'proved',
  },
  'no-listener': {
    what: { en: '{it} has no listener', zh: '{it} 没有监听器' },
    fix: { en: 'add a listener, then a backend, and apply', zh: '添加监听器和后端，然后应用修改' },
    certainty: 'proved',
  },
  'no-backend': {
    what: { en: '{listener} of {it} has no backend', zh: '{it} 的监听器 {listener} 没有后端' },
    fix: { en: 'add a backend and apply', zh: '添加后端，然后应用修改' },
    certainty: 'proved',
  },
  'balancer-not-applied': {
    what: { en: '{it} has changes that are not applied, {child} among them', zh: '{it} 有未应用的修改，包括 {child}' },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'listener-disabled': {
    what: { en: '{child} of {it} is disabled', zh: '{it} 的监听器 {child} 已禁用' },
    fix: { en: 'enable the listener and apply', zh: '启用该监听器，然后应用修改' },
    certainty: 'proved',
  },
  'backend-disabled': {
    what: { en: '{child} of {it} is disabled', zh: '{it} 的后端 {child} 已禁用' },
    fix: { en: 'enable the backend and apply', zh: '启用该后端，然后应用修改' },
    certainty: 'proved',
  },
  'no-subnet': {
    what: {
      en: '{it} is in no private network, so it has no way to {address}',
      zh: '{it} 未加入私有网络，没有到 {address} 的路径',
    },
    fix: { en: 'put it into a private network of a VPC', zh: '将它加入 VPC 的私有网络' },
    certainty: 'proved',
  },
  'server-in-no-network': {
    what: { en: '{it} is in no private network, so nothing reaches it', zh: '{it} 未加入私有网络，无法访问' },
    fix: {
      en: 'put it and the balancer into a private network of a VPC',
      zh: '将它和负载均衡器加入 VPC 的私有网络',
    },
    certainty: 'proved',
  },
  'router-off': {
    what: { en: '{it} is switched off', zh: '{it} 已关闭' },
    fix: { en: 'start it', zh: '启动它' },
    certainty: 'proved',
  },
  'server-off': {
    what: { en: '{it} is switched off', zh: '{it} 已关闭' },
    fix: { en: 'start it', zh: '启动它' },
    certainty: 'proved',
  },
  'no-route': {
    what: { en: 'no rule of {it} leads to {address}', zh: '{it} 中没有到 {address} 的路由规则' },
    fix: {
      en: 'add a route to {address} with a NAT gateway or the router as next hop and apply, or create a NAT gateway',
      zh: '添加到 {address} 的路由规则，下一跳选择 NAT 网关或路由器，然后应用修改；或创建 NAT 网关',
    },
    certainty: 'proved',
  },
  'route-not-applied': {
    what: { en: 'the rule of {it} that leads to {address} is not applied', zh: '{it} 中到 {address} 的路由规则未应用' },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'route-disabled': {
    what: { en: 'the rule of {it} that leads to {address} is disabled', zh: '{it} 中到 {address} 的路由规则已禁用' },
    fix: { en: 'enable the rule and apply', zh: '启用该规则，然后应用修改' },
    certainty: 'proved',
  },
  'nat-gateway-off': {
    what: { en: '{it} is switched off', zh: '{it} 已关闭' },
    fix: { en: 'start it', zh: '启动它' },
    certainty: 'proved',
  },
  'nat-gateway-without-eip': {
    what: { en: '{it} has no public IP', zh: '{it} 未绑定公网 IP' },
    fix: {
      en: 'bind a public IP to it and add a SNAT rule for {subnet}',
      zh: '为它绑定公网 IP，并为 {subnet} 添加 SNAT 规则',
    },
    certainty: 'proved',
  },
  'no-snat-rule': {
    what: { en: '{it} has no SNAT rule for {subnet}', zh: '{it} 没有覆盖 {subnet} 的 SNAT 规则' },
    fix: { en: 'add a SNAT rule for {subnet} and apply', zh: '为 {subnet} 添加 SNAT 规则，然后应用修改' },
    certainty: 'proved',
  },
  'snat-rule-not-applied': {
    what: { en: 'the SNAT rule of {it} for {subnet} is not applied', zh: '{it} 为 {subnet} 添加的 SNAT 规则未应用' },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'snat-rule-disabled': {
    what: { en: 'the SNAT rule of {it} for {subnet} is disabled', zh: '{it} 为 {subnet} 添加的 SNAT 规则已禁用' },
    fix: { en: 'enable the rule and apply', zh: '启用该规则，然后应用修改' },
    certainty: 'proved',
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
    certainty: 'proved',
  },
  'router-free': {
    what: { en: '{it} is of the free type, which has no way to the internet', zh: '{it} 为免费型，无法访问公网' },
    fix: { en: 'choose another type and bind a public IP', zh: '更换类型并绑定公网 IP' },
    certainty: 'proved',
  },
  'router-without-eip': {
    what: { en: '{it} has no public IP', zh: '{it} 未绑定公网 IP' },
    fix: { en: 'bind a public IP to it', zh: '为它绑定公网 IP' },
    certainty: 'proved',
  },
  'group-refuses': {
    what: {
      en: '{it}, the group of {user}, does not admit {traffic}',
      zh: '{user} 的安全组 {it} 未放行下行 {traffic}',
    },
    fix: {
      en: 'add an ingress rule for {traffic} and apply',
      zh: '添加放行 {traffic} 的下行规则，然后应用修改',
    },
    certainty: 'proved',
  },
  'group-not-applied': {
    what: {
      en: '{it}, the group of {user}, would let {traffic} pass, but its changes are not applied',
      zh: '{user} 的安全组 {it} 放行 {traffic} 的规则未应用',
    },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
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
    certainty: 'proved',
  },
  'lists-not-applied': {
    what: {
      en: 'other lists of {child} of {it} would let clients in, but are not applied: it allows [{allow}] and denies [{deny}]',
      zh: '{it} 的监听器 {child} 的名单修改未应用：目前允许 [{allow}]，拒绝 [{deny}]',
    },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'group-refuses-egress': {
    what: {
      en: '{it}, the group of {user}, does not let {traffic} of {address} be reached',
      zh: '{user} 的安全组 {it} 的上行规则不允许访问 {address} 的 {traffic}',
    },
    fix: { en: 'change its egress rules and apply', zh: '修改上行规则，然后应用修改' },
    certainty: 'proved',
  },
  'rule-drops': {
    what: {
      en: 'the rule {rule} of {it}, the group of {user}, drops {traffic}',
      zh: '{user} 的安全组 {it} 的规则 {rule} 拒绝 {traffic}',
    },
    fix: {
      en: 'add a rule of smaller priority that accepts {traffic}, and apply',
      zh: '添加优先级更高（数值更小）的放行 {traffic} 的规则，然后应用修改',
    },
    certainty: 'proved',
  },
  'other-group-not-applied': {
    what: {
      en: '{it} still has the group {group}, which refuses {traffic}: that it gets {next} is not applied',
      zh: '{it} 仍使用安全组 {group}，它未放行 {traffic}；改用 {next} 的修改未应用',
    },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'set-not-applied': {
    what: {
      en: '{it}, which {group} names, would let {traffic} pass, but its changes are not applied',
      zh: '{group} 引用的 {it} 有未应用的修改，应用后将放行 {traffic}',
    },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'weight-zero': {
    what: {
      en: '{child} of {it} has weight 0: it gets nothing new',
      zh: '{it} 的后端 {child} 权重为 0，不再接收新连接',
    },
    fix: { en: 'give it a weight and apply', zh: '设置权重，然后应用修改' },
    certainty: 'proved',
  },
  'route-is-local': {
    what: {
      en: 'the rule of {it} for {destination} never counts: {address} is in {cidr}, the range of {vpc}, which is reached directly; and nobody there has it',
      zh: '{it} 中到 {destination} 的路由规则不会生效：{address} 属于 {vpc} 自身的网段 {cidr}，为直连，而其中没有该地址',
    },
    fix: {
      en: 'two networks with the same addresses cannot reach each other: give one of them another range, or translate its addresses',
      zh: '网段重叠的两个网络无法互通：请更换其中一个的网段，或转换其地址',
    },
    certainty: 'proved',
  },
  'leads-to-itself': {
    what: {
      en: '{child} is {it} itself: {address} is its own address, and its listener {listener} answers there',
      zh: '{child} 就是 {it} 自身：{address} 是它自己的地址，应答的是它的监听器 {listener}',
    },
    fix: {
      en: 'give the backend the address of the server that is meant, and apply',
      zh: '将后端改为真正的服务器地址，然后应用修改',
    },
    certainty: 'proved',
  },
  'leads-back': {
    what: {
      en: '{child} of {it} leads back to it: {address} is {others}, whose backend is {listener} of {it} again',
      zh: '{it} 的后端 {child} 又绕回它自身：{address} 是 {others}，其后端又是 {it} 的监听器 {listener}',
    },
    fix: {
      en: 'give one of these backends the address of the server that is meant, and apply',
      zh: '将其中一个后端改为真正的服务器地址，然后应用修改',
    },
    certainty: 'proved',
  },
  'route-in-other-table': {
    what: {
      en: 'no rule of {it} leads to {address}; {other} has one, but {subnet} does not use it',
      zh: '{it} 中没有到 {address} 的路由规则；{other} 中有，但 {subnet} 未绑定它',
    },
    fix: { en: 'add the route to {it}, and apply', zh: '在 {it} 中添加该路由规则，然后应用修改' },
    certainty: 'proved',
  },
  'hop-absent': {
    what: {
      en: 'the rule of {it} for {address} leads to {hop}, which nobody has',
      zh: '{it} 中到 {address} 的路由规则下一跳为 {hop}，但没有资源使用该地址',
    },
    fix: { en: 'correct its next hop and apply', zh: '修正下一跳，然后应用修改' },
    certainty: 'proved',
  },
  'hop-does-not-forward': {
    what: {
      en: 'the rule of {it} for {address} leads to {hop}, which is {server}: it does not forward',
      zh: '{it} 中到 {address} 的路由规则下一跳为 {hop}，即 {server}，它不转发数据包',
    },
    fix: {
      en: 'lead the route to a NAT gateway, to the router, or to a machine that forwards, and apply',
      zh: '将下一跳改为 NAT 网关、路由器或可转发的主机，然后应用修改',
    },
    certainty: 'proved',
  },
  'no-way-out': {
    what: {
      en: 'nothing leads from {subnet} to {address}: {it} has no route to it, and {vpc} no public IP',
      zh: '{subnet} 没有到 {address} 的路径：{it} 中没有路由规则，{vpc} 也没有公网 IP',
    },
    fix: { en: 'bind a public IP to {vpc}, or add a NAT gateway', zh: '为 {vpc} 绑定公网 IP，或创建 NAT 网关' },
    certainty: 'proved',
  },
} as const satisfies Readonly<Record<string, Entry>>
