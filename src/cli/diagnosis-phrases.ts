import type { Words } from '../model/define.ts'

/** What is said around findings, probes, trials and forecasts. */
export const diagnosisPhrases = {
  'all-well': { en: '{name}: nothing is wrong', zh: '{name}：一切正常' },
  'trial-late': {
    en: 'the time of {id} is over, but no machine says how it is: it ends when one is heard (see causeway status), or by causeway confirm {id}, causeway revert {id}',
    zh: '{id} 的观察时间已到，但没有主机上报状态：收到上报后结束（参见 causeway status），或执行 causeway confirm {id}、causeway revert {id}',
  },
  'trial-away': {
    en: 'the server does not answer; it goes on with {id} when it is back. Waiting for it',
    zh: '服务无应答；恢复后将继续观察 {id}。正在等待',
  },
  'forecast-gateway': {
    en: 'note: {name} has no public IP of its own; what leaves it goes by {gateway}: causeway forecast {gateway}',
    zh: '注意：{name} 自身没有公网 IP，流量经 {gateway} 流出：causeway forecast {gateway}',
  },
  proved: { en: 'proved', zh: '已证实' },
  seen: { en: 'seen', zh: '已观察到' },
  guessed: { en: 'guessed', zh: '推测' },
  'probe-it': { en: 'Only a probe makes sure: add --probe', zh: '只有探测才能确定：请加上 --probe' },
  'no-fault': { en: 'not a fault', zh: '不是故障' },
  'probe-listens': {
    en: 'probe: on its own machine the port is listened to at {listens}',
    zh: '探测：后端主机上监听该端口的地址：{listens}',
  },
  'probe-nobody': {
    en: 'probe: on its own machine nobody listens on the port',
    zh: '探测：后端主机上没有进程监听该端口',
  },
  noticing: { en: 'waiting for checks to notice', zh: '等待健康检查更新' },
  'probe-arp': { en: 'probe: the router of the subnet answers ARP', zh: '探测：私有网络的路由器应答 ARP' },
  'probe-no-arp': { en: 'probe: the router of the subnet does not answer ARP', zh: '探测：私有网络的路由器未应答 ARP' },
  'probe-connect': { en: 'probe: {reason}, after {ms} ms', zh: '探测：{reason}，用时 {ms} 毫秒' },
  'probe-tls': {
    en: 'probe: {reason} for {names}, after {ms} ms',
    zh: '探测：{reason}，证书域名 {names}，用时 {ms} 毫秒',
  },
  'probe-no-tls': { en: 'probe: no TLS: {reason}, after {ms} ms', zh: '探测：TLS 握手失败：{reason}，用时 {ms} 毫秒' },
  'probe-http': {
    en: 'probe: HTTP {status} after {firstMs} ms, whole after {ms} ms, {bytes} bytes',
    zh: '探测：HTTP {status}，首字节 {firstMs} 毫秒，完成 {ms} 毫秒，{bytes} 字节',
  },
  'probe-no-http': { en: 'probe: no answer to the request within {ms} ms', zh: '探测：{ms} 毫秒内没有应答请求' },
  'probe-not-http': { en: 'probe: the answer is not HTTP', zh: '探测：应答不是 HTTP' },
  'probe-small': { en: 'probe: in small packets it answers', zh: '探测：使用小包时有应答' },
} as const satisfies Record<string, Words>
