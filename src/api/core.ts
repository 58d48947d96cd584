import type { Issuer } from '../acme/issuer.ts'
import { sqliteProgress, type ProgressStore } from '../acme/progress.ts'
import { commandsOn } from '../commands/commands.ts'
import { changedIds } from '../model/changed-ids.ts'
import type { Id, Model } from '../model/model.ts'
import { problemText } from '../model/problem.ts'
import { sqliteSeries, type Series } from '../monitor/series.ts'
import type { TrialRecord } from '../diagnose/plan/trial.ts'
import { sqliteJournal, type Journal } from '../store/journal.ts'
import type { Store } from '../store/store.ts'
import { sqliteDocuments, type Documents } from '../store/documents.ts'
import { sqliteTurns, type Turns } from '../store/turns.ts'
import { careForCertificates } from './certificate-care.ts'
import { createBoard, type Board } from './board.ts'
import { changeLog, type ChangeLog } from './change-log.ts'
import { createFeed, type Feed } from './feed.ts'
import { createQuestions, type Questions } from './questions.ts'
import { logOperations, type OperationLog } from './operations.ts'
import { createSnatWatch, type SnatWatch } from './snat-trends.ts'
import { brokenBy } from './policy-guard.ts'
import { watchPolicies, type PolicyRecord, type PolicyWatch } from './policy-watch.ts'
import { logTurns } from './turn-log.ts'
import { watchTrials, type Trials } from './trials.ts'
import { backendIds, eventOf } from './view.ts'
import { tellBug } from '../store/tell-bug.ts'

/** What a server knows and does, whoever asks and by whichever door. */
export interface Core {
  readonly store: Store
  readonly commands: OperationLog
  readonly board: Board
  readonly feed: Feed
  readonly log: ChangeLog
  readonly series: Series
  readonly trials: Trials
  readonly policies: PolicyWatch
  readonly turns: Turns
  readonly issuer: Issuer
  readonly questions: Questions
  readonly snat: SnatWatch
  /** The model that the log has noted: at most a moment behind the store. */
  noted(): Model
  stop(): Promise<void>
}

const lookMs = 1000
const snatMs = 60_000
/** So many policy tests are remembered. */
export const mostVerdicts = 100_000

export interface CoreOptions {
  /** Who did what; kept in memory when left out. */
  readonly journal?: Journal | undefined
  /** What was measured; kept in memory when left out. */
  readonly series?: Series | undefined
  /** Applies that are or were watched; kept in memory when left out. */
  readonly trialLog?: Documents<TrialRecord> | undefined
  /** Since when policy tests stand as they do; kept in memory when left out. */
  readonly verdicts?: Documents<PolicyRecord> | undefined
  /** How the states of backends turned; kept in memory when left out. */
  readonly turns?: Turns | undefined
  /** How far certificates came that directories issue; kept in memory when left out. */
  readonly progress?: ProgressStore | undefined
  /** Hears of what went wrong behind an answer. */
  readonly onBug?: (error: unknown) => void
}

/** Starts to follow a store. What it is given stays open when it stops. */
export function startCore(
  store: Store,
  {
    journal = sqliteJournal(),
    series = sqliteSeries(),
    trialLog = sqliteDocuments('trials'),
    verdicts = sqliteDocuments('verdicts', undefined, mostVerdicts),
    turns = sqliteTurns(),
    progress = sqliteProgress(),
    onBug = tellBug,
  }: CoreOptions = {},
): Core {
  let model = store.snapshot()
  const stopping = new AbortController()
  const log = changeLog(model.revision)
  const feed = createFeed(Date.now().toString(36))
  const turnLog = logTurns(turns, () => model, onBug)
  const board = createBoard(log, () => model, feed.emit, { turns: turnLog })

  async function follow() {
    for await (const next of store.watch(stopping.signal)) {
      if (next === model) continue
      const before = model
      model = next
      noteStep(before, next)
    }
  }

  function noteStep(before: Model, next: Model) {
    const [live, removed]: [Id[], Id[]] = [[], []]
    const changed = changedIds(before, next)
    for (const id of changed) {
      const [was, is] = [before.resources.get(id), next.resources.get(id)]
      if (!is) removed.push(id)
      else if (is.liveRevision !== was?.liveRevision) live.push(id)
      if (was?.kind === 'load-balancer') {
        const kept = is?.kind === 'load-balancer' ? backendIds(is) : new Set<Id>()
        const gone = backendIds(was).difference(kept)
        board.forget(gone)
        turnLog.end(gone)
      }
    }
    log.note({ revision: next.revision, at: new Date().toISOString(), live, removed, before })
    policies.note(before, next, changed)
    for (const id of changed) feed.emit(eventOf(id, before, next))
  }

  const commands = logOperations(commandsOn(store, { guard: brokenBy }), journal, store.snapshot, onBug)
  const questions = createQuestions(() => board.agents().flatMap(({ host, present }) => (present ? host : [])))
  const policies = watchPolicies({ model: store.snapshot, feed, board, questions, records: verdicts, onBug })
  const trials = watchTrials({ model: store.snapshot, commands, board, policies, feed, series, log: trialLog, onBug })
  const issuer = careForCertificates({ model: store.snapshot, commands, board, feed, progress, onBug })
  const following = follow()
  const snat = createSnatWatch(series, (id, problem) => {
    const event = { at: new Date().toISOString(), host: '', type: 'snat', resource: id } as const
    feed.emit({ type: 'host', event: { ...event, message: problemText(problem, 'en') } })
  })
  const looking = [
    setInterval(() => {
      board.look()
      turnLog.look()
    }, lookMs),
    setInterval(() => snat.look(store.snapshot(), Date.now()), snatMs),
  ]
  for (const each of looking) each.unref()
  return {
    store,
    commands,
    board,
    feed,
    log,
    series,
    trials,
    policies,
    turns,
    issuer,
    snat,
    questions,
    noted: () => model,
    async stop() {
      for (const each of looking) clearInterval(each)
      trials.stop()
      policies.stop()
      await issuer.stop()
      stopping.abort()
      await following
    },
  }
}
