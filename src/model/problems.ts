import type { Words } from './define.ts'
import { balancerProblems } from './balancer-problems.ts'
import { capacityProblems } from './capacity-problems.ts'
import { historyProblems } from './history-problems.ts'
import { issuanceProblems } from './issuance-problems.ts'
import { requestProblems } from './request-problem.ts'
import { traceProblems } from './trace-problems.ts'

interface Entry {
  /** The HTTP status of a refusal whose gravest problem this is. */
  readonly http: number
  /** The `ret_code` of the QingCloud-compatible API. */
  readonly ret: number
  /** Sentences; `{name}` stands for one of the problem's values. Say what is wrong and what to do. */
  readonly words: Words
}

/** A value that is wrong in itself. */
function malformed(en: string, zh: string) {
  return { http: 400, ret: 1100, words: { en, zh } } as const satisfies Entry
}

/** A wish that contradicts what exists or itself. */
function conflicting(en: string, zh: string) {
  return { http: 409, ret: 1400, words: { en, zh } } as const satisfies Entry
}

/** Something named that is not there. */
function absent(en: string, zh: string) {
  return { http: 404, ret: 2100, words: { en, zh } } as const satisfies Entry
}

/** Every problem that a user can meet, in one table. */
export const problems = {
  ...requestProblems,
  ...issuanceProblems,
  ...traceProblems,
  ...capacityProblems,
  ...historyProblems,
  ...balancerProblems,
  'wrong-type': malformed('must be {expected}', '应为{expected}'),
  'unknown-field': malformed('there is no attribute {field} here', '没有名为 {field} 的属性'),
  missing: malformed('is required', '必填'),
  'too-long': malformed('is longer than {limit} characters', '超过 {limit} 个字符'),
  'too-short': malformed('is shorter than {limit} characters', '少于 {limit} 个字符'),
  'too-many': malformed('holds more than {limit} entries', '超过 {limit} 项'),
  'too-few': malformed('needs at least {limit} entries', '至少需要 {limit} 项'),
  'too-big': malformed('must be at most {limit}', '不能大于 {limit}'),
  'too-small': malformed('must be at least {limit}', '不能小于 {limit}'),
  'not-one-of': malformed('must be one of {options}', '应为以下之一：{options}'),
  'not-an-address': malformed('must be an IPv4 address such as 192.0.2.7', '应为 IPv4 地址，如 192.0.2.7'),
  'not-a-prefix': malformed('must be an IPv4 prefix such as 10.0.0.0/24', '应为 IPv4 网段，如 10.0.0.0/24'),
  'host-bits': malformed(
    'has bits set after its prefix length; write the network address',
    '网段含有主机位，请填写网络地址',
  ),
  'not-ports': malformed(
    'must be a port 1-65535 or a range such as 8000-8010',
    '应为 1–65535 的端口或端口范围，如 8000-8010',
  ),
  'control-characters': malformed('must not hold control characters', '不能包含控制字符'),
  'bad-format': malformed('is not of the form that this attribute takes', '格式不正确'),
  'read-only': malformed('cannot be set', '不可设置'),
  fixed: conflicting('cannot change after creation', '创建后不可修改'),

  'log-off': conflicting(
    'no access log is kept: set accessLog.local to true, then apply',
    '未开启访问日志：请将 accessLog.local 设为 true，然后应用修改',
  ),

  'not-found': absent('there is no {kind} {id}', '不存在{kind} {id}'),
  'no-child': absent('there is no {id} in this resource', '此资源中不存在 {id}'),
  'no-list': absent('there is no list {list} here', '没有名为 {list} 的列表'),
  'no-generation': absent(
    'there is no version {number} of it; the newest {kept} are kept',
    '不存在版本 {number}，仅保留最近 {kept} 个',
  ),
  'no-host': absent('there is no machine {id}', '不存在主机 {id}'),
  'needs-child': malformed(
    'a {kind} is not thought away as a whole: name a part of it',
    '不能假设{kind}整体不存在：请指明其中一项',
  ),
  'no-trial': absent('there is no trial {id}', '不存在试运行 {id}'),
  'no-repair': conflicting(
    'nothing like {code} of {id} is found any more that a change here would mend; diagnose again',
    '未再发现 {id} 的 {code}，或无法在此修复；请重新诊断',
  ),
  'trial-ended': conflicting('{id} has ended already: {state}', '{id} 已结束：{state}'),
  'unknown-child-id': malformed(
    '{id} is none of its ids; leave the id out for a new entry',
    '{id} 不是已有的 ID；新增条目请勿填写 ID',
  ),

  stale: {
    http: 412,
    ret: 1400,
    words: {
      en: 'it is at revision {actual} by now, not {expected}; read it again',
      zh: '它已是修订 {actual}，而非 {expected}，请重新读取',
    },
  },
  'key-reused': conflicting('this idempotency key was used for another request', '该幂等键已用于其他请求'),
  'id-taken': { http: 409, ret: 2110, words: { en: '{id} exists already', zh: '{id} 已存在' } },
  'in-use': { http: 409, ret: 5400, words: { en: 'is used by {users}', zh: '正被 {users} 使用' } },
  'is-default': conflicting('is a default and cannot be deleted', '默认资源不可删除'),
  quota: {
    http: 409,
    ret: 2500,
    words: { en: '{count} {kind}: at most {limit} are allowed', zh: '{kind}数量为 {count}，最多允许 {limit}' },
  },
  duplicate: { http: 409, ret: 2110, words: { en: 'is the same as {other}', zh: '与 {other} 重复' } },
  'one-default': conflicting('there must be exactly one default', '必须有且仅有一个默认项'),

  'vpc-range': malformed(
    'must be a private range (within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16), /8 to /28',
    '应为私有网段（10.0.0.0/8、172.16.0.0/12、192.168.0.0/16 之内），/8 至 /28',
  ),
  'subnet-size': malformed('must be /16 to /29', '应为 /16 至 /29'),
  'outside-vpc': conflicting('lies outside the range {range} of the VPC', '不在 VPC 地址范围 {range} 内'),
  'outside-subnet': conflicting('is no usable address of {range}', '不是 {range} 中的可用地址'),
  overlap: conflicting('overlaps {other} ({range})', '与 {other}（{range}）重叠'),
  'address-taken': conflicting('{address} is taken by {other}', '{address} 已被 {other} 占用'),
  'no-address-left': {
    http: 409,
    ret: 5200,
    words: { en: 'no free address is left in {where}', zh: '{where} 中没有可用地址' },
  },
  'address-without-subnet': conflicting('needs a private network', '需要先加入私有网络'),
  'too-many-node-addresses': conflicting(
    'holds more addresses than there are nodes but the first: {most} at most',
    '地址数多于除第一个以外的节点数：最多 {most} 个',
  ),
  'needs-vpc': conflicting(
    'goes with a VPC; a private network that is in none has neither range nor gateway',
    '需要先加入 VPC；未加入 VPC 的私有网络没有地址范围和网关',
  ),
  'in-no-vpc': conflicting(
    '{id} is in no VPC; let its private network join one first',
    '{id} 不在任何 VPC 中，请先将其私有网络加入 VPC',
  ),
  'self-managed': conflicting('a self-managed private network joins no VPC', '自管私有网络不能加入 VPC'),
  once: conflicting(
    'cannot change while it is in a VPC; take it out first, vpc and cidr both null',
    '加入 VPC 后不可修改；请先离开 VPC（vpc 与 cidr 同时置空）',
  ),
  'nic-on-machine': conflicting(
    '{id} is a virtual machine behind a tap device, which takes no further link',
    '{id} 是 tap 设备后的虚拟机，无法再接入网卡',
  ),
  'link-twice': conflicting('{other} has a link in this private network already', '{other} 已接入该私有网络'),
  'sequence-without-server': conflicting('goes with a server', '需要先绑定云服务器'),
  'attach-taken': conflicting('{other} is attached to {what} already', '{other} 已接入 {what}'),
  'own-link': conflicting(
    'a link of Causeway’s own may be named {what}; rename the device',
    '{what} 与 Causeway 自身的链路名冲突，请重命名设备',
  ),
  'hop-outside': conflicting('lies in no private network of the VPC', '不在该 VPC 的任何私有网络内'),

  'no-pool': absent('region {zone} has no pool {pool}', '区域 {zone} 没有地址池 {pool}'),
  'outside-pool': conflicting(
    'lies in no pool of region {zone}, or is reserved there',
    '不在区域 {zone} 的地址池中，或已被保留',
  ),
  'eip-in-use': conflicting('{id} is held by {other}; unbind it first', '{id} 已绑定到 {other}，请先解绑'),
  'eip-not-held': conflicting('{id} is not bound to this NAT gateway', '{id} 未绑定到此 NAT 网关'),
  'eip-elsewhere': conflicting('{id} belongs to region {zone}', '{id} 属于区域 {zone}'),
  'free-vpc-eip': conflicting(
    'a VPC of the free type cannot hold a public address; unbind it or choose another type',
    '免费型 VPC 不能绑定公网 IP；请解绑或选择其他类型',
  ),

  'other-vpc': conflicting('{id} belongs to another VPC', '{id} 属于另一个 VPC'),
  'not-this-router': conflicting(
    'must be the router of the VPC that the table belongs to, {vpc}',
    '应为路由表所属 VPC {vpc} 的路由器',
  ),
  'wrong-table': conflicting('{id} serves another kind of resource', '{id} 的关联资源类型不符'),
  'nat-in-balancer-table': conflicting(
    'only tables of private networks can lead to a NAT gateway',
    '仅私有网络类型的路由表可以指向 NAT 网关',
  ),
  'ports-without-protocol': malformed('goes with TCP and UDP only', '仅适用于 TCP 和 UDP'),
  'icmp-without-protocol': malformed('goes with ICMP only', '仅适用于 ICMP'),
  'code-without-type': malformed('needs an ICMP type', '需要填写 ICMP 类型'),
  'wrong-set': conflicting('{id} holds {holds}, not what is needed here', '{id} 的内容为 {holds}，不适用于此处'),
  'wrong-member': malformed('does not fit a set of type {type}', '不符合集合类型 {type}'),
  'range-differs': malformed('a range of ports must be the same on both sides', '端口范围两侧必须一致'),
  'neither-eip-nor-subnet': conflicting('needs a public address or a private network', '需要公网 IP 或私有网络'),
  'one-target': malformed('give either an address or a server', '地址与云服务器二选一'),
  'server-without-subnet': conflicting(
    'the balancer must be in a private network of the same VPC',
    '负载均衡器须加入同一 VPC 的私有网络',
  ),
  'table-without-subnet': conflicting('needs a private network', '需要先加入私有网络'),

  'key-in-chain': malformed(
    'holds a private key; give it as the key, and only certificates here',
    '含有私钥；此处只填写证书，私钥请填入私钥栏',
  ),
  'no-certificate-pem': malformed(
    'is no certificate in PEM; it begins with -----BEGIN CERTIFICATE-----',
    '不是 PEM 格式的证书，应以 -----BEGIN CERTIFICATE----- 开头',
  ),
  'certificate-unreadable': malformed(
    'certificate {number} of it cannot be read; export it again',
    '其中第 {number} 个证书无法读取，请重新导出',
  ),
  'certificate-expired': malformed('expired at {notAfter}; renew it', '证书已于 {notAfter} 过期，请更新证书'),
  'certificate-not-yet-valid': malformed(
    'is valid from {notBefore} only; wait until then, or set the clock',
    '证书自 {notBefore} 起才生效，请届时再上传或校准时钟',
  ),
  'no-key-pem': malformed(
    'is no private key in PEM; it begins with -----BEGIN PRIVATE KEY----- or the like',
    '不是 PEM 格式的私钥，应以 -----BEGIN PRIVATE KEY----- 等开头',
  ),
  'key-encrypted': malformed(
    'is encrypted; take the passphrase off, e.g. with openssl pkey',
    '私钥已加密，请先去除密码（如使用 openssl pkey）',
  ),
  'key-unreadable': malformed('cannot be read; export it again', '私钥无法读取，请重新导出'),
  'key-weak': malformed(
    'is of a kind that clients refuse; use RSA with 2048 bits or more, or ECDSA on P-256, P-384 or P-521',
    '私钥类型会被客户端拒绝；请使用 2048 位以上的 RSA，或 P-256、P-384、P-521 上的 ECDSA',
  ),
  'key-mismatched': malformed(
    'is not the key of the certificate; the certificate must come first in its chain',
    '私钥与证书不匹配；证书须位于证书链的首位',
  ),
  'no-certificate': conflicting('needs a certificate to end TLS with', '需要证书才能终止 TLS'),
  'certificate-without-tls': conflicting('goes with HTTPS and SSL only', '仅适用于 HTTPS 和 SSL'),
  'cookie-without-http': conflicting('cookies go with HTTP and HTTPS only', 'Cookie 仅适用于 HTTP 和 HTTPS'),
  'policy-without-http': conflicting(
    'policies go with HTTP, HTTPS and SSL only',
    '转发策略仅适用于 HTTP、HTTPS 和 SSL',
  ),
  'redirect-with-backends': conflicting(
    'a listener that redirects has no backends; take them out, or leave the redirect',
    '重定向的监听器不能有后端；请移除后端或取消重定向',
  ),
  'redirect-without-http': conflicting('goes with HTTP only', '仅适用于 HTTP'),
  'range-protocol': conflicting('ranges of ports go with TCP and UDP only', '端口范围仅适用于 TCP 和 UDP'),
  'range-backwards': malformed('must be greater than the port', '应大于起始端口'),
  'not-on-udp': conflicting('does not go with UDP', '不适用于 UDP'),
  'not-by-kernel': conflicting(
    'the kernel cannot do this; leave it, or let HAProxy carry the listener',
    '内核转发不支持此项；请取消，或改由 HAProxy 转发',
  ),
  'retry-without-http': conflicting('goes with HTTP and HTTPS only', '仅适用于 HTTP 和 HTTPS'),
  'requests-without-http': conflicting('only HTTP and HTTPS have requests', '仅 HTTP 和 HTTPS 监听器可限制请求数'),
  'check-without-udp': conflicting('goes with UDP listeners only', '仅适用于 UDP 监听器'),
  'kernel-without-transport': conflicting('only TCP and UDP can go by the kernel', '仅 TCP 和 UDP 可由内核转发'),
  'proxy-without-udp': conflicting('UDP always goes by the kernel', 'UDP 只能由内核转发'),
  'transparent-without-transport': conflicting(
    'only TCP and UDP can show backends the address of the client; on HTTP and HTTPS use X-Forwarded-For (forwardedFor), on SSL the PROXY protocol (proxyProtocol)',
    '仅 TCP 和 UDP 能让后端直接看到客户端地址；HTTP 和 HTTPS 请使用 X-Forwarded-For（forwardedFor），SSL 请使用 PROXY 协议（proxyProtocol）',
  ),
  'transparent-by-proxy': conflicting(
    'shows backends the address of the client by way of the kernel only; leave via at auto, or use the PROXY protocol (proxyProtocol)',
    '获取客户端地址须由内核转发；请将 via 保持为 auto，或使用 PROXY 协议（proxyProtocol）',
  ),
  'transparent-outside': conflicting(
    '{address} is in no private network of the VPC, so its answers to clients would not come by the balancer; use servers of the VPC, or the PROXY protocol',
    '{address} 不在 VPC 的任何私有网络内，其应答不会经过负载均衡器；请使用 VPC 内的云服务器，或使用 PROXY 协议',
  ),
  'header-name': malformed(
    'rules on headers need its name, and no others',
    '按 HTTP 头的规则须填写头名称，其他规则不填',
  ),
  'not-a-pattern': malformed(
    '{word} is no regular expression that balancers can read; they know no look-behind, back-references or named groups',
    '{word} 不是负载均衡器可用的正则表达式（不支持后行断言、反向引用和命名组）',
  ),
  'not-a-source': malformed('{word} is no IPv4 address or prefix', '{word} 不是 IPv4 地址或网段'),

  'policy-broken': conflicting(
    'it would break the policy test {test}: {why}. Mend the draft, or force it',
    '会违反可达性测试 {test}：{why}。请修改草稿，或强制应用',
  ),
  'policy-forced': {
    http: 200,
    ret: 0,
    words: { en: 'the policy test {test} is broken now: {why}', zh: '现已违反可达性测试 {test}：{why}' },
  },
  'not-effective': {
    http: 200,
    ret: 0,
    words: { en: '{value} is stored, and has no effect yet', zh: '{value} 已保存，尚未生效' },
  },
  'log-without-route': {
    http: 200,
    ret: 0,
    words: {
      en: 'no route of the balancer leads to {address}, so the syslog server gets nothing: add one, as for a backend',
      zh: '负载均衡器没有通往 {address} 的路由，syslog 服务器收不到日志：请像后端一样添加路由',
    },
  },
  'log-without-proxy': {
    http: 200,
    ret: 0,
    words: {
      en: 'the kernel carries this listener (port {port}), so the access log has nothing of it; with via: proxy, and without transparent, it has',
      zh: '该监听器（端口 {port}）由内核转发，访问日志中没有它的记录；将 via 设为 proxy 并取消 transparent 后才有记录',
    },
  },
  'log-without-udp': {
    http: 200,
    ret: 0,
    words: {
      en: 'UDP (port {port}) goes by the kernel, so the access log has nothing of it',
      zh: 'UDP（端口 {port}）由内核转发，访问日志中没有它的记录',
    },
  },
  'default-route-exists': {
    http: 200,
    ret: 0,
    words: {
      en: 'the default route table has a route for 0.0.0.0/0 already; none to {id} was added',
      zh: '默认路由表已有 0.0.0.0/0 路由，未添加指向 {id} 的路由',
    },
  },
} as const satisfies Record<string, Entry>
