import type { Words } from './define.ts'

/** Something that is told, not refused. */
function told(en: string, zh: string) {
  const words: Words = { en, zh }
  return { http: 200, ret: 0, words } as const
}

/** A wish that contradicts itself or what exists. */
function conflicting(en: string, zh: string) {
  const words: Words = { en, zh }
  return { http: 409, ret: 1400, words } as const
}

/** What can be said of certificates that directories issue, and of how long any is valid. Part of the one catalogue of problems. */
export const issuanceProblems = {
  'account-key-kind': {
    http: 400,
    ret: 1100,
    words: {
      en: 'must be a private key on P-256; leave it out to have one made',
      zh: '应为 P-256 私钥；留空则自动生成',
    },
  },
  'account-keys-differ': conflicting(
    'has another account key than {other}: the listeners of one balancer prove one account; give both the same accountKey',
    '与 {other} 的账户密钥不同：同一负载均衡器的监听器只能证明一个账户，请为两者设置相同的 accountKey',
  ),
  'acme-unused': told(
    'no published listener uses it yet; let an HTTPS or SSL listener of a balancer use it, and apply',
    '尚无已发布的监听器使用它；请在负载均衡器的 HTTPS 或 SSL 监听器中使用它并应用修改',
  ),
  'acme-off': told('{balancer} is switched off; switch it on', '{balancer} 已关闭，请开启'),
  'acme-no-eip': told(
    '{balancer} has no public IP, so the directory cannot reach it; bind one',
    '{balancer} 没有公网 IP，签发机构无法访问，请绑定公网 IP',
  ),
  'acme-no-http': told(
    '{balancer} has no published, enabled HTTP listener on port 80, where the directory asks for proof; add one (it may redirect to HTTPS), and apply',
    '{balancer} 没有已发布且启用的 80 端口 HTTP 监听器，签发机构须经此验证；请添加（可重定向到 HTTPS）并应用修改',
  ),
  'acme-closed': told(
    '{group} lets nobody reach port 80 of {balancer}, where the directory asks for proof; admit TCP 80, and apply',
    '安全组 {group} 不允许访问 {balancer} 的 80 端口，签发机构须经此验证；请放行 TCP 80 并应用修改',
  ),
  'acme-listed': told(
    '{group} and the lists of {listener} together let nobody reach port 80 of {balancer}, where the directory asks for proof; take allow and deny off that listener, and apply',
    '安全组 {group} 与监听器 {listener} 的黑白名单合起来不允许任何客户端访问 {balancer} 的 80 端口，签发机构须经此验证；请清空该监听器的 allow 与 deny 并应用修改',
  ),
  'acme-not-there': told(
    'waits until {balancer} runs as published{reason}',
    '等待 {balancer} 按已发布的配置运行{reason}',
  ),
  'acme-unreachable': told(
    'the directory {directory} cannot be reached: {reason}; the server needs HTTPS to it',
    '无法访问签发机构 {directory}：{reason}；服务器须能通过 HTTPS 访问它',
  ),
  'acme-untrusted': told(
    'nobody who is trusted vouches for the directory {directory}: {reason}; of a private one, put the certificate of its CA into acme.directoryCa',
    '无法信任签发机构 {directory}：{reason}；若为私有机构，请将其 CA 证书填入 acme.directoryCa',
  ),
  'acme-not-proved': told(
    'the directory could not see that {name} leads here: {reason}. The name must resolve to a public IP of the balancer, and port 80 of it must be open to the internet',
    '签发机构无法确认 {name} 指向此处：{reason}。该域名须解析到负载均衡器的公网 IP，且其 80 端口须对互联网开放',
  ),
  'acme-kept-out': told(
    'the directory could not see that {name} leads here: {reason}. {listener} of {balancer} lets in only whom its lists (allow, deny) name, and directories ask from anywhere: take the lists off it and apply; it may just redirect to a listener that has them',
    '签发机构无法确认 {name} 指向此处：{reason}。{balancer} 的监听器 {listener} 设有黑白名单（allow、deny），而签发机构可能从任意地址访问：请清空名单并应用修改；该监听器可仅用于重定向，名单设在目标监听器上',
  ),
  'acme-limited': told('the directory issues no more for now: {reason}', '签发机构暂不再签发：{reason}'),
  'acme-refused': told('the directory refused: {reason}', '签发机构拒绝：{reason}'),
  'ends-soon': told(
    'is valid until {notAfter} only, {days} days more; renew it',
    '仅在 {notAfter} 之前有效，剩余 {days} 天，请更新证书',
  ),
  'chain-incomplete': told(
    'does not hold the certificate of its issuer ({issuer}); put that below it (the intermediate that the CA publishes), unless clients know it anyway, as of a CA of your own',
    '缺少签发者（{issuer}）的证书；请补在其下方（签发机构公布的中间证书），客户端已信任的自建 CA 除外',
  ),
  'chain-disordered': told(
    'certificate {number} does not vouch for the one before it; put each below the one that it vouches for',
    '第 {number} 个证书不是前一个证书的签发者；请按签发顺序排列',
  ),
  ended: told('expired at {notAfter}; renew it', '已于 {notAfter} 过期，请更新证书'),
} as const
