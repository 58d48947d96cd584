import type { PolicyStatus } from '../client/policy-wire.ts'
import { partsWith } from '../compile/compile.ts'
import { breachText, judgePolicy, sceneFor, type PolicyVerdict } from '../diagnose/reach/policy.ts'
import { partsOf } from '../diagnose/reach/policy-flows.ts'
import { triesOf, trialOf, trialText, type PolicyTrial } from '../diagnose/reach/policy-tries.ts'
import { all, find, type Id, type Model, type PolicyTest } from '../model/model.ts'
import type { Documents } from '../store/documents.ts'
import type { Language } from './answer.ts'
import type { Board } from './board.ts'
import type { Feed } from './feed.ts'
import type { Questions } from './questions.ts'

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
  /** How these stand for a trial: whether all that changed was looked at and tried, and which of them are broken. */
  standing(ids: readonly Id[]): PolicyStanding
  /** Looks at what is to be looked at; resolves when nothing is left. */
  look(): Promise<void>
  stop(): void
}

interface PolicyStanding {
  readonly settled: boolean
  readonly broken: readonly {
    readonly id: Id
    readonly label: string
    readonly reason: Readonly<Record<Language, string>>
  }[]
}

export interface PolicyWatchOptions {
  readonly model: () => Model
  readonly feed: Feed
  readonly board: Pick<Board, 'agents'>
  readonly questions: Pick<Questions, 'ask'>
  readonly records: Documents<PolicyRecord>
  readonly onBug: (error: unknown) => void
  readonly now?: () => number
}

/** What is known of a policy test. */
interface Case {
  /** What the model says. */
  readonly verdict: PolicyVerdict['state']
  /** How it is broken by the model; empty where it is not. */
  readonly breach: Said
  /** The revision of the model that was looked at: machines must have come to it before they can be asked. */
  readonly revision: number
  /** When it is tried with packets the next time, in milliseconds since 1970. */
  readonly tryAt: number
  /** Whether what changed was tried; routine does not count. */
  readonly isTried: boolean
  readonly tried: (Pick<PolicyTrial, 'asStated'> & { readonly at: number; readonly reason: Said }) | null
  /** How often packets said otherwise in a row: one may be lost on its way. */
  readonly doubts: number
}

type Said = Readonly<Record<Language, string>>

const lookMs = 250
/** How often tests are tried while nothing changes, and again where packets say otherwise than the model. */
const [tryMs, retryMs] = [30_000, 1000]
/** So many doubts are the truth. */
const mostDoubts = 2
/** So many tests are tried at a time. */
const mostAtOnce = 64
const nothing: Said = { en: '', zh: '' }
const reasons = {
  off: { en: 'it is switched off', zh: '已停用' },
  void: { en: 'there is nobody whom it is about', zh: '没有它所涉及的资源' },
  new: { en: 'it was not looked at yet', zh: '尚未检查' },
} as const satisfies Readonly<Record<string, Said>>

export function watchPolicies(options: PolicyWatchOptions): PolicyWatch {
  const { model, feed, board, questions, records, onBug, now = Date.now } = options
  const known = new Map<Id, Case>()
  const since = new Map(records.all().map(record => [record.id, record]))
  const stale = new Set<Id>([...all(model(), 'policy-test')].map(({ id }) => id))
  const stopping = new AbortController()
  let looking: Promise<void> | null = null
  const timer = setInterval(() => void look().catch(onBug), lookMs)
  timer.unref()

  function stateOf(test: PolicyTest): PolicyStatus['state'] {
    const found = test.now.enabled ? known.get(test.id) : undefined
    if (!found || found.verdict === 'void') return 'unknown'
    return found.verdict === 'broken' || isContradicted(found) ? 'broken' : 'holds'
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
    await tryDue()
  }

  function lookAt(at: Model, test: PolicyTest): void {
    const verdict = judgePolicy(sceneFor(at, test), test)
    const textIn = (language: Language) =>
      verdict.state === 'broken' ? breachText(at, test, verdict.because, language) : ''
    const before = known.get(test.id)
    known.set(test.id, {
      verdict: verdict.state,
      breach: { en: textIn('en'), zh: textIn('zh') },
      revision: at.revision,
      tryAt: now(),
      isTried: verdict.state !== 'holds',
      // What packets said holds until they say otherwise.
      tried: verdict.state === 'holds' ? (before?.tried ?? null) : null,
      doubts: verdict.state === 'holds' ? (before?.doubts ?? 0) : 0,
    })
    conclude(test)
  }

  /** Sends packets for tests that the model says hold, once machines have come to what it says. */
  async function tryDue(): Promise<void> {
    const agents = board.agents().filter(({ present }) => present)
    if (agents.length === 0) return
    const synced = Math.min(...agents.map(agent => agent.synced))
    const due = [...known].flatMap(([id, found]) => {
      const test = find(model(), 'policy-test', id)
      const isDue = found.verdict === 'holds' && found.tryAt <= now() && found.revision <= synced
      return test?.now.enabled && isDue ? [{ test, found, at: model() }] : []
    })
    const planned = due
      .slice(0, mostAtOnce)
      .map(each => ({ ...each, tries: triesOf(sceneFor(each.at, each.test), each.test) }))
    const asked = planned.flatMap(({ tries }) =>
      tries.map(({ address, from: _, to: __, ...rest }) => ({ ...rest, to: address })),
    )
    const replies =
      asked.length > 0 ? await questions.ask({ type: 'tries', tries: asked }, stopping.signal).catch(() => []) : []
    let first = 0
    for (const { test, found, tries, at } of planned) {
      const results = tries.map((_, i) => replies.flatMap(({ answer }) => answer?.[first + i] ?? [])[0] ?? null)
      first += tries.length
      // What changed meanwhile is looked at anew.
      if (known.get(test.id) === found) heed(at, test, found, trialOf(test, tries, results), tries.length > 0)
    }
  }

  function heed(at: Model, test: PolicyTest, found: Case, trial: PolicyTrial, mayBeTried: boolean): void {
    const { asStated, because } = trial
    const doubts = asStated === false ? Math.min(found.doubts + 1, mostDoubts) : 0
    const isSure = doubts === 0 || doubts === mostDoubts
    const textIn = (language: Language) => (because ? trialText(at, because, language) : '')
    const tried = { asStated, at: now(), reason: { en: textIn('en'), zh: textIn('zh') } }
    known.set(test.id, {
      ...found,
      doubts,
      tried: mayBeTried ? tried : null,
      tryAt: now() + (asStated === false ? retryMs : tryMs),
      isTried: found.isTried || isSure,
    })
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
    const found = known.get(test.id)
    const why = !test.now.enabled ? reasons.off : found === undefined ? reasons.new : reasons.void
    const tried = found?.tried
    return {
      state,
      reason: state === 'unknown' ? why[language] : breachOf(found)[language],
      since: record?.state === state ? new Date(record.since).toISOString() : null,
      tried: tried
        ? { at: new Date(tried.at).toISOString(), asStated: tried.asStated, reason: tried.reason[language] }
        : null,
    }
  }

  return {
    statusOf,
    standing(ids) {
      const tests = ids.flatMap(id => find(model(), 'policy-test', id) ?? [])
      const broken = tests.filter(test => stateOf(test) === 'broken')
      return {
        settled: tests.every(({ id }) => !stale.has(id) && known.get(id)?.isTried !== false),
        broken: broken.map(({ id, name }) => ({ id, label: name || id, reason: breachOf(known.get(id)) })),
      }
    },
    note(before, after, changed) {
      if ((after.byKind.get('policy-test')?.size ?? 0) === 0 && known.size === 0) return
      const ids = [...changed]
      const parts = new Set(ids.flatMap(id => [...partsWith(before, id), ...partsWith(after, id)]))
      for (const id of ids) if (known.has(id) || after.byKind.get('policy-test')?.has(id)) stale.add(id)
      for (const test of all(after, 'policy-test')) {
        const concerns = [after, before].some(each => !partsOf(each, test).isDisjointFrom(parts))
        if (concerns) stale.add(test.id)
      }
    },
    look,
    stop() {
      clearInterval(timer)
      stopping.abort()
    },
  }
}

/** Whether packets say for sure that what holds by the model does not. */
function isContradicted({ tried, doubts }: Case): boolean {
  return tried?.asStated === false && doubts >= mostDoubts
}

function breachOf(found: Case | undefined): Said {
  if (!found) return nothing
  return found.verdict === 'holds' && isContradicted(found) ? (found.tried?.reason ?? nothing) : found.breach
}
