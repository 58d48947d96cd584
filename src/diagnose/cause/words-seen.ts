import type { Entry } from './entry.ts'

/** What machines and the wire say. */
export const seenWords = {
  'machine-failed': {
    what: { en: 'the machine could not do what {it} asks for: {reason}', zh: '{it} 在主机上配置失败：{reason}' },
    fix: { en: 'mend the cause; it is tried again by itself', zh: '排除原因后系统会自动重试' },
    certainty: 'seen',
  },
  'not-synced': {
    what: { en: 'the machine has not caught up with the last apply', zh: '主机尚未完成最近一次应用' },
    fix: {
      en: 'wait a moment; if it stays, look whether the agent runs',
      zh: '请稍候；若持续如此，请检查 agent 是否在运行',
    },
    certainty: 'seen',
  },
  checking: {
    what: { en: 'the backend is being checked', zh: '正在对后端进行健康检查' },
    fix: { en: 'wait for {rise} good checks in a row', zh: '等待连续 {rise} 次检查成功' },
    certainty: 'seen',
  },
  refused: {
    what: {
      en: '{address} refuses what comes to port {port}: {reason}',
      zh: '{address} 拒绝访问端口 {port}：{reason}',
    },
    fix: {
      en: 'start the service there, at this address and not at 127.0.0.1 only, or correct the port',
      zh: '启动远端服务（监听该地址，而不只是 127.0.0.1），或修正端口',
    },
    certainty: 'seen',
  },
  timeout: {
    what: {
      en: '{address} does not answer on port {port}: {reason}',
      zh: '{address} 的端口 {port} 没有应答：{reason}',
    },
    fix: { en: 'the firewall of the remote side must admit {seenAs}', zh: '远端防火墙须放行 {seenAs}' },
    certainty: 'guessed',
  },
  'admits-some': {
    what: {
      en: '{address} answers on port {port} now and then only, while it sees us as {seenAs}: its firewall may admit only some of these',
      zh: '{address} 的端口 {port} 时通时断，而我们的源地址有 {seenAs}：远端防火墙可能只放行了其中一部分',
    },
    fix: {
      en: 'the firewall of the remote side must admit all of {seenAs}',
      zh: '远端防火墙须放行全部源地址：{seenAs}',
    },
    certainty: 'guessed',
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
    certainty: 'seen',
  },
  'check-redirected': {
    what: {
      en: '{address} answers the check of {path} with a redirect ({reason}), which the check takes for a failure',
      zh: '{address} 对健康检查路径 {path} 返回重定向（{reason}），被健康检查视为失败',
    },
    fix: {
      en: 'let the check ask for the page that it leads to, or accept a redirect, and apply',
      zh: '将健康检查路径改为重定向的目标，或接受重定向状态码，然后应用修改',
    },
    certainty: 'seen',
  },
  'check-failed': {
    what: {
      en: 'the health check of {address} port {port} fails: {reason}',
      zh: '{address} 端口 {port} 的健康检查失败：{reason}',
    },
    fix: { en: 'see that the remote side admits {seenAs}', zh: '请确认远端放行 {seenAs}' },
    certainty: 'seen',
  },
  'vip-not-taken': {
    what: {
      en: 'nobody answers at {address}, the virtual IP {it}: {reason}',
      zh: '虚拟 IP {it}（{address}）没有应答：{reason}',
    },
    fix: {
      en: 'see that a server of its private network has put the address on its link',
      zh: '请确认其私有网络中的某台云服务器已在网卡上配置该地址',
    },
    certainty: 'guessed',
  },
  'no-ping': {
    what: {
      en: '{address} does not answer pings, by which its check begins: {reason}',
      zh: '{address} 不应答 ping（健康检查的第一步）：{reason}',
    },
    fix: {
      en: 'the firewall of the remote side must admit ICMP echo requests of {seenAs}',
      zh: '远端防火墙须放行来自 {seenAs} 的 ICMP echo 请求',
    },
    certainty: 'guessed',
  },
  'no-handshake': {
    what: {
      en: '{address} takes connections to port {port}, but does not answer in TLS: {reason}',
      zh: '{address} 的端口 {port} 接受连接，但不应答 TLS：{reason}',
    },
    fix: {
      en: 'see whether the service there speaks TLS; if not, let the check speak HTTP or TCP',
      zh: '请确认远端服务使用 TLS；否则将健康检查改为 HTTP 或 TCP',
    },
    certainty: 'seen',
  },
  'tls-failed': {
    what: {
      en: '{address} does not agree on TLS on port {port}: {reason}',
      zh: '{address} 的端口 {port} TLS 握手失败：{reason}',
    },
    fix: {
      en: 'see whether the service there speaks TLS, in a version of today and for the name of the check',
      zh: '请确认远端服务使用 TLS，且版本与健康检查的域名相符',
    },
    certainty: 'seen',
  },
  'no-answer': {
    what: {
      en: '{address} takes connections to port {port}, but does not answer the check within {timeoutS} s',
      zh: '{address} 的端口 {port} 接受连接，但 {timeoutS} 秒内没有应答健康检查',
    },
    fix: {
      en: 'see why the service answers late; or let the check wait longer, or ask a lighter path',
      zh: '请检查远端服务为何响应缓慢；或延长检查超时，或改用更轻量的路径',
    },
    certainty: 'seen',
  },
  'listens-on-loopback': {
    what: {
      en: 'the service on {address} listens on port {port} at {listens} only, where nobody else reaches it',
      zh: '{address} 上的服务只在 {listens} 监听端口 {port}，其他主机无法访问',
    },
    fix: {
      en: 'let it listen at {address}, or at 0.0.0.0, which is all of its addresses',
      zh: '让服务监听 {address} 或 0.0.0.0（全部地址）',
    },
    certainty: 'seen',
  },
  'speaks-tls': {
    what: {
      en: '{address} speaks TLS on port {port}, while the balancer speaks HTTP with its backends: clients get 502',
      zh: '{address} 的端口 {port} 使用 TLS，而负载均衡器以 HTTP 访问后端：客户端会收到 502',
    },
    fix: {
      en: 'let the backend speak HTTP there, as the balancer can end TLS itself; or use a TCP listener, which passes TLS through',
      zh: '让后端在该端口使用 HTTP（TLS 可由负载均衡器终结），或改用 TCP 监听器透传 TLS',
    },
    certainty: 'seen',
  },
  'check-without-tls': {
    what: {
      en: '{address} speaks TLS on port {port}, and the check asks without',
      zh: '{address} 的端口 {port} 使用 TLS，而健康检查未使用 TLS',
    },
    fix: { en: 'let the check speak HTTPS and apply', zh: '将健康检查改为 HTTPS，然后应用修改' },
    certainty: 'seen',
  },
  'not-http': {
    what: {
      en: '{address} takes connections to port {port}, but its answer is not HTTP',
      zh: '{address} 的端口 {port} 接受连接，但应答不是 HTTP',
    },
    fix: {
      en: 'see what listens there; if it speaks TLS, let the check speak HTTPS',
      zh: '请检查该端口上的服务；若使用 TLS，请将健康检查改为 HTTPS',
    },
    certainty: 'seen',
  },
  'unexpected-answer': {
    what: {
      en: '{address} answers on port {port}, but not with what the check expects',
      zh: '{address} 的端口 {port} 有应答，但内容不符合健康检查的期望',
    },
    fix: { en: 'mend the service there, or what the check expects', zh: '修复远端服务，或修正健康检查期望的内容' },
    certainty: 'seen',
  },
  reset: {
    what: {
      en: '{address} takes connections to port {port} and cuts them at once: {reason}',
      zh: '{address} 的端口 {port} 接受连接后立即断开：{reason}',
    },
    fix: {
      en: 'see whether the service there lets {seenAs} in, and what something in between cuts',
      zh: '请确认远端服务允许 {seenAs} 访问，以及中间设备是否切断连接',
    },
    certainty: 'seen',
  },
  'check-held-back': {
    what: {
      en: 'the egress rules of the group of {it} hold its checks of {address} back',
      zh: '{it} 的安全组上行规则拦截了对 {address} 的健康检查',
    },
    fix: { en: 'let them pass and apply', zh: '放行后应用修改' },
    certainty: 'seen',
  },
  'no-way-seen': {
    what: {
      en: 'a router on the way says that {address} cannot be reached: {reason}',
      zh: '途中的路由器报告 {address} 不可达：{reason}',
    },
    fix: {
      en: 'see that {address} is right, and that the network beyond {seenAs} leads there',
      zh: '请确认地址 {address} 正确，且 {seenAs} 之外的网络可到达该地址',
    },
    certainty: 'seen',
  },
  'gateway-silent': {
    what: {
      en: 'the router of {it} does not answer ARP for {gateway}: the balancer cannot reach it',
      zh: '{it} 的路由器未应答 {gateway} 的 ARP，负载均衡器无法访问它',
    },
    fix: {
      en: 'see whether the agent is well and what changed the namespaces of the machine; it is put right by itself',
      zh: '请检查 agent 是否正常，以及主机命名空间是否被改动；系统会自动修复',
    },
    certainty: 'seen',
  },
  'packets-too-big': {
    what: {
      en: '{address} answers on port {port} in small packets only: big ones get lost on the way, and nobody says so',
      zh: '{address} 的端口 {port} 只能以小包应答：大包在途中丢失且没有任何通知（MTU 黑洞）',
    },
    fix: {
      en: 'let ICMP "fragmentation needed" through on the way, or have the remote side use a smaller MTU or MSS',
      zh: '请在途中放行 ICMP “需要分片”消息，或让远端使用更小的 MTU 或 MSS',
    },
    certainty: 'seen',
  },
  'answers-late': {
    what: {
      en: '{address} answers on port {port} after {ms} ms, later than the {timeoutS} s that the check waits',
      zh: '{address} 的端口 {port} 在 {ms} 毫秒后才应答，超过健康检查的 {timeoutS} 秒',
    },
    fix: {
      en: 'see why the service is slow, let the check wait longer, or ask a lighter path than {path}',
      zh: '请检查服务为何缓慢，或延长检查超时，或改用比 {path} 更轻量的路径',
    },
    certainty: 'seen',
  },
  'well-now': {
    what: {
      en: '{address} was well just now: it answered on port {port} within {ms} ms',
      zh: '{address} 刚才正常：端口 {port} 在 {ms} 毫秒内应答',
    },
    fix: {
      en: 'wait for {rise} good checks in a row; if it stays, it answers now and then only',
      zh: '等待连续 {rise} 次检查成功；若持续如此，说明它时好时坏',
    },
    certainty: 'seen',
  },
} as const satisfies Readonly<Record<string, Entry>>
