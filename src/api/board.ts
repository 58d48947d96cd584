import type { AgentReport, AgentStatus, BackendStatus, ResourceStatus, WireEvent } from '../client/wire.ts'
import type { Id, Model, Resource } from '../model/model.ts'
import type { ChangeLog } from './change-log.ts'
import { backendsOf, type TurnLog } from './turn-log.ts'

/** How long an agent may be silent before it counts as gone. */
export const silenceMs = 15_000

/** What the machines say, held against what was asked of them. */
export interface Board {
  statusOf(resource: Resource): ResourceStatus
  backend(id: Id): BackendStatus | undefined
  /** Backends that a balancer has no more, and that still have connections. */
  leaving(balancer: Id): readonly (readonly [Id, BackendStatus])[]
  /** Takes an agent's newest report. */
  report(report: AgentReport): void
  agents(): readonly AgentStatus[]
  /** Notices agents that fell silent. To be called now and then. */
  look(): void
  /** Forgets backends that are no more. */
  forget(ids: Iterable<Id>): void
}

interface Agent {
  readonly report: AgentReport
  readonly seen: number
  readonly present: boolean
}

interface BoardOptions {
  readonly now?: () => number
  /** Where turns of backends are noted; nowhere when left out. */
  readonly turns?: TurnLog
}

/** A board for agents that report on the models of this log. */
export function createBoard(
  log: ChangeLog,
  model: () => Model,
  emit: (event: WireEvent) => void,
  { now = Date.now, turns }: BoardOptions = {},
): Board {
  const agents = new Map<string, Agent>()
  const backends = new Map<Id, BackendStatus>()

  const iso = (ms: number) => new Date(ms).toISOString()
  const present = () => [...agents.values()].filter(agent => agent.present).map(agent => agent.report)

  function statusOf(resource: Resource): ResourceStatus {
    const reports = present()
    if (reports.length === 0) return { phase: 'pending', reason: 'no agent' }
    if (reports.some(({ synced }) => synced < resource.liveRevision)) {
      const since = log.timeOf(resource.liveRevision)
      return { phase: 'pending', reason: '', ...(since === undefined ? {} : { since }) }
    }
    const failure = reports.flatMap(({ failures }) =>
      Object.hasOwn(failures, resource.id) ? failures[resource.id] : [],
    )[0]
    if (failure !== undefined) return { phase: 'failed', reason: failure }
    const stopped = 'power' in resource.now && resource.now.power === 'off'
    return { phase: stopped ? 'stopped' : 'active', reason: '' }
  }

  /** Whose status a report may have changed, against the one before. */
  function* concerned(before: AgentReport | undefined, report: AgentReport): Iterable<Id> {
    if (before && report.synced > before.synced) yield* log.since(before.synced)?.live ?? []
    for (const id of new Set([...Object.keys(before?.failures ?? {}), ...Object.keys(report.failures)])) {
      if (before?.failures[id] !== report.failures[id]) yield id
    }
  }

  /** With an agent that comes or goes, the status of everything changes. */
  function sayPresence(host: string, message: string) {
    emit({ type: 'host', event: { at: iso(now()), host, type: 'agent', resource: '', message } })
    emit({ type: 'reset', revision: log.revision })
  }

  return {
    statusOf,
    backend: id => backends.get(id),
    leaving: balancer => [...backends].filter(([, status]) => status.removedFrom === balancer),
    report(report) {
      const before = agents.get(report.host)
      agents.set(report.host, { report, seen: now(), present: true })
      if (!before?.present) sayPresence(report.host, 'the agent reports')
      // What the log has forgotten cannot be told one by one.
      const untold = before?.present && report.synced > before.report.synced && !log.since(before.report.synced)
      if (untold) emit({ type: 'reset', revision: log.revision })
      for (const id of new Set(concerned(before?.report, report))) {
        const resource = model().resources.get(id)
        if (resource) emit({ type: 'status', kind: resource.kind, id, status: statusOf(resource) })
      }
      turns?.add(report.host, report.turns ?? [])
      for (const [id, told] of Object.entries(report.backends)) {
        const known = backends.get(id)
        // An agent that was started anew does not know better.
        const since = turns?.sinceOf(report.host, id, told.state) ?? told.since
        const status = { ...told, since }
        const isLeaving = status.removedFrom !== undefined
        const isThere = backendsOf(model()).has(id)
        if (status.state === 'disabled' && (isLeaving || !isThere)) backends.delete(id)
        else backends.set(id, status)
        // Of what was taken out at once there is nothing to tell.
        if (known?.state !== status.state && (isLeaving || isThere)) emit({ type: 'backend', id, status })
      }
      for (const event of report.events) emit({ type: 'host', event })
    },
    agents: () =>
      [...agents.values()].map(({ report, seen, present: isPresent }) => ({
        host: report.host,
        // Machines are not woken for what only drafts hold: who has all that was published is not behind.
        synced: log.reached(report.synced),
        seenAt: iso(seen),
        present: isPresent,
        failures: report.failures,
        counters: report.counters,
      })),
    look() {
      for (const [host, agent] of agents) {
        if (!agent.present || now() - agent.seen <= silenceMs) continue
        agents.set(host, { ...agent, present: false })
        sayPresence(host, `the agent has been silent for ${silenceMs / 1000} s`)
      }
    },
    forget(ids) {
      for (const id of ids) backends.delete(id)
    },
  }
}
