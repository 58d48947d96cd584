import type { Words } from '../../model/define.ts'

/** The words of a diagnosis. */
export const words = {
  well: { en: 'Nothing is wrong with it.', zh: '没有发现问题。' },
  proved: { en: 'Proved', zh: '已证实' },
  provedAbout: { en: 'What was applied says so', zh: '由已应用的配置证实' },
  seen: { en: 'Seen', zh: '已观察到' },
  seenAbout: { en: 'Seen on the machine or on the wire', zh: '在主机或网络上观察到' },
  guessed: { en: 'Guessed', zh: '推测' },
  guessedAbout: { en: 'From what was not seen, such as an answer', zh: '根据未观察到的现象（如没有应答）推测' },
  mend: { en: 'What to do', zh: '处理办法' },
  admit: { en: 'It must admit', zh: '须放行的源地址' },
  repair: { en: 'Mend it', zh: '修复' },
  steps: { en: 'This will be done', zh: '将执行以下操作' },
  effects: { en: 'What else comes of it', zh: '附带影响' },
  doIt: { en: 'Do it', zh: '执行' },
  leave: { en: 'Leave it', zh: '取消' },
  done: { en: 'Done; checks take a moment to notice', zh: '已完成，健康检查稍后更新' },
  probe: { en: 'Probe', zh: '探测' },
  probeAbout: {
    en: 'Asks the backend now from inside the namespace of the balancer, for at most 5 seconds',
    zh: '立即从负载均衡器的命名空间内探测后端，最多 5 秒',
  },
  arp: { en: 'The router of the private network answers ARP', zh: '私有网络的路由器应答 ARP' },
  noArp: { en: 'The router of the private network does not answer ARP', zh: '私有网络的路由器未应答 ARP' },
  tls: { en: '{reason}, certificate for {names}', zh: '{reason}，证书域名 {names}' },
  noTls: { en: 'No TLS: {reason}', zh: 'TLS 握手失败：{reason}' },
  http: {
    en: 'HTTP {status}, {bytes} bytes, first after {firstMs} ms',
    zh: 'HTTP {status}，{bytes} 字节，首字节 {firstMs} 毫秒',
  },
  noHttp: { en: 'No answer to the request', zh: '没有应答请求' },
  notHttp: { en: 'The answer is not HTTP', zh: '应答不是 HTTP' },
  small: { en: 'In small packets it answers', zh: '使用小包时有应答' },
  path: { en: 'The way of its packets', zh: '数据包路径' },
  there: { en: 'There', zh: '去程' },
  back: { en: 'Back', zh: '回程' },
} as const satisfies Readonly<Record<string, Words>>
