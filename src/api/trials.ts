import type { Trial } from '../client/apply-wire.ts'
import { reasonText as checkText } from '../client/reason.ts'
import { randomId, type Commands, type Done } from '../commands/commands.ts'
import {
  judgeTrial,
  reasonText,
  stillMeant,
  type Counts,
  type Moment,
  type Reason,
  type TrialRecord,
} from '../diagnose/plan/trial.ts'
import { all, isApplied, type Id, type Model, type Resource } from '../model/model.ts'
import { Refused, problemText } from '../model/problem.ts'
import type { Series } from '../monitor/series.ts'
import type { Documents } from '../store/documents.ts'
import type { Language } from './answer.ts'
import type { Board } from './board.ts'
import type { Feed } from './feed.ts'
import type { PolicyWatch } from './policy-watch.ts'

/** What is asked of an apply on trial. */
export interface TrialWish {
  readonly watchS: number
  readonly confirm: boolean
}

/** Watches applies, and takes back what goes wrong. */
export interface Trials {
  /** Notes what is so now, then does the apply; without a trial where that found nothing to do. */
  during(
    resource: Resource,
    wish: TrialWish,
    author: string,
    apply: () => Promise<Done>,
  ): Promise<{ readonly edited: Done; readonly trial: Trial | null }>
  list(language: Language): readonly Trial[]
  /** Null where there is none. */
  get(id: string, language: Language): Trial | null
  /** Ends a running trial: its apply stays. */
  confirm(id: string): void
  /** Takes a running trial's apply back now. */
  revert(id: string): Promise<void>
  /** Looks at what runs; to be called now and then. */
  look(): Promise<void>
  stop(): void
}

export interface TrialOptions {
  readonly model: () => Model
  readonly commands: Commands
  readonly board: Board
  readonly policies: Pick<PolicyWatch, 'standing' | 'statusOf'>
  readonly log: Documents<TrialRecord>
  readonly feed: Feed
  readonly series: Series
  readonly onBug: (error: unknown) => void
  readonly now?: () => number
}

const lookMs = 250
/** The author of what a trial takes back. */
const author = 'trial'
/** How far back errors are looked for that are nothing new. */
const pastMs = 5 * 60_000

export function watchTrials(options: TrialOptions): Trials {
  const { log, feed, series, board, policies, model, commands, onBug, now = Date.now } = options
  const trials = new Map(log.all().map(trial => [trial.id, trial]))
  let looking = false
  const timer = setInterval(() => void look().catch(onBug), lookMs)
  timer.unref()

  function keep(trial: TrialRecord): void {
    trials.set(trial.id, trial)
    log.put(trial)
    feed.emit({ type: 'trial', trial: viewOf(trial, 'en') })
  }

  function end(trial: TrialRecord, state: TrialRecord['state'], reason: Reason | null = null): void {
    keep({ ...trial, state, reason, endedAt: now() })
  }

  function momentOf(trial: TrialRecord): Moment {
    const counted = new Map([...series.newest()].map(([id, sample]) => [id, countsOf(sample)]))
    const resource = model().resources.get(trial.resource)
    const status = resource && board.statusOf(resource)
    const standing = policies.standing(trial.baseline.tests ?? [])
    return {
      now: now(),
      model: model(),
      backend: board.backend,
      heard: status !== undefined && status.phase !== 'pending',
      failure: status?.phase === 'failed' ? status.reason : undefined,
      counts: id => counted.get(id),
      tests: { settled: standing.settled, broken: standing.broken[0] },
    }
  }

  async function look(): Promise<void> {
    if (looking) return
    looking = true
    try {
      for (const trial of trials.values()) {
        if (trial.state !== 'running') continue
        const verdict = judgeTrial(trial, momentOf(trial))
        if (verdict.do === 'end') end(trial, verdict.as)
        if (verdict.do === 'revert') await takeBack(trial, verdict.because)
      }
    } finally {
      looking = false
    }
  }

  async function takeBack(trial: TrialRecord, because: Reason): Promise<void> {
    const { kind, resource: id, previous: generation } = trial
    const ifRevision = model().resources.get(id)?.revision
    try {
      await commands.run(
        { do: 'rollback', kind, id, generation, force: true, ...(ifRevision === undefined ? {} : { ifRevision }) },
        author,
      )
      end(trial, 'reverted', because)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      // Somebody was quicker: what they made is looked at the next time.
      if (error.problems.some(({ code }) => code === 'stale')) return
      end(trial, 'stuck', {
        code: 'refused',
        values: { reason: error.problems.map(p => problemText(p, 'en')).join('; ') },
      })
    }
  }

  function viewOf(trial: TrialRecord, language: Language): Trial {
    const { baseline, startedAt, endsAt, endedAt, reason, ...rest } = trial
    const meant = stillMeant(model(), baseline.backends)
    const active = meant.filter(({ id }) => board.backend(id)?.state === 'active')
    return {
      ...rest,
      startedAt: iso(startedAt),
      endsAt: iso(endsAt),
      endedAt: endedAt === null ? null : iso(endedAt),
      reason: reason ? told(reason, language) : '',
      backends: { before: baseline.backends.length, now: active.length },
    }
  }

  function running(id: string): TrialRecord {
    const trial = trials.get(id)
    if (!trial) throw new Refused([{ code: 'no-trial', at: '', values: { id: id.slice(0, 64) } }])
    if (trial.state === 'running') return trial
    throw new Refused([{ code: 'trial-ended', at: '', values: { id, state: trial.state } }])
  }

  return {
    async during(resource, { watchS, confirm }, who, apply) {
      if (isApplied(resource)) return { edited: await apply(), trial: null }
      const { kind, id, name, generation } = resource
      const startedAt = now()
      // On the disk before the apply: a server that ends in between finds it, and watches on.
      const trial: TrialRecord = {
        id: randomId('trial'),
        kind,
        resource: id,
        name,
        author: who,
        startedAt,
        endsAt: startedAt + watchS * 1000,
        generation: generation + 1,
        previous: generation,
        confirm,
        state: 'running',
        endedAt: null,
        reason: null,
        baseline: {
          backends: activeBackends(options),
          tests: holdingTests(options),
          listeners: listenersOf(series, startedAt),
        },
      }
      log.put(trial)
      try {
        const edited = await apply()
        const kept = withoutForced(trial, edited)
        keep(kept)
        return { edited, trial: viewOf(kept, 'en') }
      } catch (error) {
        log.remove(trial.id)
        throw error
      }
    },
    list: language => [...trials.values()].reverse().map(trial => viewOf(trial, language)),
    get(id, language) {
      const trial = trials.get(id)
      return trial ? viewOf(trial, language) : null
    },
    confirm: id => end(running(id), 'confirmed'),
    revert: id => takeBack(running(id), { code: 'asked', values: {} }),
    look,
    stop: () => clearInterval(timer),
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

/** A reason as a sentence, with what a check said of a backend in the same language. */
function told({ code, values }: Reason, language: Language): string {
  const { reason } = values
  return reasonText(
    { code, values: reason === undefined ? values : { ...values, reason: checkText(reason, language) } },
    language,
  )
}

/** The policy tests that hold now. */
function holdingTests({ model, policies }: TrialOptions): readonly Id[] {
  const tests = [...all(model(), 'policy-test')]
  return tests.filter(test => policies.statusOf(test, 'en').state === 'holds').map(({ id }) => id)
}

/** Without the policy tests that are broken on purpose. */
function withoutForced(trial: TrialRecord, { warnings }: Done): TrialRecord {
  const forced = warnings.filter(({ code }) => code === 'policy-forced').map(({ resource }) => resource)
  const tests = trial.baseline.tests?.filter(id => !forced.includes(id)) ?? []
  return { ...trial, baseline: { ...trial.baseline, tests } }
}

/** Every backend that is active now. */
function activeBackends({ model, board }: TrialOptions): readonly Id[] {
  const ids: Id[] = []
  for (const id of model().byKind.get('load-balancer') ?? []) {
    const balancer = model().resources.get(id)
    if (balancer?.kind !== 'load-balancer') continue
    ids.push(...balancer.live.listeners.flatMap(listener => listener.backends.map(backend => backend.id)))
  }
  return ids.filter(id => board.backend(id)?.state === 'active')
}

function countsOf({ requests, responses5xx }: { readonly requests?: number; readonly responses5xx?: number }): Counts {
  return { requests: requests ?? 0, errors: responses5xx ?? 0 }
}

/** What listeners that answer requests have counted, and the share of errors lately. */
function listenersOf(series: Series, at: number): TrialRecord['baseline']['listeners'] {
  const found: Record<Id, Counts & { share: number }> = {}
  for (const [id, sample] of series.newest()) {
    if (!id.startsWith('lbl-') || sample.requests === undefined) continue
    const { points } = series.read(id, { from: at - pastMs, to: at, step: null })
    const sum = (name: 'requests' | 'responses5xx') =>
      (points.get(name) ?? []).reduce((total, [, value]) => total + (value ?? 0), 0)
    const requests = sum('requests')
    found[id] = { ...countsOf(sample), share: requests > 0 ? sum('responses5xx') / requests : 0 }
  }
  return found
}
