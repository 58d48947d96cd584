import type { AgentReport, AgentState, BackendStatus, BackendTurn, HostEvent, Samples } from '../client/wire.ts'
import type { Id } from '../model/model.ts'
import type { KeptTurns } from './kept-turns.ts'
import { backOffMs, pause, wakeBell } from './wake.ts'

/** What an agent needs of the server. */
export interface ServerLink {
  /** See {@link AgentState}; resolves after at most `waitMs`. */
  state(since: number, waitMs: number, signal: AbortSignal): Promise<AgentState>
  report(report: AgentReport, signal: AbortSignal): Promise<void>
}

/** Tells the server what the machine is like: soon after a change, and every so often without one. */
export interface Reporter {
  synced(revision: number, failures: ReadonlyMap<Id, string>): void
  /** Turns are told until the server has heard them, in order: one that was short is told as well. */
  backends(changed: ReadonlyMap<Id, BackendStatus>, turns?: readonly BackendTurn[]): void
  event(type: HostEvent['type'], resource: Id, message: string): void
  /** What was measured; said once, and not again where it could not be: the next holds all of it. */
  samples(samples: Samples): void
  /** The server may have forgotten what it was told: the next report tells everything. */
  tellAll(): void
  run(signal: AbortSignal): Promise<void>
}

interface Options {
  readonly server: ServerLink
  readonly host: string
  readonly counters: () => Readonly<Record<string, number>>
  readonly allBackends: () => ReadonlyMap<Id, BackendStatus>
  readonly now: () => string
  /** Where turns wait that the server has not heard of when the agent ends; nowhere when left out. */
  readonly kept?: KeptTurns | undefined
}

/** How often the server hears that the agent lives. */
const heartbeatMs = 5000
/** How many events are kept while the server is away. */
const mostEvents = 1000
/** The same of turns of backends: twenty each for a thousand. */
const mostTurns = 20_000
/** How many are told at a time. */
const mostTurnsTold = 5_000

export function reporter({ server, host, counters, allBackends, now, kept }: Options): Reporter {
  const bell = wakeBell()
  let revision = 0
  let failing: ReadonlyMap<Id, string> = new Map()
  let unsaid = new Map<Id, BackendStatus>()
  let events: HostEvent[] = []
  let turns: readonly BackendTurn[] = kept?.read() ?? []
  let keptTurns = turns
  let all = true
  let measured: Samples | undefined

  /** Only what the server did not hear at once is written: in quiet times, and in most others, nothing is. */
  function keep() {
    if (turns === keptTurns || turns.length + keptTurns.length === 0) return
    kept?.write(turns)
    keptTurns = turns
  }

  return {
    synced(to, failures) {
      revision = to
      failing = failures
      bell.ring()
    },
    backends(changed, newTurns = []) {
      if (newTurns.length > 0) turns = [...turns, ...newTurns].slice(-mostTurns)
      if (changed.size + newTurns.length === 0) return
      for (const [id, status] of changed) unsaid.set(id, status)
      bell.ring()
    },
    event(type, resource, message) {
      events = [...events.slice(1 - mostEvents), { at: now(), host, type, resource, message }]
      bell.ring()
    },
    samples(samples) {
      measured = samples
      bell.ring()
    },
    tellAll() {
      all = true
    },
    async run(signal) {
      for (let failures = 0; !signal.aborted;) {
        const [saying, telling, everything] = [unsaid, events, all]
        const turning = turns.slice(0, mostTurnsTold)
        unsaid = new Map()
        events = []
        all = false
        const backends = Object.fromEntries(everything ? [...allBackends()] : saying)
        const report = {
          host,
          synced: revision,
          failures: Object.fromEntries(failing),
          backends,
          events: telling,
          ...(turning.length > 0 ? { turns: turning } : {}),
          counters: { ...counters() },
          ...(measured ? { samples: measured } : {}),
        }
        measured = undefined
        try {
          await server.report(report, signal)
          failures = 0
          // By identity: where too many came meanwhile, some of these are gone already.
          const told = new Set(turning)
          turns = turns.filter(turn => !told.has(turn))
          keep()
          if (turns.length > 0) continue
          await bell.wait(heartbeatMs, signal)
        } catch {
          unsaid = new Map([...saying, ...unsaid])
          events = [...telling, ...events].slice(-mostEvents)
          all = true
          failures++
          keep()
          await pause(backOffMs(failures, 100, 2000), signal)
        }
      }
      keep()
    },
  }
}
