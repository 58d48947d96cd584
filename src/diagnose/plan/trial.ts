import type { Words } from '../../model/define.ts'
import type { KindName } from '../../model/kinds.ts'
import { find, type Id, type Model } from '../../model/model.ts'

/** An apply that is watched, with what it is held against. */
export interface TrialRecord {
  readonly id: string
  readonly kind: KindName
  readonly resource: Id
  readonly name: string
  readonly author: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endsAt: number
  readonly generation: number
  readonly previous: number
  readonly confirm: boolean
  readonly state: 'running' | 'kept' | 'confirmed' | 'reverted' | 'superseded' | 'stuck'
  readonly endedAt: number | null
  readonly reason: Reason | null
  readonly baseline: Baseline
}

/** What was so before the apply. */
interface Baseline {
  /** Backends that were active. */
  readonly backends: readonly Id[]
  /** Policy tests that held. */
  readonly tests?: readonly Id[]
  /** What listeners had counted, and the share of errors among their latest answers. */
  readonly listeners: Readonly<Record<Id, Counts & { readonly share: number }>>
}

export interface Counts {
  readonly requests: number
  readonly errors: number
}

/** Why a trial is taken back, or cannot be. */
export interface Reason {
  readonly code: keyof typeof reasons
  readonly values: Readonly<Record<string, string>>
}

/** What is known at a moment. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly model: Model
  readonly backend: (id: Id) => { readonly state: string; readonly reason: string } | undefined
  /** Whether the machines have caught up with the apply, so that what they say is about it. */
  readonly heard: boolean
  /** What a machine could not do of the resource; undefined where all was done. */
  readonly failure: string | undefined
  readonly counts: (listener: Id) => Counts | undefined
  /** Of the policy tests that held: whether what changed was tried, and the first that is broken. */
  readonly tests: {
    readonly settled: boolean
    readonly broken: { readonly label: string; readonly reason: Words } | undefined
  }
}

/** What is to be done with a trial. */
export type TrialVerdict =
  | { readonly do: 'wait' }
  | { readonly do: 'end'; readonly as: 'kept' | 'superseded' }
  | { readonly do: 'revert'; readonly because: Reason }

/** So many requests must have been answered before their errors say anything. */
const leastRequests = 20
/** By how much the share of errors may rise. */
const mostRise = 0.05

/**
 * What becomes of a trial. A backend has fallen where it was active, is still meant to serve, and a check has failed since: one that
 * is only asked anew is given time until the end.
 */
export function judgeTrial(trial: TrialRecord, moment: Moment): TrialVerdict {
  const { now, model, failure } = moment
  const resource = model.resources.get(trial.resource)
  if (!resource || resource.generation !== trial.generation) return { do: 'end', as: 'superseded' }
  const revert = (code: Reason['code'], values: Reason['values'] = {}): TrialVerdict => ({
    do: 'revert',
    because: { code, values },
  })
  if (failure !== undefined) return revert('machine-failed', { reason: failure })
  const { broken } = moment.tests
  if (broken)
    return revert('test-broken', { test: broken.label, 'why:en': broken.reason.en, 'why:zh': broken.reason.zh })
  const watched = stillMeant(model, trial.baseline.backends)
  const fallen = watched.find(({ id }) => {
    const status = moment.backend(id)
    return status?.state === 'unavailable' && status.reason !== ''
  })
  if (fallen) return revert('backend-down', { backend: fallen.label, reason: moment.backend(fallen.id)?.reason ?? '' })
  for (const [listener, before] of Object.entries(trial.baseline.listeners)) {
    const share = shareSince(before, moment.counts(listener))
    if (share !== undefined && share > before.share + mostRise) {
      return revert('errors', { listener, share: percent(share), before: percent(before.share) })
    }
  }
  if (now < trial.endsAt) return { do: 'wait' }
  if (trial.confirm) return revert('unconfirmed')
  // Nobody can say how it went: it goes on until somebody can.
  if (!moment.heard || !moment.tests.settled) return { do: 'wait' }
  const lost = watched.find(({ id }) => moment.backend(id)?.state !== 'active')
  return lost ? revert('not-recovered', { backend: lost.label }) : { do: 'end', as: 'kept' }
}

/** Which of these backends are meant to serve by what runs, with what people call them. */
export function stillMeant(model: Model, ids: readonly Id[]): readonly { readonly id: Id; readonly label: string }[] {
  const wanted = new Set(ids)
  const found: { id: Id; label: string }[] = []
  for (const balancer of model.byKind.get('load-balancer') ?? []) {
    const { now, live, name, id } = find(model, 'load-balancer', balancer)!
    if (now.power === 'off') continue
    for (const listener of live.listeners) {
      for (const backend of listener.enabled ? listener.backends : []) {
        if (!backend.enabled || !wanted.has(backend.id)) continue
        const where = `${backend.address ?? backend.server ?? ''}:${backend.port}`
        found.push({ id: backend.id, label: `${backend.name || where} (${name || id})` })
      }
    }
  }
  return found
}

/** The share of errors among what was answered since; undefined where too little was. Counters may have begun anew. */
function shareSince(before: Counts, now: Counts | undefined): number | undefined {
  if (!now || now.requests < before.requests || now.errors < before.errors) return undefined
  const requests = now.requests - before.requests
  return requests < leastRequests ? undefined : (now.errors - before.errors) / requests
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

const reasons = {
  'machine-failed': {
    en: 'the machine could not do it: {reason}',
    zh: '主机配置失败：{reason}',
  },
  'backend-down': {
    en: '{backend} was active and became unavailable: {reason}',
    zh: '原本活跃的后端 {backend} 变为不可用：{reason}',
  },
  'test-broken': {
    en: 'the policy test {test} held and is broken: {why}',
    zh: '原本符合的可达性测试 {test} 被违反：{why}',
  },
  'not-recovered': {
    en: '{backend} was active and had not become active again at the end',
    zh: '原本活跃的后端 {backend} 到期时仍未恢复活跃',
  },
  errors: {
    en: '{share} of the requests to {listener} failed, {before} before',
    zh: '监听器 {listener} 的请求失败率为 {share}，此前为 {before}',
  },
  unconfirmed: { en: 'nobody confirmed it in time', zh: '到期未确认' },
  asked: { en: 'somebody asked for it', zh: '按要求撤回' },
  refused: { en: 'what ran before cannot be published again: {reason}', zh: '无法重新应用此前的版本：{reason}' },
} as const satisfies Readonly<Record<string, Words>>

/** A reason as a sentence. */
export function reasonText({ code, values }: Reason, language: keyof Words): string {
  return reasons[code][language].replaceAll(
    /\{(\w+)\}/g,
    (whole, name: string) => values[`${name}:${language}`] ?? values[name] ?? whole,
  )
}
