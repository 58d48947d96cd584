import type { Words } from '../model/define.ts'
import type { Id, Model } from '../model/model.ts'
import { edgeNetns, links } from '../compile/names.ts'
import { networkOf, type Namespace } from '../host/network.ts'
import { samePacket, type Packet } from '../host/packet.ts'
import { traceFlow, type Hop, type Origin, type Verdict } from '../host/trace.ts'
import type { Scene } from './fate.ts'
import { tellings } from './story-words.ts'
import { endingOf, type Outcome } from './ending.ts'
import { decisionOf, told, type Told } from './telling.ts'
import { thingOf, thingText, type Thing } from './thing.ts'

/** One thing that happens to a packet on its way, and what of the model causes it. */
export interface StoryStep extends Told {
  /** The namespace where it happens, and whose that is; null for the edge of the machine. */
  readonly netns: string
  readonly where: Thing | null
  readonly before: Packet
  readonly after: Packet
}

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
  const forth = wayOf(scene, origin, packet, there)
  if (!back || forth.outcome === 'refused') return { there: forth, back: null }
  const answers = { netns: there.netns, enters: there.by }
  return { there: forth, back: wayOf(scene, answers, null, back) }
}

/** Whether a flow's first packet gets there and its answer comes back. */
export function reaches({ there, back }: Story): boolean {
  return isThere(there) && back !== null && isThere(back)
}

function isThere({ outcome }: Way): boolean {
  return outcome === 'arrives' || outcome === 'leaves'
}

/** Tells a verdict. `sent` is the packet as it begins; null for an answer. */
function wayOf(scene: Scene, origin: Origin, sent: Packet | null, verdict: Verdict): Way {
  const places = new Map<string, Thing | null>()
  const network = networkOf(scene.state)
  const placeOf = (netns: string) =>
    places.getOrInsertComputed(netns, () =>
      netns === edgeNetns ? null : ownerOf(scene.model, network.get(netns)?.for, netns),
    )
  const steps: StoryStep[] = []
  const started = startOf(sent, verdict, network.get(origin.netns))
  let before = started
  const add = (netns: string, what: Told, after: Packet) => {
    steps.push({ ...what, netns, where: placeOf(netns), before, after })
    before = after
  }
  add(origin.netns, told(firstOf(origin, sent)), started)
  for (const [i, hop] of verdict.hops.entries()) {
    // Conntrack undoes by itself what rules did to the flow: when it enters, or last of all before it leaves.
    if (!translates(hop) && !samePacket(before, hop.packet)) {
      add(hop.did.by === 'link' ? (verdict.hops[i - 1] ?? origin).netns : hop.netns, undone, hop.packet)
    }
    const next = nextPlace(verdict.hops, i)
    add(hop.netns, decisionOf(scene, hop, before, next === null ? undefined : placeOf(next)), hop.packet)
  }
  const last = verdict.hops.length === 0 ? started : verdict.packet
  if (!samePacket(before, last)) add(verdict.netns, undone, last)
  const { outcome, ...end } = endingOf(scene, verdict, placeOf(verdict.netns), sent === null)
  add(verdict.netns, end, last)
  return { outcome, steps }
}

const undone = told('undone')

function translates({ did }: Hop): boolean {
  return did.by === 'rule' && ['dnat', 'spread', 'snat'].includes(did.rule.then.do)
}

/** How a way begins: with an answer, with what comes in, or with what somebody sends. */
function firstOf({ netns, enters }: Origin, sent: Packet | null): Told['what'] {
  if (enters === null) return sent === null ? 'answers' : 'sends'
  return netns === edgeNetns ? (sent === null ? 'answered' : 'comes') : 'sent-by-machine'
}

/** The packet as it begins: with the source that was chosen for it, or would have been if there were a way. */
function startOf(sent: Packet | null, { hops, packet }: Verdict, at: Namespace | undefined): Packet {
  const [first] = hops
  if (sent === null || sent.from !== '') return sent ?? first?.packet ?? packet
  return { ...sent, from: first?.packet.from ?? at?.addresses.find(({ dev }) => dev !== links.public)?.address ?? '' }
}

function ownerOf(model: Model, owner: Id | undefined, netns: string): Thing {
  const id = owner ?? netns.replace(/^cw-/, '')
  return thingOf(model, id) ?? { kind: '', id, name: '', of: null }
}

/** The namespace that a packet enters next; null where it enters none. */
function nextPlace(hops: readonly Hop[], i: number): string | null {
  const next = hops.slice(i + 1).find(({ did }) => did.by === 'link')
  return next?.netns ?? null
}

const places: Readonly<Record<string, Words>> = {
  edge: { en: 'the edge of the machine', zh: '主机边界' },
  vpc: { en: "the VPC's router", zh: 'VPC 路由器' },
}

/** The namespace of something, in words: `the VPC's router web-net (rtr-…)`. */
export function placeText(where: Thing | null, language: keyof Words): string {
  if (where === null) return places['edge']![language]
  const place = places[where.kind]
  if (!place) return language === 'zh' ? thingText(where, 'zh') : `the ${thingText(where, 'en')}`
  return where.name ? `${place[language]} ${where.name} (${where.id})` : `${place[language]} ${where.id}`
}

/** What happens, as a sentence. */
export function stepText({ what, it, values, things }: Told, language: keyof Words): string {
  return tellings[what][language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    if (name === 'it') return it ? thingText(it, language) : whole
    const thing = things[name]
    if (thing !== undefined) return placeText(thing, language)
    return values[name] ?? whole
  })
}
