import type { Context } from '../../model/command.ts'
import type { Words } from '../../model/define.ts'
import { edit } from '../../model/edit.ts'
import type { Id, Model } from '../../model/model.ts'
import { Refused } from '../../model/problem.ts'
import { withMade, type Step } from '../../model/step.ts'

/** A change that mends something: edits of drafts with the applies that publish them, in order. */
export interface Repair {
  readonly steps: readonly Step[]
  /** What else comes of it. */
  readonly effects: readonly Effect[]
}

/** Something that a repair does besides what it is for. */
export interface Effect {
  readonly code: EffectCode
  readonly values: Readonly<Record<string, string>>
}

/** What a repair makes of a model; null where it would be refused. */
export function repaired(model: Model, { steps }: Repair): Model | null {
  const made: Record<string, Id> = {}
  const rehearsal = rehearsalOf(model)
  let current = model
  try {
    for (const { command, as } of steps) {
      const { model: next, resource } = edit(current, withMade(command, made), rehearsal)
      if (as !== undefined && resource) made[as] = resource.id
      current = next
    }
    return current
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}

/** Where an edit is only tried: nobody keeps what comes of it. */
function rehearsalOf({ revision }: Model): Context {
  let count = revision * 100
  return {
    now: '2026-01-01T00:00:00Z',
    author: '',
    newId: prefix => `${prefix}-z${(count++).toString(36).padStart(7, '0')}`,
    placeholder: () => ({ chain: '', key: '' }),
    newKey: () => '',
  }
}

const effects = {
  publishes: {
    en: 'publishes the {count} changes that wait in {it}, too',
    zh: '同时应用 {it} 中等待的 {count} 项修改',
  },
  'publishes-all': {
    en: 'publishes all {count} changes that wait in {it}',
    zh: '会应用 {it} 中等待的全部 {count} 项修改',
  },
  buys: { en: 'buys a public IP', zh: '将购买一个公网 IP' },
  binds: { en: 'takes the free public IP {address}', zh: '将使用空闲的公网 IP {address}' },
  'opens-to-all': { en: 'lets anybody in at {traffic}', zh: '任何来源都可访问 {traffic}' },
  'opens-for': {
    en: 'the group is also that of {others}: it admits {traffic} there, too',
    zh: '{others} 也使用该安全组，同样会放行 {traffic}',
  },
  'disables-rule': { en: 'disables the rule {rule} for all', zh: '将禁用规则 {rule}' },
  'leads-all': {
    en: 'everything in {subnets} that sends to {destination} takes this way',
    zh: '{subnets} 中发往 {destination} 的流量都将走这条路径',
  },
  'translates-all': {
    en: 'everything in {subnet} gets out by this rule',
    zh: '{subnet} 中的所有资源都可通过该规则访问公网',
  },
  retypes: { en: 'changes the type of {it} from {from} to {to}', zh: '{it} 的类型将由 {from} 改为 {to}' },
  resizes: { en: 'changes the size of {it} from {from} to {to}', zh: '{it} 的规格将由 {from} 改为 {to}' },
  raises: { en: 'raises {it} from {from} to {to} Mbit/s', zh: '{it} 的带宽将由 {from} 提高到 {to} Mbit/s' },
  moves: { en: 'puts {it} into {subnet}', zh: '将 {it} 加入 {subnet}' },
  starts: { en: 'everything that uses {it} works again with it', zh: '使用 {it} 的资源将一并恢复' },
} as const satisfies Readonly<Record<string, Words>>

type EffectCode = keyof typeof effects

/** An effect as a sentence. */
export function effectText({ code, values }: Effect, language: keyof Words): string {
  return effects[code][language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
