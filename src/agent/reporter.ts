import type { AgentReport, AgentState, BackendStatus, HostEvent, Samples } from '../client/wire.ts'
import type { Id } from '../model/model.ts'
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
  backends(changed: ReadonlyMap<Id, BackendStatus>): void
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
}

/** How often the server hears that the agent lives. */
const heartbeatMs = 5000
/** How many events are kept while the server is away. */
const mostEvents = 1000

export function reporter({ server, host, counters, allBackends, now }: Options): Reporter {
  const bell = wakeBell()
  let revision = 0
  let failing: ReadonlyMap<Id, string> = new Map()
  let unsaid = new Map<Id, BackendStatus>()
  let events: HostEvent[] = []
  let all = true
  let measured: Samples | undefined
  return {
    synced(to, failures) {
      revision = to
      failing = failures
      bell.ring()
    },
    backends(changed) {
      if (changed.size === 0) return
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
          counters: { ...counters() },
          ...(measured ? { samples: measured } : {}),
        }
        measured = undefined
        try {
          await server.report(report, signal)
          failures = 0
          await bell.wait(heartbeatMs, signal)
        } catch {
          unsaid = new Map([...saying, ...unsaid])
          events = [...telling, ...events].slice(-mostEvents)
          all = true
          failures++
          await pause(backOffMs(failures, 100, 2000), signal)
        }
      }
    },
  }
}
