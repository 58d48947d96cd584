import type { Entry } from './entry.ts'

/** What was measured to be full, and what looks like a fault and is none. */
export const limitWords = {
  'connections-full': {
    what: {
      en: '{it} carries {connections} connections, all that its size allows: new ones are dropped',
      zh: '{it} 已承载 {connections} 个连接，达到规格上限，新连接被丢弃',
    },
    fix: {
      en: 'choose a larger size, or lead some of the traffic to another gateway',
      zh: '升级规格，或将部分流量引到其他网关',
    },
    certainty: 'seen',
  },
  'gateway-too-fast': {
    what: {
      en: '{it} is asked for more than the {perSecond} new connections a second that its size allows: it dropped up to {refused} packets a second lately',
      zh: '{it} 的每秒新建连接数超过规格允许的 {perSecond} 个：最近每秒最多丢弃 {refused} 个数据包',
    },
    fix: {
      en: 'choose a larger size, let clients keep their connections, or lead some of the traffic to another gateway',
      zh: '升级规格，或让客户端复用连接，或将部分流量引到其他网关',
    },
    certainty: 'seen',
  },
  'ports-full': {
    what: {
      en: '{it} has {ports} of {limit} ports in use for one destination: new connections to it find none',
      zh: '{it} 对同一目标已使用 {limit} 个端口中的 {ports} 个，新连接分配不到端口',
    },
    fix: {
      en: 'let source NAT use one more public IP: each has ports of its own; a router has one only, so lead that traffic to a NAT gateway',
      zh: '为 SNAT 增加公网 IP：每个公网 IP 都有独立的端口；VPC 路由器只能有一个，请将该流量引到 NAT 网关',
    },
    certainty: 'seen',
  },
  'bandwidth-full': {
    what: {
      en: '{it} ({address}) carried {mbps} of its {limit} Mbit/s {direction} lately: what is more waits, then is dropped',
      zh: '{it}（{address}）最近{direction}带宽达到 {mbps} Mbit/s，上限为 {limit} Mbit/s：超出部分先排队，后丢弃',
    },
    fix: {
      en: 'raise its bandwidth, or spread the traffic over more public IPs',
      zh: '提高带宽，或由更多公网 IP 分担流量',
    },
    certainty: 'seen',
  },
  'balancer-full': {
    what: {
      en: '{it} carries {connections} connections of the {limit} that it may have: more of them wait',
      zh: '{it} 已承载 {connections} 个连接，上限为 {limit} 个：更多连接需要等待',
    },
    fix: { en: 'choose a larger size, or add a node', zh: '升级规格，或增加节点' },
    certainty: 'seen',
  },
  'balancer-too-fast': {
    what: {
      en: '{it} is asked for more than the {perSecond} new connections a second that its size allows: it dropped up to {refused} packets a second lately',
      zh: '{it} 的每秒新建连接数超过规格允许的 {perSecond} 个：最近每秒最多丢弃 {refused} 个数据包',
    },
    fix: {
      en: 'choose a larger size, add a node, or let clients keep their connections',
      zh: '升级规格，或增加节点，或让客户端复用连接',
    },
    certainty: 'seen',
  },
  'backend-full': {
    what: {
      en: '{child} of {it} has its most connections, {limit}: {queued} clients wait',
      zh: '{it} 的后端 {child} 已达最大连接数 {limit}：{queued} 个客户端在排队',
    },
    fix: {
      en: 'let it have more connections and apply, or add a backend',
      zh: '提高其最大连接数并应用修改，或添加后端',
    },
    certainty: 'seen',
  },
  'answers-itself': {
    what: {
      en: '{child} of {it} answered up to {rate} requests a second with an error of its own lately, though backends are active: no backend did answer in HTTP',
      zh: '{it} 的监听器 {child} 最近每秒有最多 {rate} 个请求由它自己返回 5xx，尽管有活跃的后端：后端没有以 HTTP 应答',
    },
    fix: {
      en: 'probe its backends: who takes a connection need not speak HTTP; and let the check ask in HTTP what clients ask',
      zh: '请探测其后端：能建立连接不代表使用 HTTP；并将健康检查改为 HTTP，使其与客户端请求一致',
    },
    certainty: 'seen',
  },
  'no-default-backend': {
    what: {
      en: '{child} of {it} answered up to {rate} requests a second with 503 lately: each of its backends has a policy, and none is for requests that no policy matches',
      zh: '{it} 的监听器 {child} 最近每秒有最多 {rate} 个请求返回 503：每个后端都绑定了转发策略，没有后端处理未匹配任何策略的请求',
    },
    fix: {
      en: 'add a backend without a policy, or a rule that matches the rest, and apply',
      zh: '添加不绑定策略的后端，或添加匹配其余请求的规则，然后应用修改',
    },
    certainty: 'seen',
  },
  'asked-in-tls': {
    what: {
      en: '{child} of {it} speaks plain HTTP at port {port}, and refused up to {rate} requests a second lately as none that it understands: clients speak TLS there, as it seems',
      zh: '{it} 的监听器 {child} 在端口 {port} 使用明文 HTTP，最近每秒有最多 {rate} 个请求因无法识别而被拒绝：客户端似乎使用了 TLS',
    },
    fix: {
      en: 'let the listener speak HTTPS, with a certificate, and apply',
      zh: '将监听器改为 HTTPS 并绑定证书，然后应用修改',
    },
    certainty: 'guessed',
  },
  'proxy-expected': {
    what: {
      en: '{child} of {it} expects the PROXY protocol; clients connected up to {rate} times a second lately, and not one request came: they do not speak it, as it seems',
      zh: '{it} 的监听器 {child} 要求 PROXY 协议；最近每秒最多有 {rate} 个连接，但没有任何请求：客户端似乎没有使用该协议',
    },
    fix: {
      en: 'expect it only of another balancer that speaks it: else switch it off for this listener and apply',
      zh: '只有前面的负载均衡器使用该协议时才应开启：否则请为该监听器关闭它，然后应用修改',
    },
    certainty: 'guessed',
  },
  'unchecked-silent': {
    what: {
      en: '{address} is not checked, and seems not to answer on port {port}: {evidence}',
      zh: '{address} 未配置健康检查，端口 {port} 似乎没有应答：{evidence}',
    },
    fix: {
      en: 'only a probe proves it: ask it by one; and let the listener check, so that it gets nothing while it is down',
      zh: '只有探测才能证实：请进行探测；并配置健康检查，使后端失效时不再收到流量',
    },
    certainty: 'guessed',
  },
  unchecked: {
    what: {
      en: '{address} is not checked: whether it answers on port {port} nobody knows, and it gets its share all the same',
      zh: '{address} 未配置健康检查：端口 {port} 是否应答未知，但它仍会收到流量',
    },
    fix: {
      en: 'ask it by a probe; and let the listener check, so that it gets nothing while it is down',
      zh: '请进行探测；并配置健康检查，使后端失效时不再收到流量',
    },
    certainty: 'guessed',
    isFault: false,
  },
  'answers-now': {
    what: {
      en: '{address} answered just now on port {port}, within {ms} ms; nobody checks it',
      zh: '{address} 刚才在端口 {port} 上 {ms} 毫秒内应答；未配置健康检查',
    },
    fix: {
      en: 'let the listener check, so that it gets nothing while it is down',
      zh: '请配置健康检查，使后端失效时不再收到流量',
    },
    certainty: 'seen',
    isFault: false,
  },
  'backup-waits': {
    what: {
      en: '{child} of {it} is well and waits, as a backup does: it serves when {others} and its like no longer do',
      zh: '{it} 的后端 {child} 正常，作为备用后端待命：{others} 等不可用后它才提供服务',
    },
    fix: {
      en: 'nothing has to be done; to have it serve now, make it no backup and apply',
      zh: '无需处理；如需立即提供服务，请取消其备用身份并应用修改',
    },
    certainty: 'seen',
    isFault: false,
  },
  drains: {
    what: {
      en: '{child} of {it} was taken out and lets its last {sessions} connections end, {until}: it gets no new ones',
      zh: '{it} 的后端 {child} 已摘除，正在排空剩余 {sessions} 个连接（{until}），不再接收新连接',
    },
    fix: {
      en: 'wait for it; to have it serve again, take it back; to end it sooner, give the listener a shorter time to drain, and apply',
      zh: '请等待；如需恢复服务，请重新启用；如需尽快结束，请缩短监听器的排空时间并应用修改',
    },
    certainty: 'seen',
    isFault: false,
  },
} as const satisfies Readonly<Record<string, Entry>>
