import type { HostState } from './item.ts'
import { isLocal, lookUp, networkOf } from './network.ts'
import type { Packet } from './packet.ts'
import { spreadAt } from './spread.ts'
import { newcomer, pass } from './trace.ts'
import { walkHook } from './walk-ruleset.ts'

/** A flow as a namespace's conntrack has it: its first packet as it came in, and what the answer to it looks like there. */
export interface TrackedFlow {
  readonly original: Packet
  readonly reply: Packet
  /** What rules marked it with; 0 where none did. */
  readonly mark: number
}

/**
 * Whether a flow would be let through today, and translated as it is. What its namespace cannot route is left alone:
 * it goes nowhere by itself.
 */
export function flowStands(state: HostState, netns: string, { original, reply, mark }: TrackedFlow): boolean {
  const at = networkOf(state).get(netns)
  if (!at?.ruleset) return true
  // Who is believed makes this the link that it came by.
  const enters = isLocal(at, original.from) ? null : lookUp(at, original.to, original.from, { mark })?.dev
  if (enters === undefined) return true
  const { from, to, protocol } = original
  if (enters !== null && reply.from === to && spreadAt(at.ruleset.spreads ?? [], original)) {
    // A proxy had it before the port was spread: it may finish what it has, where the port may be reached at all.
    return walkHook(at.ruleset, 'prerouting', newcomer(original, enters)).done === 'pass'
  }
  const stage = pass(at, enters, original, undefined, [], { address: reply.from, port: reply.sport })
  if ('verdict' in stage && stage.verdict === 'unreachable') return true
  if ('verdict' in stage && stage.verdict !== 'delivered') return false
  const sources = stage.sources.length > 0 ? stage.sources : [from]
  const port = protocol === 'icmp' || stage.packet.dport === reply.sport
  return sources.includes(reply.to) && stage.packet.to === reply.from && port
}
