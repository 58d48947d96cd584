import type { Entry } from './entry.ts'

/** What the model says that keeps clients from a public address, and flows from servers. */
export const entranceWords = {
  'admits-private-only': {
    what: {
      en: '{it}, the group of {user}, admits {traffic} of private addresses only ({peers}): clients on the internet have none, and what they have at home is not seen here',
      zh: '{user} 的安全组 {it} 只对私有地址（{peers}）放行 {traffic}：公网客户端的私有地址在这里不可见',
    },
    fix: {
      en: 'admit the public addresses by which clients are seen, or anybody, and apply',
      zh: '放行客户端的公网出口地址或任意来源，然后应用修改',
    },
    certainty: 'proved',
  },
  'lists-private-only': {
    what: {
      en: '{child} of {it} allows private addresses only ({peers}): clients on the internet have none, and what they have at home is not seen here',
      zh: '{it} 的监听器 {child} 只允许私有地址（{peers}）：公网客户端的私有地址在这里不可见',
    },
    fix: {
      en: 'allow the public addresses by which clients are seen, or anybody, and apply',
      zh: '允许客户端的公网出口地址或任意来源，然后应用修改',
    },
    certainty: 'proved',
  },
  'balancer-without-eip': {
    what: {
      en: '{it} has no public IP, so that nobody on the internet can ask it',
      zh: '{it} 未绑定公网 IP，公网无法访问它',
    },
    fix: { en: 'bind a public IP to it', zh: '为它绑定公网 IP' },
    certainty: 'proved',
  },
  'redirect-to-nobody': {
    what: {
      en: '{child} of {it} sends clients on to HTTPS at port {port}, where no HTTPS listener runs',
      zh: '{it} 的监听器 {child} 将客户端重定向到端口 {port} 的 HTTPS，但那里没有运行 HTTPS 监听器',
    },
    fix: {
      en: 'add an HTTPS listener with a certificate at that port, or correct the port that it leads to, and apply',
      zh: '在该端口添加带证书的 HTTPS 监听器，或修正重定向端口，然后应用修改',
    },
    certainty: 'proved',
  },
  'eip-unbound': {
    what: { en: 'nobody holds {it}', zh: '{it} 未绑定任何资源' },
    fix: {
      en: 'bind it to a balancer, a NAT gateway, a VPC or a server',
      zh: '将它绑定到负载均衡器、NAT 网关、VPC 或云服务器',
    },
    certainty: 'proved',
  },
  'address-unassigned': {
    what: {
      en: '{address} is of a pool of {it}, and no public IP has it',
      zh: '{address} 属于 {it} 的地址池，但未分配',
    },
    fix: { en: 'allocate a public IP with this address, or correct the address', zh: '申请该公网 IP，或修正地址' },
    certainty: 'proved',
  },
  'no-listener-at': {
    what: { en: '{it} has no listener at {traffic}', zh: '{it} 没有 {traffic} 的监听器' },
    fix: { en: 'add a listener and apply, or ask another port', zh: '添加监听器并应用修改，或更换端口' },
    certainty: 'proved',
  },
  'listener-not-applied': {
    what: { en: '{child} of {it} is not applied', zh: '{it} 的监听器 {child} 未应用' },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'no-backend-serves': {
    what: { en: 'no backend of {child} of {it} is active', zh: '{it} 的监听器 {child} 没有活跃的后端' },
    fix: { en: 'see what keeps them from it', zh: '请查看各后端不可用的原因' },
    certainty: 'seen',
  },
  'certificate-expired': {
    what: {
      en: '{it}, the certificate of {child}, was valid until {notAfter}: clients do not trust it any more',
      zh: '{child} 的服务器证书 {it} 已于 {notAfter} 过期，客户端不再信任',
    },
    fix: { en: 'upload a new one in its place', zh: '请上传新的证书' },
    certainty: 'proved',
  },
  'certificate-not-renewed': {
    what: {
      en: '{it}, the certificate of {child}, was valid until {notAfter} and was not renewed: clients do not trust it any more',
      zh: '{child} 的服务器证书 {it} 已于 {notAfter} 过期且未能续期，客户端不再信任',
    },
    fix: {
      en: 'see at the certificate (issuance) what keeps its directory from it; once that is mended it is tried again by itself',
      zh: '请在证书的签发状态中查看未能续期的原因；排除后将自动重试',
    },
    certainty: 'proved',
  },
  'certificate-not-issued': {
    what: {
      en: '{it}, the certificate of {child}, has not been issued yet: clients are shown a placeholder that nobody vouches for',
      zh: '{child} 的服务器证书 {it} 尚未签发，客户端得到的是无人信任的临时证书',
    },
    fix: {
      en: 'see at the certificate (issuance) what it waits for, or why it failed; once that is mended it is tried again by itself',
      zh: '请在证书的签发状态中查看其等待的条件或失败原因；排除后将自动重试',
    },
    certainty: 'proved',
  },
  'certificate-without-issuer': {
    what: {
      en: '{it}, the certificate of {child}, comes without that of its issuer ({issuer}): clients that have never met it do not trust the listener',
      zh: '{child} 的服务器证书 {it} 未附带签发者（{issuer}）的证书，部分客户端不会信任该监听器',
    },
    fix: {
      en: 'append the certificate of the issuer, which is at {url}, as PEM, and upload both in its place',
      zh: '从 {url} 获取签发者证书，以 PEM 格式附在其后，重新上传',
    },
    certainty: 'proved',
  },
  'policy-without-rule': {
    what: {
      en: '{it} matches no request, as none of its rules runs: {child} gets none',
      zh: '{it} 没有生效的规则，{child} 不会收到请求',
    },
    fix: { en: 'add a rule to it, or enable one, and apply', zh: '添加或启用规则，然后应用修改' },
    certainty: 'proved',
  },
  'policy-not-applied': {
    what: {
      en: 'the rules of {it} are not applied: {child} gets no request',
      zh: '{it} 的规则未应用，{child} 不会收到请求',
    },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'no-dnat-rule': {
    what: { en: '{it} has no DNAT rule for {traffic} of {address}', zh: '{it} 没有 {address} {traffic} 的 DNAT 规则' },
    fix: { en: 'add a DNAT rule that leads to a server, and apply', zh: '添加指向云服务器的 DNAT 规则，然后应用修改' },
    certainty: 'proved',
  },
  'dnat-rule-not-applied': {
    what: {
      en: 'the DNAT rule of {it} for {traffic} of {address} is not applied',
      zh: '{it} 的 {address} {traffic} DNAT 规则未应用',
    },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'dnat-rule-disabled': {
    what: {
      en: 'the DNAT rule of {it} for {traffic} of {address} is disabled',
      zh: '{it} 的 {address} {traffic} DNAT 规则已禁用',
    },
    fix: { en: 'enable the rule and apply', zh: '启用该规则，然后应用修改' },
    certainty: 'proved',
  },
  'no-port-forward': {
    what: { en: '{it} has no port forward for {traffic}', zh: '{it} 没有 {traffic} 的端口转发规则' },
    fix: { en: 'add a port forward that leads to a server, and apply', zh: '添加指向云服务器的端口转发，然后应用修改' },
    certainty: 'proved',
  },
  'port-forward-not-applied': {
    what: { en: 'the port forward of {it} for {traffic} is not applied', zh: '{it} 的 {traffic} 端口转发未应用' },
    fix: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
    certainty: 'proved',
  },
  'port-forward-disabled': {
    what: { en: 'the port forward of {it} for {traffic} is disabled', zh: '{it} 的 {traffic} 端口转发已禁用' },
    fix: { en: 'enable it and apply', zh: '启用该规则，然后应用修改' },
    certainty: 'proved',
  },
  'lets-nobody-in': {
    what: {
      en: '{it}, which holds {address}, has nothing that lets clients in: {lacks}',
      zh: '持有 {address} 的 {it} 没有可供访问的入口：{lacks}',
    },
    fix: { en: 'add what clients are to reach, and apply', zh: '添加对外服务的规则，然后应用修改' },
    certainty: 'proved',
  },
  'server-without-eip': {
    what: {
      en: '{it} has no public IP, and nothing leads {traffic} to it from outside',
      zh: '{it} 没有公网 IP，也没有规则将公网的 {traffic} 转发给它',
    },
    fix: {
      en: 'give it a public IP, or add a DNAT rule or a port forward to it',
      zh: '为它绑定公网 IP，或添加指向它的 DNAT 规则或端口转发',
    },
    certainty: 'proved',
  },
  'nobody-has-address': {
    what: { en: 'nobody in {it} has the address {address}', zh: '{it} 中没有地址为 {address} 的资源' },
    fix: { en: 'correct the address, or create a server with it', zh: '修正地址，或创建使用该地址的云服务器' },
    certainty: 'proved',
  },
  'address-of-gateway': {
    what: {
      en: '{address} is the gateway of {it}: no service runs there',
      zh: '{address} 是 {it} 的网关地址，不提供任何服务',
    },
    fix: { en: 'correct the address', zh: '修正地址' },
    certainty: 'proved',
  },
  'answers-lost': {
    what: {
      en: '{traffic} from {from} gets to {it}, but its answers do not get back: they leave by {way}, not the way that requests came',
      zh: '来自 {from} 的 {traffic} 可到达 {it}，但应答无法返回：应答经由 {way} 离开，与来路不同',
    },
    fix: {
      en: 'add a route for the source {source} to the router, so that answers go back by it',
      zh: '添加源地址为 {source} 的路由规则，下一跳为路由器，使应答原路返回',
    },
    certainty: 'proved',
  },
  stopped: {
    what: { en: 'packets to {address} end at {it}: {why}', zh: '发往 {address} 的数据包止于 {it}：{why}' },
    fix: { en: 'look at what {it} says about {address}', zh: '请检查 {it} 中与 {address} 有关的配置' },
    certainty: 'proved',
  },
  'stopped-on-return': {
    what: { en: 'answers of {address} end at {it}: {why}', zh: '{address} 的应答止于 {it}：{why}' },
    fix: { en: 'look at what {it} says about the way back', zh: '请检查 {it} 中与返回路径有关的配置' },
    certainty: 'proved',
  },
} as const satisfies Readonly<Record<string, Entry>>
