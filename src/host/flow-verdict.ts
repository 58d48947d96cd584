import type { HostState } from './item.ts'
import { isLocal, lookUp, networkOf } from './network.ts'
import type { Packet } from './packet.ts'
import { pass } from './trace.ts'

/** A flow as a namespace's conntrack has it: its first packet as it came in, and what the answer to it looks like there. */
export interface TrackedFlow {
  readonly original: Packet
  readonly reply: Packet
}

/**
 * Whether a flow would be let through today, and translated as it is. What its namespace cannot route is left alone:
 * it goes nowhere by itself.
 */
export function flowStands(state: HostState, netns: string, { original, reply }: TrackedFlow): boolean {
  const at = networkOf(state).get(netns)
  if (!at?.ruleset) return true
  // Strict reverse-path filtering makes this the link that it came by.
  const enters = isLocal(at, original.from) ? null : lookUp(at, original.to, original.from)?.dev
  if (enters === undefined) return true
  const stage = pass(at, enters, original, undefined, [])
  if ('verdict' in stage && stage.verdict === 'unreachable') return true
  if ('verdict' in stage && stage.verdict !== 'delivered') return false
  const sources = stage.sources.length > 0 ? stage.sources : [original.from]
  const port = original.protocol === 'icmp' || stage.packet.dport === reply.sport
  return sources.includes(reply.to) && stage.packet.to === reply.from && port
}
