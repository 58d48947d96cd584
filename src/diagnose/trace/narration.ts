import type { Words } from '../../model/define.ts'
import type { Model } from '../../model/model.ts'
import { edgeNetns } from '../../compile/names.ts'
import { networkOf } from '../../host/network.ts'
import type { Packet } from '../../host/packet.ts'
import type { Hop } from '../../host/trace.ts'
import type { Scene } from './fate.ts'
import { tellings } from './story-words.ts'
import type { Told } from './telling.ts'
import { thingOf, thingText, type Thing } from './thing.ts'

/** One thing that happens to a packet on its way, and what of the model causes it. */
export interface StoryStep extends Told {
  /** The namespace where it happens, and whose that is; null for the edge of the machine. */
  readonly netns: string
  readonly where: Thing | null
  readonly before: Packet
  readonly after: Packet
}

/** Puts steps together, each with where it happens and what it makes of the packet. */
export function narration({ model, state }: Scene, start: Packet) {
  const known = new Map<string, Thing | null>()
  const network = networkOf(state)
  const steps: StoryStep[] = []
  let before = start
  const placeOf = (netns: string) =>
    known.getOrInsertComputed(netns, () =>
      netns === edgeNetns ? null : residentThing(model, network.get(netns)?.for ?? netns.replace(/^cw-/, '')),
    )
  return {
    steps,
    /** The place that a namespace is; null for the edge. */
    placeOf,
    /** The packet as the last step left it. */
    before: () => before,
    add(netns: string, what: Told, after: Packet) {
      steps.push({ ...what, netns, where: placeOf(netns), before, after })
      before = after
    },
  }
}

function residentThing(model: Model, id: string): Thing {
  return thingOf(model, id) ?? { kind: '', id, name: '', of: null }
}

/** Whether a hop rewrites addresses. */
export function translates({ did }: Hop): boolean {
  return did.by === 'rule' && ['dnat', 'spread', 'snat'].includes(did.rule.then.do)
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
