import type { Words } from '../../model/define.ts'
import type { Model } from '../../model/model.ts'
import type { HostState } from '../../host/item.ts'
import { edgeNetns } from '../../compile/names.ts'
import { endingOf } from './ending.ts'
import { hasArrived, ownerOf, type Fate, type Scene } from './fate.ts'
import { placeText, stepText } from './narration.ts'
import { decisionOf, type Told } from './telling.ts'
import { resourceThing, thingOf, type Thing } from './thing.ts'

/** What stopped a packet or its answer, or let it through. */
export type Stop =
  | { readonly what: Told; readonly where: Thing | null; readonly isAnswer?: boolean }
  | { readonly what: keyof typeof words; readonly where: Thing | null }

/** What first keeps a flow, or its answer, from getting to whom was meant. */
export function stopOf(scene: Scene, { there, back, gets, reaches }: Fate): Stop {
  const isAnswer = gets && back !== null && !hasArrived(back)
  const verdict = isAnswer ? back : there
  const where = placeOf(scene, verdict.netns)
  if (reaches) return { what: 'elsewhere', where }
  return { what: endingOf(scene, verdict, where, isAnswer), where, isAnswer }
}

/** What lets a flow through: the first rule that somebody made for it, where there is one. */
export function admissionOf(scene: Scene, { there }: Fate): Stop {
  for (const hop of there.hops) {
    const what = hop.did.by === 'rule' ? decisionOf(scene, hop, hop.packet, undefined) : null
    if (what?.it?.of) return { what, where: placeOf(scene, hop.netns) }
  }
  return { what: 'unhindered', where: null }
}

/** Why nobody gets to a server that is off or in no network, or that no public address leads to. */
export function noWayTo(model: Model, id: string, isThere: boolean): Stop {
  const resource = model.resources.get(id)
  return { what: isThere ? 'no-way' : 'not-there', where: resource ? resourceThing(resource) : null }
}

function placeOf({ model, state }: { readonly model: Model; readonly state: HostState }, netns: string): Thing | null {
  if (netns === edgeNetns) return null
  const id = ownerOf(state, netns) ?? netns.replace(/^cw-/, '')
  return thingOf(model, id) ?? { kind: '', id, name: '', of: null }
}

const words = {
  'not-there': { en: '{place} is off, or in no network', zh: '{place} 已关闭或未加入网络' },
  'no-way': { en: 'no public address leads to {place}', zh: '没有通向 {place} 的公网地址' },
  elsewhere: { en: 'it ends in {place} instead', zh: '到达的是 {place}' },
  unhindered: { en: 'nothing stops it', zh: '途中没有任何规则拦截' },
} as const satisfies Readonly<Record<string, Words>>

const told: Words = { en: 'in {place}: {what}', zh: '在{place}：{what}' }
const answers: Words = { en: 'its answer does not get back: {what}', zh: '应答无法返回：{what}' }

/** What stopped or admitted a packet, as a part of a sentence. */
export function stopText(stop: Stop, language: keyof Words): string {
  const place = placeText(stop.where, language)
  if (typeof stop.what === 'string') return words[stop.what][language].replace('{place}', () => place)
  const what = stepText(stop.what, language)
  const text = told[language].replace('{place}', () => place).replace('{what}', () => what)
  return 'isAnswer' in stop && stop.isAnswer ? answers[language].replace('{what}', () => text) : text
}
