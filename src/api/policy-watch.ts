import type { PolicyStatus } from '../client/policy-wire.ts'
import { partsWith } from '../compile/compile.ts'
import { breachText, judgePolicy, sceneFor, type PolicyVerdict } from '../diagnose/policy.ts'
import { partsOf } from '../diagnose/policy-flows.ts'
import { all, find, type Id, type Model, type PolicyTest } from '../model/model.ts'
import type { Documents } from '../store/documents.ts'
import type { Language } from './answer.ts'
import type { Feed } from './feed.ts'

/** Since when a policy test stands as it does: kept, so that a server that is started again knows. */
export interface PolicyRecord {
  readonly id: Id
  readonly state: PolicyStatus['state']
  /** Milliseconds since 1970. */
  readonly since: number
}

/** Looks at policy tests whenever something changes that they are about. */
export interface PolicyWatch {
  statusOf(test: PolicyTest, language: Language): PolicyStatus
  /** Tells that these resources changed. */
  note(before: Model, after: Model, changed: Iterable<Id>): void
  /** Looks at what is to be looked at; resolves when nothing is left. */
  look(): Promise<void>
  stop(): void
}

export interface PolicyWatchOptions {
  readonly model: () => Model
  readonly feed: Feed
  readonly records: Documents<PolicyRecord>
  readonly onBug: (error: unknown) => void
  readonly now?: () => number
}

/** What is known of a policy test. */
interface Case {
  readonly verdict: PolicyVerdict['state']
  /** How it is broken; empty where it is not. */
  readonly breach: Readonly<Record<Language, string>>
}

const lookMs = 250
const nothing = { en: '', zh: '' } as const
const reasons = {
  off: { en: 'it is switched off', zh: '已停用' },
  void: { en: 'there is nobody whom it is about', zh: '没有它所涉及的资源' },
  new: { en: 'it was not looked at yet', zh: '尚未检查' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>

export function watchPolicies(options: PolicyWatchOptions): PolicyWatch {
  const { model, feed, records, onBug, now = Date.now } = options
  const known = new Map<Id, Case>()
  const since = new Map(records.all().map(record => [record.id, record]))
  const stale = new Set<Id>([...all(model(), 'policy-test')].map(({ id }) => id))
  let looking: Promise<void> | null = null
  const timer = setInterval(() => void look().catch(onBug), lookMs)
  timer.unref()

  function stateOf(test: PolicyTest): PolicyStatus['state'] {
    const verdict = test.now.enabled ? known.get(test.id)?.verdict : undefined
    return verdict === undefined || verdict === 'void' ? 'unknown' : verdict
  }

  function look(): Promise<void> {
    looking ??= lookAtAll().finally(() => {
      looking = null
    })
    return looking
  }

  /** One after the other, so that whoever asks something meanwhile is answered. */
  async function lookAtAll(): Promise<void> {
    for (const id of stale) {
      stale.delete(id)
      const test = find(model(), 'policy-test', id)
      if (test) lookAt(model(), test)
      else forget(id)
      await new Promise(setImmediate)
    }
  }

  function lookAt(at: Model, test: PolicyTest): void {
    const verdict = judgePolicy(sceneFor(at, test), test)
    const textIn = (language: Language) =>
      verdict.state === 'broken' ? breachText(at, test, verdict.because, language) : ''
    known.set(test.id, { verdict: verdict.state, breach: { en: textIn('en'), zh: textIn('zh') } })
    conclude(test)
  }

  function conclude(test: PolicyTest): void {
    const state = stateOf(test)
    if (since.get(test.id)?.state === state) return
    const record = { id: test.id, state, since: now() }
    since.set(test.id, record)
    records.put(record)
    feed.emit({ type: 'policy-test', id: test.id, verdict: statusOf(test, 'en') })
  }

  function forget(id: Id): void {
    known.delete(id)
    if (since.delete(id)) records.remove(id)
  }

  function statusOf(test: PolicyTest, language: Language): PolicyStatus {
    const state = stateOf(test)
    const record = since.get(test.id)
    const { verdict, breach = nothing } = known.get(test.id) ?? {}
    const why = !test.now.enabled ? reasons.off : verdict === undefined ? reasons.new : reasons.void
    return {
      state,
      reason: state === 'unknown' ? why[language] : breach[language],
      since: record?.state === state ? new Date(record.since).toISOString() : null,
      tried: null,
    }
  }

  return {
    statusOf,
    note(before, after, changed) {
      const ids = [...changed]
      if ((after.byKind.get('policy-test')?.size ?? 0) === 0 && stale.size === 0 && known.size === 0) return
      const parts = new Set(ids.flatMap(id => [...partsWith(before, id), ...partsWith(after, id)]))
      for (const id of ids) if (id.startsWith('pt-')) stale.add(id)
      for (const test of all(after, 'policy-test')) {
        const own = [after, before].some(each => !partsOf(each, test).isDisjointFrom(parts))
        if (own) stale.add(test.id)
      }
    },
    look,
    stop: () => clearInterval(timer),
  }
}
