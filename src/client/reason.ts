import type { Words } from '../model/define.ts'

/** What checks say, as patterns, with how Chinese puts it. */
const inChinese: readonly (readonly [said: RegExp, zh: string])[] = [
  [/^connected$/, '已连接'],
  [/^TLS established$/, '已建立 TLS'],
  [/^connection refused$/, '连接被拒绝'],
  [/^no answer$/, '没有应答'],
  [/^it does not speak TLS$/, '对端不使用 TLS'],
  [/^cut$/, '连接被切断'],
  [/^cut before the answer was whole$/, '应答未完成时连接被切断'],
  [/^no route$/, '没有路由'],
  [/^no route: host unreachable$/, '没有路由：主机不可达'],
  [/^timeout after (\d+) s$/, '$1 秒超时'],
  [/^timeout after (\d+) s: connected, but no TLS handshake$/, '$1 秒超时：已连接，但 TLS 握手未完成'],
  [/^timeout after (\d+) s: connected, but no answer$/, '$1 秒超时：已连接，但没有应答'],
  [/^TLS handshake failed(?:: )?(.*)$/, 'TLS 握手失败 $1'],
  [/^the answer does not hold what is expected$/, '应答中没有期望的内容'],
  [/^connected, but the answer is not HTTP$/, '已连接，但应答不是 HTTP'],
  [/^connection reset by peer$/, '连接被对端重置'],
  [/^connection failed$/, '连接失败'],
  [/^port unreachable$/, '端口不可达'],
  [/^answers ping$/, '应答 ping'],
  [/^no answer to ping: timeout after (\d+) s$/, '$1 秒内没有应答 ping'],
  [/^answers$/, '有应答'],
  [/^neither an answer nor a refusal$/, '既无应答也未被拒绝'],
  [/^not refused$/, '未被拒绝'],
  [/^the rules for what leaves do not let the check pass$/, '出方向规则不放行健康检查'],
]

/** The words of a check in a language; those that have no other, e.g. `HTTP 503`, as they are. */
export function reasonText(reason: string, language: keyof Words): string {
  if (language === 'en') return reason
  const [said, zh] = inChinese.find(([each]) => each.test(reason)) ?? []
  return said && zh !== undefined ? reason.replace(said, zh).trimEnd() : reason
}
