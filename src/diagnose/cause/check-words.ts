import type { FindingCode } from './finding.ts'
import { isAccepted, type Checked } from './probed.ts'

/** What checks say of a success: it takes several of them. */
const successes = ['connected', 'TLS established', 'answers ping', 'answers', 'not refused']

/** Whether it is of a success that checks say this. */
export function isSuccess({ listener }: Checked, reason: string): boolean {
  const status = /^HTTP (\d+)$/.exec(reason)?.[1]
  return status === undefined ? successes.includes(reason) : isAccepted(listener, Number(status))
}

/** What checks say, as patterns, with what that means; the first that matches. */
const meanings: readonly (readonly [RegExp, FindingCode])[] = [
  [/refused|port unreachable/i, 'refused'],
  [/answer to ping/i, 'no-ping'],
  [/connected, but no TLS/i, 'no-handshake'],
  [/connected, but no answer/i, 'no-answer'],
  [/time(d )?\s*out/i, 'timeout'],
  [/not HTTP/i, 'not-http'],
  [/does not hold/i, 'unexpected-answer'],
  [/^HTTP 3\d\d$/, 'check-redirected'],
  [/HTTP/i, 'bad-answer'],
  [/TLS/i, 'tls-failed'],
  [/reset by peer/i, 'reset'],
  [/rules for what leaves/i, 'check-held-back'],
  [/no route|unreachable/i, 'no-way-seen'],
]

/** What a check's words mean. */
export function codeOf(reason: string): FindingCode {
  return meanings.find(([said]) => said.test(reason))?.[1] ?? 'check-failed'
}
