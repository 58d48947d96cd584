import type { Id } from '../../model/model.ts'
import { codeOf, isSuccess } from './check-words.ts'
import { saysNothing } from './findings.ts'
import type { Facts } from './observed.ts'
import type { Checked } from './probed.ts'

/** A state that a backend entered, in the words of its check. */
export interface Turned {
  /** RFC 3339. */
  readonly at: string
  readonly state: string
  readonly reason: string
}

/** What happened before counts no more. */
const latelyMs = 10 * 60_000
/** So often checks went from good to bad, or back: a backend that comes up, or goes down, does it once. */
const leastChanges = 4

/**
 * Whether a backend that sees us by several addresses answers now and then only: checks come from whichever address is their turn,
 * or from every node's own.
 */
export function isHalfAdmitted(checked: Checked, backend: Id, { backendStatus: status, turnsOf, now }: Facts): boolean {
  if (!status || status.seenAs.length < 2 || now === undefined) return false
  const since = Date.parse(now) - Date.parse(status.since ?? now)
  const isSplit = checked.balancer.live.nodeCount > 1 && status.state === 'abnormal' && isShut(status.reason)
  if (isSplit && since > longestWayMs(checked)) return true
  const lately = (turnsOf?.(backend) ?? []).filter(({ at }) => Date.parse(now) - Date.parse(at) < latelyMs)
  const said = lately.flatMap(({ state, reason }) => {
    if (state === 'active' || (reason !== '' && isSuccess(checked, reason))) return true
    return isShut(reason) ? false : []
  })
  return said.filter((isGood, i) => i > 0 && isGood !== said[i - 1]).length >= leastChanges
}

/** A backend on its way up or down is there sooner; one of which nodes say different things stays on it. */
function longestWayMs({ listener: { check } }: Checked): number {
  const { fall, rise, timeoutS } = check
  // Meanwhile a check begins a second after the one before it.
  return 2 * Math.max(fall, rise) * (timeoutS + 1) * 1000
}

/** Whether it is what a firewall does that lets nobody in. */
function isShut(reason: string): boolean {
  const code = codeOf(reason)
  return reason !== '' && (saysNothing(code) || code === 'refused' || code === 'reset')
}
