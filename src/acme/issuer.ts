import { setTimeout as sleep } from 'node:timers/promises'
import type { Commands } from '../commands/commands.ts'
import { balancersWith, issuanceObstacle, listsInTheWay, type RunsAs } from '../diagnose/cause/issuance.ts'
import { renewalOf } from '../model/issuance.ts'
import { all, find, type Certificate, type Id, type Model } from '../model/model.ts'
import { factsOf } from '../model/pem.ts'
import { Refused, type Problem } from '../model/problem.ts'
import { same } from '../model/same.ts'
import { AcmeFailed } from './failure.ts'
import { fulfil } from './order.ts'
import type { Failure, Progress, ProgressStore } from './progress.ts'
import { openSession } from './session.ts'
import { webBy } from './web.ts'

/** Where a certificate stands that a directory issues. */
export interface Issuance {
  readonly state: 'waiting' | 'issuing' | 'valid' | 'failed'
  /** What it waits for, or why it failed. */
  readonly reason: Problem | null
  /** When something is to be done about it, in milliseconds since 1970. */
  readonly nextAt: number | null
}

/** Has certificates issued and renewed, one after another. */
export interface Issuer {
  /** Null for a certificate that no directory issues. */
  issuanceOf(certificate: Certificate): Issuance | null
  stop(): Promise<void>
}

export interface IssuerOptions {
  readonly model: () => Model
  readonly commands: Pick<Commands, 'run'>
  readonly runsAs: RunsAs
  readonly progress: ProgressStore
  /** Hears of each certificate that was issued (null), or was not. */
  readonly tell: (id: Id, failure: Problem | null) => void
  /** Hears of each whose state changed. */
  readonly changed: (id: Id) => void
  readonly onBug: (error: unknown) => void
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

/** In whose name certificates are put into the model. */
const author = 'acme'
const lookMs = 1000
/** Doubled with each failure: five in the first hour, which is what public directories allow for a name. */
const firstRetryMs = 2 * 60_000
const longestRetryMs = 6 * 3600_000

/** Starts to look after the certificates of a model. What it is given stays open when it stops. */
export function startIssuer(options: IssuerOptions): Issuer {
  const { model, commands, runsAs, progress, tell, changed, onBug, clock = Date.now } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const states = new Map<Id, Issuance['state']>()
  let busy: Id | null = null

  function issuanceOf(certificate: Certificate): Issuance | null {
    if (certificate.now.acme === null) return null
    if (busy === certificate.id) return { state: 'issuing', reason: null, nextAt: null }
    const { issued, failure } = progress.of(certificate.id)
    const due = wasIssuedElsewhere(certificate, issued) ? 0 : renewalOf(certificate)
    if (due > clock()) return { state: 'valid', reason: null, nextAt: due }
    const obstacle = issuanceObstacle(model(), certificate, runsAs)
    if (obstacle) return { state: 'waiting', reason: obstacle, nextAt: null }
    const nextAt = failure && retryOf(failure, basisOf(model(), certificate))
    if (failure && nextAt !== null && nextAt > clock()) return { state: 'failed', reason: failure.problem, nextAt }
    return { state: 'issuing', reason: null, nextAt: null }
  }

  async function attempt(certificate: Certificate): Promise<void> {
    const { id } = certificate
    const basis = basisOf(model(), certificate)
    try {
      await issue(certificate)
      tell(id, null)
    } catch (error) {
      if (signal.aborted) return
      const failure = failureOf(error, certificate, basis)
      progress.put(id, { ...progress.of(id), failure })
      tell(id, failure.problem)
    }
  }

  async function issue({ id, now }: Certificate): Promise<void> {
    const { acme, accountKey, key } = now
    if (acme === null || accountKey === null) throw new Error(`${id} is not to be issued`)
    const keep = (changes: Partial<Progress>) => progress.put(id, { ...progress.of(id), ...changes })
    const { order } = progress.of(id)
    const web = webBy(acme.directoryCa, signal)
    const session = await openSession(acme.directory, { web, accountKey, emails: emailsFor(now), now: clock })
    const made = await fulfil({
      session,
      names: acme.names,
      // One whose certificate is in place already has nothing more to give.
      open: order?.key === key ? null : order,
      keep: open => keep({ order: open }),
      signal,
    })
    if (await install(id, acme, made)) {
      const { fingerprint } = factsOf(made.chain)
      keep({ order: null, failure: null, issued: { fingerprint, directory: acme.directory } })
    } else keep({ order: null, failure: null })
  }

  /** Everyone whom certificates of one account name: the directory writes to all of them. */
  function emailsFor(now: Certificate['now']): readonly string[] {
    const shared = [...all(model(), 'certificate')].filter(
      other => other.now.accountKey === now.accountKey && other.now.acme?.directory === now.acme?.directory,
    )
    return [...new Set(shared.flatMap(other => other.now.acme?.email ?? []))].sort()
  }

  /** Puts what was issued in its place, unless something else is wanted there by now. */
  async function install(id: Id, acme: Certificate['now']['acme'], body: object): Promise<boolean> {
    for (;;) {
      const present = find(model(), 'certificate', id)
      if (!present || !same(present.now.acme, acme)) return false
      try {
        await commands.run({ do: 'patch', kind: 'certificate', id, body, ifRevision: present.revision }, author)
        return true
      } catch (error) {
        if (!(error instanceof Refused) || error.problems[0]?.code !== 'stale') throw error
      }
    }
  }

  function failureOf(error: unknown, certificate: Certificate, basis: string): Failure {
    const before = progress.of(certificate.id).failure
    const isOurs = !(error instanceof AcmeFailed) && !(error instanceof Refused)
    if (isOurs) onBug(error)
    const problem: Problem =
      error instanceof AcmeFailed
        ? explained(error.problem, certificate)
        : { code: 'acme-refused', at: '', values: { reason: (error as Error).message } }
    const count = (before?.count ?? 0) + 1
    const notBefore = (error instanceof AcmeFailed ? error.notBeforeMs : null) ?? 0
    const waitMs = Math.min(firstRetryMs * 2 ** (count - 1), longestRetryMs)
    return { problem, count, notBefore, nextAt: Math.max(clock() + waitMs, notBefore), basis }
  }

  /** With the lists that may be why, where a name could not be proved. */
  function explained(problem: Problem, certificate: Certificate): Problem {
    const lists = problem.code === 'acme-not-proved' ? listsInTheWay(model(), certificate) : null
    return lists ? { ...problem, code: 'acme-kept-out', values: { ...problem.values, ...lists } } : problem
  }

  function note(certificate: Certificate): void {
    const state = issuanceOf(certificate)?.state
    if (states.get(certificate.id) === state) return
    if (state === undefined) states.delete(certificate.id)
    else states.set(certificate.id, state)
    changed(certificate.id)
  }

  async function look(): Promise<void> {
    const certificates = [...all(model(), 'certificate')].filter(({ now }) => now.acme !== null)
    const ids = new Set(certificates.map(({ id }) => id))
    for (const id of progress.ids()) if (!ids.has(id)) progress.forget(id)
    for (const id of states.keys()) if (!ids.has(id)) states.delete(id)
    for (const certificate of certificates) note(certificate)
    // The one that was due first: what has none yet, before what is renewed.
    const next = certificates
      .filter(each => issuanceOf(each)?.state === 'issuing')
      .sort((a, b) => renewalOf(a) - renewalOf(b) || (a.createdAt < b.createdAt ? -1 : 1))[0]
    if (!next) return
    busy = next.id
    try {
      await attempt(next)
    } finally {
      busy = null
    }
    const present = find(model(), 'certificate', next.id)
    if (present) note(present)
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await look().catch(onBug)
      await sleep(lookMs, undefined, { signal }).catch(() => {})
    }
  }

  const running = run()
  return {
    issuanceOf,
    async stop() {
      stopping.abort()
      await running
    },
  }
}

function wasIssuedElsewhere({ now }: Certificate, issued: Progress['issued']): boolean {
  return (
    issued !== null && issued.directory !== now.acme?.directory && issued.fingerprint === factsOf(now.chain).fingerprint
  )
}

/** What an attempt depends on: whoever puts right what was wrong changes it. */
function basisOf(model: Model, certificate: Certificate): string {
  const parts = balancersWith(model, certificate).flatMap(({ id, liveRevision, live }) => [
    `${id}@${liveRevision}`,
    `${live.securityGroup}@${model.resources.get(live.securityGroup)?.liveRevision}`,
  ])
  return [`${certificate.id}@${certificate.liveRevision}`, ...parts].join(' ')
}

function retryOf({ nextAt, notBefore, basis }: Failure, present: string): number {
  return basis === present ? nextAt : notBefore
}
