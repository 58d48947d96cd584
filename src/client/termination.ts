import type { Words } from '../model/define.ts'

/** Who ended it, by the first letter of HAProxy's termination state. */
const enders: Readonly<Record<string, Words>> = {
  C: { en: 'the client ended it', zh: '客户端断开' },
  c: { en: 'the client was silent for too long', zh: '客户端超时' },
  S: { en: 'the backend ended or refused it', zh: '后端断开或拒绝' },
  s: { en: 'the backend was silent for too long', zh: '后端超时' },
  P: { en: 'the balancer refused it', zh: '负载均衡器拒绝' },
  L: { en: 'the balancer answered it itself', zh: '由负载均衡器直接应答' },
  R: { en: 'the balancer had not enough resources', zh: '负载均衡器资源不足' },
  I: { en: 'the balancer met an error of its own', zh: '负载均衡器内部错误' },
  D: { en: 'its backend became unavailable', zh: '后端变为不可用' },
  U: { en: 'a backup gave way to its backend', zh: '主后端恢复，备用后端的连接被结束' },
  K: { en: 'it was ended by hand', zh: '被人工结束' },
}

/** When, by the second. */
const moments: Readonly<Record<string, Words>> = {
  R: { en: 'before the request was complete', zh: '请求尚未完整到达' },
  Q: { en: 'while it waited for a backend', zh: '正在排队等待后端' },
  C: { en: 'while a backend was being connected to', zh: '正在连接后端' },
  H: { en: 'before the backend had answered', zh: '后端尚未应答' },
  D: { en: 'while data flowed', zh: '正在传输数据' },
  L: { en: 'while the rest went to the client', zh: '正在向客户端发送剩余数据' },
  T: { en: 'while the client was held back', zh: '客户端正被限速' },
}

/** What a pair means that says more than its letters. */
const pairs: Readonly<Record<string, Words>> = {
  '--': { en: 'went well', zh: '正常结束' },
  CD: { en: 'the client left while data flowed', zh: '客户端在传输途中断开' },
  CR: { en: 'the client left before its request was complete', zh: '客户端未发完请求即断开' },
  CH: { en: 'the client left before the backend had answered', zh: '客户端未等到后端应答即断开' },
  CC: { en: 'the client left while a backend was being connected to', zh: '客户端在连接后端期间断开' },
  CQ: { en: 'the client left while it waited for a backend', zh: '客户端在排队期间断开' },
  cD: { en: 'the client neither sent nor read anything for too long', zh: '客户端长时间既不发送也不接收数据' },
  cR: { en: 'the client did not send its request in time', zh: '客户端未在时限内发完请求' },
  SC: { en: 'no backend could be connected to, or none is active', zh: '无法连接任何后端，或没有活跃的后端' },
  SD: { en: 'the backend ended it while data flowed', zh: '后端在传输途中断开' },
  SH: { en: 'the backend ended it without an answer, or with a bad one', zh: '后端未应答即断开，或应答格式错误' },
  sC: { en: 'the backend could not be connected to in time', zh: '连接后端超时' },
  sD: { en: 'the backend sent nothing more for too long', zh: '后端长时间没有继续发送数据' },
  sH: { en: 'the backend did not answer in time', zh: '后端未在时限内应答' },
  sQ: { en: 'no backend was free in time', zh: '排队超时，没有空闲的后端' },
  PC: { en: 'the balancer could not connect: it has its most connections', zh: '负载均衡器无法建立连接：已达连接上限' },
  PR: { en: 'refused: the request is malformed or not allowed', zh: '被拒绝：请求格式错误或不被允许' },
  PH: { en: 'refused: the backend answered wrongly', zh: '被拒绝：后端应答不合规' },
  LR: { en: 'answered by the balancer itself, e.g. a redirect', zh: '由负载均衡器直接应答（如重定向）' },
}

/** What a termination state means, e.g. `sH` or `sH--`; empty for none. */
export function terminationText(state: string, language: keyof Words): string {
  const pair = state.slice(0, 2)
  const whole = pairs[pair]
  if (whole) return whole[language]
  const parts = [enders[pair[0] ?? ''], moments[pair[1] ?? '']].flatMap(words => (words ? [words[language]] : []))
  return parts.join(language === 'zh' ? '：' : ' ')
}
