import { edgeNetns, links } from '../../compile/names.ts'
import { networkOf } from '../../host/network.ts'
import { replyTo, samePacket, type Packet } from '../../host/packet.ts'
import { traceFlow, type Hop, type Origin, type Verdict } from '../../host/trace.ts'
import { endingOf, type Outcome } from './ending.ts'
import type { Scene } from './fate.ts'
import { narration, translates, type StoryStep } from './narration.ts'
import { decisionOf, told, type Told } from './telling.ts'

/** A packet's way, step by step. */
export interface Way {
  readonly outcome: Outcome
  /** The last one is how it ends. */
  readonly steps: readonly StoryStep[]
}

/** The way of a flow's first packet, and that of the answer; null where there is none. */
export interface Story {
  readonly there: Way
  readonly back: Way | null
}

/** Tells the way of a packet through a scene. An empty source stands for the one that the kernel chooses. */
export function tellFlow(scene: Scene, origin: Origin, packet: Packet): Story {
  const { there, back } = traceFlow(scene.state, origin, packet)
  const forth = wayOf(scene, origin, packet, there, false)
  if (!back || forth.outcome === 'refused') return { there: forth, back: null }
  const answering = { netns: there.netns, enters: there.by }
  return { there: forth, back: wayOf(scene, answering, replyTo(there.packet), back, true) }
}

/** Whether a flow's first packet gets there and its answer comes back. */
export function reaches({ there, back }: Story): boolean {
  return isThere(there) && back !== null && isThere(back)
}

function isThere({ outcome }: Way): boolean {
  return outcome === 'arrives' || outcome === 'leaves'
}

/** Tells a verdict of a packet as it begins, or of an answer. */
function wayOf(scene: Scene, origin: Origin, sent: Packet, verdict: Verdict, answers: boolean): Way {
  const started = startOf(scene, origin, sent, verdict)
  const { steps, placeOf, add, before } = narration(scene, started)
  add(origin.netns, told(firstOf(origin, answers)), started)
  for (const [i, hop] of verdict.hops.entries()) {
    // Conntrack undoes by itself what rules did to the flow: when it enters, or last of all before it leaves.
    if (!translates(hop) && !samePacket(before(), hop.packet)) {
      add(hop.did.by === 'link' ? (verdict.hops[i - 1] ?? origin).netns : hop.netns, told('undone'), hop.packet)
    }
    const next = nextPlace(verdict.hops, i)
    add(hop.netns, decisionOf(scene, hop, before(), next === null ? undefined : placeOf(next)), hop.packet)
  }
  const last = verdict.hops.length === 0 ? started : verdict.packet
  if (!samePacket(before(), last)) add(verdict.netns, told('undone'), last)
  const { outcome, ...end } = endingOf(scene, verdict, placeOf(verdict.netns), answers)
  add(verdict.netns, end, last)
  return { outcome, steps }
}

/** How a way begins: with an answer, with what comes in, or with what somebody sends. */
function firstOf({ netns, enters }: Origin, answers: boolean): Told['what'] {
  if (enters === null) return answers ? 'answers' : 'sends'
  return netns === edgeNetns ? (answers ? 'answered' : 'comes') : 'sent-by-machine'
}

/** The packet as it begins: with the source that was chosen for it, or would have been if there were a way. */
function startOf({ state }: Scene, { netns }: Origin, sent: Packet, { hops }: Verdict): Packet {
  if (sent.from !== '') return sent
  const addresses = networkOf(state).get(netns)?.addresses ?? []
  return { ...sent, from: hops[0]?.packet.from ?? addresses.find(({ dev }) => dev !== links.public)?.address ?? '' }
}

/** The namespace that a packet enters next; null where it enters none. */
function nextPlace(hops: readonly Hop[], i: number): string | null {
  const next = hops.slice(i + 1).find(({ did }) => did.by === 'link')
  return next?.netns ?? null
}
