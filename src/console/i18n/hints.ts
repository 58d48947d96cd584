import type { Words } from '../../model/define.ts'

/** What stands under inputs. A key with a place, e.g. `listeners.port`, wins over the plain one. */
const hints: Readonly<Record<string, Words>> = {
  tags: { en: 'Lists can be filtered by them.', zh: '列表可按标签筛选。' },
  pool: { en: 'Any pool of the region when left empty.', zh: '留空则从区域的任意地址池分配。' },
  routeTable: { en: 'The default route table of the VPC when left empty.', zh: '留空则使用 VPC 的默认路由表。' },
  securityGroup: { en: 'The default group when left empty.', zh: '留空则使用默认安全组。' },
  'backends.address': {
    en: 'The public IP of the server, in any region',
    zh: '可直接填写跨区域后端的公网 IP',
  },
  'backends.backup': {
    en: 'Serves only when every other backend is unavailable.',
    zh: '仅当其他后端均不可用时提供服务。',
  },
  'backends.backupTier': {
    en: 'Of backups, those of the smallest tier that has an active one serve.',
    zh: '备用后端中，由存在活跃后端的最小级别提供服务。',
  },
  'backends.maxConnections': {
    en: 'More connections wait for a place; any number when left empty.',
    zh: '超出的连接排队等待；留空则不限。',
  },
  'backends.weight': { en: '0 to 100; 0 takes no new requests.', zh: '0–100；为 0 时不再接收新请求。' },
  'check.fall': {
    en: 'Failures in a row that make a backend unavailable',
    zh: '连续失败多少次后变为不可用',
  },
  'check.host': { en: 'The Host that the check sends; none when left empty.', zh: '检查请求携带的 Host，可留空。' },
  'check.intervalS': {
    en: 'While a backend rises or falls it is checked every second.',
    zh: '状态变化期间每秒检查一次。',
  },
  'check.protocol': {
    en: 'A backend that is not checked counts as active.',
    zh: '不检查时后端始终视为活跃。',
  },
  'check.rise': { en: 'Successes in a row that make a backend active', zh: '连续成功多少次后变为活跃' },
  'certificate.accountKey': {
    en: 'PEM, on P-256: an account that you have at the directory already. One is made when left empty.',
    zh: 'PEM 格式的 P-256 私钥：在签发机构已有的账户；留空则自动生成。',
  },
  'certificate.chain': {
    en: 'PEM: the certificate, then those that vouch for it. Leave it empty to have one issued by ACME.',
    zh: 'PEM 格式：证书在前，证书链依次在后；由 ACME 签发时留空。',
  },
  'certificate.key': {
    en: 'PEM, not encrypted. It is kept and never shown again; when editing, leave it empty to keep it.',
    zh: 'PEM 格式，未加密。保存后不再显示；修改时留空则保持不变。',
  },
  'acme.names': {
    en: 'DNS names that lead to a public IP of the balancer; port 80 of it must be open to the internet.',
    zh: '须解析到负载均衡器公网 IP 的域名；其 80 端口须对互联网开放。',
  },
  'acme.email': { en: 'Whom the directory may write to.', zh: '签发机构的通知邮箱。' },
  'acme.directory': { en: 'The URL of an ACME directory.', zh: 'ACME 目录的 URL。' },
  'acme.directoryCa': {
    en: 'PEM: who vouches for a private directory; empty for public ones.',
    zh: 'PEM 格式：私有签发机构的 CA 证书；公共机构留空。',
  },
  'check.accept': {
    en: 'E.g. 200-299,404. When empty 2xx and 3xx on HTTP listeners, 200 on others.',
    zh: '例如 200-299,404。留空时 HTTP 监听器以 2xx、3xx 为正常，其他监听器以 200 为正常。',
  },
  'check.expect': { en: 'Text that the answer must hold; anything when empty.', zh: '响应须包含的文本，可留空。' },
  'dhcpOptions.options': {
    en: 'E.g. domain-name-servers=192.0.2.53',
    zh: '例如 domain-name-servers=192.0.2.53',
  },
  'dnsRecords.domain': { en: 'E.g. db or db.internal', zh: '例如 db 或 db.internal' },
  'dnatRules.port': { en: 'A port, or a range such as 8000-8010', zh: '端口或端口范围，例如 8000-8010' },
  'dnatRules.toAddress': {
    en: 'A server of the VPC. The security group must admit the public port.',
    zh: 'VPC 内云服务器的地址。安全组须放行公网端口。',
  },
  'dnatRules.toPort': {
    en: 'A range must be the same as the public one.',
    zh: '端口范围须与公网端口范围相同。',
  },
  'eip.address': { en: 'The first free one when left empty.', zh: '留空则分配第一个可用地址。' },
  'eip.bandwidthMbps': {
    en: '1 to 1000; inbound is never held below 10 Mbps.',
    zh: '1–1000；入方向不低于 10 Mbps。',
  },
  'ip-set.members': {
    en: 'Addresses and ranges, or ports and port ranges; commas or spaces between them',
    zh: 'IP 与网段，或端口与端口范围，以逗号或空格分隔',
  },
  'listeners.balance': {
    en: 'By source address the same client gets the same backend.',
    zh: '源地址方式使同一客户端访问同一后端。',
  },
  'listeners.certificates': {
    en: 'Chosen by the name that the client asks for; the first where none fits.',
    zh: '按客户端请求的域名选择；均不匹配时使用第一个。',
  },
  'listeners.lastPort': {
    en: 'The end of a range of ports; only the one port when left empty.',
    zh: '端口范围的结束端口，留空则仅为单个端口。',
  },
  'listeners.acceptProxy': {
    en: 'For a balancer in front of this one that tells the address of the client in this way.',
    zh: '用于前方另有以 PROXY 协议传递客户端 IP 的负载均衡器。',
  },
  'listeners.http2': {
    en: 'Ends at the balancer; backends get HTTP/1.1.',
    zh: '在负载均衡器终结，后端收到 HTTP/1.1。',
  },
  'listeners.allow': {
    en: 'E.g. 198.51.100.0/24; everyone when left empty.',
    zh: '例如 198.51.100.0/24；留空则允许所有客户端。',
  },
  'listeners.clientLimits': {
    en: 'What one client address may do; anything when left empty.',
    zh: '对每个客户端地址的限制；留空则不限。',
  },
  'listeners.deny': { en: 'These may not connect, whatever else is said.', zh: '始终拒绝这些客户端的连接。' },
  'listeners.drainS': {
    en: 'After it, the connections of a backend that was taken out are cut; 0 lets them end by themselves.',
    zh: '超时后切断已移出后端的连接；为 0 时等待连接自行结束。',
  },
  'listeners.queueS': {
    en: 'How long a client waits for a backend which has its most connections',
    zh: '后端达到最大连接数时，客户端最长等待多久',
  },
  'listeners.slowStartS': {
    en: 'A backend that became active comes to its whole share in this time.',
    zh: '后端恢复活跃后，在此时间内逐步达到全部权重。',
  },
  'listeners.via': {
    en: 'The kernel is faster; HAProxy can do more. UDP always goes by the kernel.',
    zh: '内核转发更快，HAProxy 功能更多。UDP 始终由内核转发。',
  },
  'listeners.proxyProtocol': {
    en: 'Tells backends, which must understand it, the address of the client.',
    zh: '向后端传递客户端 IP，后端须支持该协议。',
  },
  'listeners.tunnelTimeoutS': {
    en: '10 to 86400; the same for WebSockets and long TCP connections.',
    zh: '10–86400；适用于 WebSocket 与 TCP 长连接。',
  },
  'backends.policy': {
    en: 'Serves only what this policy matches; when empty, what none matches.',
    zh: '仅接收匹配该策略的请求；留空则接收不匹配任何策略的请求。',
  },
  'rules.pattern': {
    en: 'Regular expressions, for source addresses ranges; several with spaces between them',
    zh: '正则表达式，按源地址时为网段；多个以空格分隔，匹配其一即可',
  },
  'rewrites.pattern': {
    en: 'A regular expression; its first match in the path is replaced.',
    zh: '正则表达式；替换路径中的第一处匹配。',
  },
  'rewrites.replacement': { en: '\\1 is the first group.', zh: '\\1 表示第一个分组。' },
  'forward-policy.balance': {
    en: 'The mode of the listener when left empty',
    zh: '留空则使用监听器的负载方式',
  },
  'forward-policy.priority': {
    en: '0 to 99; the smallest is asked first.',
    zh: '0–99，数字小者优先。',
  },
  'stickiness.lifetimeS': { en: 'For cookies 0 means without end.', zh: 'Cookie 方式下，0 表示不过期。' },
  'listeners.forwardedFor': {
    en: 'Tells HTTP backends the address of the client.',
    zh: '使 HTTP 后端得知客户端的真实 IP。',
  },
  'listeners.timeoutS': {
    en: '10 to 86400; a connection ends after so long without data.',
    zh: '10–86400；连接空闲超过此时间即断开。',
  },
  'load-balancer.address': {
    en: 'A free address of the private network when left empty.',
    zh: '留空则分配私有网络的空闲地址。',
  },
  'load-balancer.nodeAddresses': {
    en: 'What further nodes reach backends from: these must admit it. Free ones when left empty.',
    zh: '其余节点访问后端时使用的内网 IP，后端须放行；留空则自动分配。',
  },
  'load-balancer.routeTable': {
    en: 'Asked before the table of the private network; none is needed.',
    zh: '先于私有网络的路由表查询，可不选择。',
  },
  'load-balancer.securityGroup': {
    en: 'Must admit the ports of the listeners. The default group when left empty.',
    zh: '须放行监听器端口的下行流量。留空则使用默认安全组。',
  },
  'load-balancer.subnet': {
    en: 'Backends are reached through its route table.',
    zh: '经此私有网络的路由表访问后端。',
  },
  'nat-gateway.eips': {
    en: 'Without a public IP a NAT gateway passes nothing.',
    zh: '未绑定公网 IP 的 NAT 网关无法工作。',
  },
  'nat-gateway.securityGroup': {
    en: 'Filters new connections from either side: it must admit the ports of backends. The default group when left empty.',
    zh: '过滤来自两侧的新连接：须放行后端端口的下行流量。留空则使用默认安全组。',
  },
  'nat-gateway.size': {
    en: 'SNAT connections at once: small 10,000, medium 50,000, large 200,000',
    zh: 'SNAT 最大连接数：小型 1 万，中型 5 万，大型 20 万',
  },
  'portForwards.toAddress': { en: 'A server of the VPC', zh: 'VPC 内云服务器的地址' },
  'route-table.serves': { en: 'Cannot be changed later.', zh: '创建后不可更改。' },
  'routes.destination': {
    en: 'An IP or a range such as 0.0.0.0/0',
    zh: 'IP 或网段，例如 0.0.0.0/0',
  },
  'routes.source': {
    en: 'Only packets from there; any when left empty.',
    zh: '仅匹配来自此网段的数据包，留空为任意。',
  },
  'rules.peer': {
    en: 'The source of ingress, the destination of egress: an IP, a range, or an IP set; any when left empty.',
    zh: '下行规则的源、上行规则的目标：IP、网段或 IP 集合，留空为任意。',
  },
  'rules.ports': {
    en: 'The destination: a port, a range such as 8000-8010, or a port set; any when left empty.',
    zh: '目标端口：端口、范围（例如 8000-8010）或端口集合，留空为任意。',
  },
  'rules.priority': {
    en: '0 to 100; the smallest is asked first, at a tie Drop wins.',
    zh: '0–100，数字小者优先；相同时拒绝优先。',
  },
  'server.address': {
    en: 'A free address of the private network when left empty.',
    zh: '留空则分配私有网络的空闲地址。',
  },
  'server.eip': { en: 'Its own traffic leaves by it.', zh: '绑定后，其出网流量使用此 IP。' },
  'snatRules.eips': {
    en: 'Of several, each connection gets one at random.',
    zh: '选择多个时，每个连接随机使用其中一个。',
  },
  'subnet.cidr': {
    en: 'Within the range of the VPC, /16 to /29, apart from its other private networks',
    zh: '位于 VPC 地址范围内，/16 至 /29，不与其他私有网络重叠',
  },
  'subnet.gateway': { en: 'The first host when left empty.', zh: '留空则为第一个主机地址。' },
  'vpc.cidr': {
    en: '/8 to /28, private; cannot be changed later.',
    zh: '私有网段，/8 至 /28，创建后不可更改。',
  },
  'vpc.eip': {
    en: 'Gives every server of the VPC source NAT. Not for the free type.',
    zh: '绑定后，VPC 内的云服务器可通过它访问公网。免费型不可绑定。',
  },
  'vpc.securityGroup': {
    en: 'Guards port forwarding and traffic to the router. The default group when left empty.',
    zh: '保护端口转发及经路由器的流量。留空则使用默认安全组。',
  },
  'vpc.type': {
    en: 'What its router forwards; the free type has no way to the internet.',
    zh: '决定路由器的转发能力；免费型不能访问公网。',
  },
}

/** Beside {@link hints}, where several may be given at once. */
const several: Words = { en: 'Several make a rule each.', zh: '可填写多个，每个各生成一条规则。' }

/** What to know before filling an attribute in; undefined where its label says everything. */
export function hintText(attribute: string, where: string, language: keyof Words, isMany = false): string | undefined {
  const hint = (hints[`${where}.${attribute}`] ?? hints[attribute])?.[language]
  if (!isMany) return hint
  return [hint, several[language]].filter(Boolean).join(language === 'zh' ? '；' : '. ')
}

/** The attributes that have a hint, for those who check that there are such attributes. */
export const hinted: readonly string[] = Object.keys(hints)
