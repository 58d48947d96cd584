import { fullHealth, lifeState, nextHealth, waitAfter } from './check-life.ts'
import type { ServerHealth } from './host.ts'
import { SystemCallFailed } from './libc.ts'
import { beginProbe, socketWords, type Finding, type Probe, type ProbeCheck } from './probe.ts'

/** A backend that is checked from inside a namespace. */
export interface ProbeTarget {
  readonly netns: string
  readonly listener: string
  readonly backend: string
  readonly address: string
  readonly port: number
  readonly check: ProbeCheck & { readonly intervalS: number; readonly fall: number; readonly rise: number }
  /** Whether it served before this process began, so that it goes on until checks say otherwise. Heard at its first mention only. */
  readonly wasUp?: boolean
}

/** What is known of a backend; nothing before the first check has ended, whatever the state says. */
export interface ProbedHealth extends ServerHealth {
  readonly known: boolean
}

export interface ProberOptions {
  /** Runs a function inside a namespace, by name or path, on the calling thread; fails where there is none. */
  readonly enter: <T>(netns: string, run: () => T) => T
  /** Is told when the state of a backend became another one. */
  readonly turned?: (health: ProbedHealth) => void
}

/** Checks backends by ICMP and UDP, without a process or a thread. Ends with the process. */
export interface Prober {
  /** All that are checked from now on. One that is where it was keeps what is known of it, though it may be checked otherwise. */
  set(targets: readonly ProbeTarget[]): void
  health(): readonly ProbedHealth[]
  close(): void
}

/** First checks are spread over so much time. */
const spreadMs = 200
/** Answers are looked for after a quarter of the time that they already took, within these bounds. */
const [leastPollMs, mostPollMs] = [2, 50]
/** So long until a namespace is looked for again that was not there. */
const missingMs = 1000

interface Case {
  target: ProbeTarget
  health: number
  known: boolean
  last: (Finding & { readonly tookMs: number }) | null
  dueMs: number
  /** Whether it has settled before, so that its checks are no longer where all began. */
  settled: boolean
  running: { readonly probe: Probe; readonly sinceMs: number } | null
}

export function prober({ enter, turned }: ProberOptions): Prober {
  const cases = new Map<string, Case>()
  let timer: NodeJS.Timeout | undefined

  function begin(one: Case, nowMs: number): void {
    const { netns, check, address, port } = one.target
    let inside = false
    try {
      const probe = enter(netns, () => {
        inside = true
        return beginProbe(check, address, port)
      })
      one.running = { probe, sinceMs: nowMs }
    } catch (error) {
      if (inside && error instanceof SystemCallFailed) end(one, { ok: false, reason: socketWords(error) }, nowMs, nowMs)
      // A namespace that is not there says nothing of a backend.
      else one.dueMs = nowMs + missingMs
    }
  }

  function end(one: Case, finding: Finding, sinceMs: number, nowMs: number): void {
    const { check } = one.target
    const before = one.known ? stateOf(one) : null
    one.running?.probe.close()
    one.running = null
    one.last = { ...finding, tookMs: Math.round(nowMs - sinceMs) }
    one.health = nextHealth({ ...check, health: one.health }, finding.ok)
    one.known = true
    one.dueMs = sinceMs + pause(one)
    if (stateOf(one) !== before) turned?.(healthOf(one))
  }

  function pause(one: Case): number {
    const { check } = one.target
    const waitMs = waitAfter({ ...check, health: one.health }, check.intervalS)
    if (one.settled || stateOf(one) !== 'up') return waitMs
    one.settled = true
    return waitMs * (0.5 + shareOf(one.target) / 2)
  }

  function round(): void {
    timer = undefined
    for (const one of cases.values()) {
      const nowMs = performance.now()
      if (one.running) {
        const { probe, sinceMs } = one.running
        const finding = probe.look(nowMs - sinceMs)
        if (finding) end(one, finding, sinceMs, nowMs)
      } else if (one.dueMs <= nowMs) begin(one, nowMs)
    }
    wake()
  }

  /** Sleeps until something is due; with checks under way until an answer may be there. */
  function wake(): void {
    const nowMs = performance.now()
    let waitMs = Infinity
    for (const { running, dueMs } of cases.values()) {
      if (!running) waitMs = Math.min(waitMs, dueMs - nowMs)
      else {
        const quietMs = nowMs - running.sinceMs - running.probe.movedMs
        waitMs = Math.min(waitMs, Math.max(leastPollMs, quietMs / 4), mostPollMs)
      }
    }
    clearTimeout(timer)
    timer = waitMs === Infinity ? undefined : setTimeout(round, Math.max(1, Math.ceil(waitMs))).unref()
  }

  return {
    set(targets) {
      const wanted = new Map(targets.map(target => [keyOf(target), target]))
      for (const [key, one] of cases) {
        if (wanted.has(key)) continue
        one.running?.probe.close()
        cases.delete(key)
      }
      for (const [key, target] of wanted) {
        const known = cases.get(key)
        if (known) adopt(known, target)
        else cases.set(key, caseOf(target))
      }
      wake()
    },
    health: () => [...cases.values()].map(healthOf),
    close() {
      clearTimeout(timer)
      for (const { running } of cases.values()) running?.probe.close()
      cases.clear()
    },
  }
}

function caseOf(target: ProbeTarget): Case {
  return {
    target,
    health: target.wasUp ? fullHealth(target.check) : 0,
    known: false,
    last: null,
    dueMs: performance.now() + shareOf(target) * spreadMs,
    settled: false,
    running: null,
  }
}

function keyOf({ netns, listener, backend, address, port }: ProbeTarget): string {
  return [netns, listener, backend, address, port].join(' ')
}

/** Checks a backend as it is now wished, at once where that is another way; what is known of it stays. */
function adopt(one: Case, target: ProbeTarget): void {
  const [before, after] = [one.target.check, target.check]
  const serves = one.health >= before.rise
  one.target = target
  if (JSON.stringify(before) === JSON.stringify(after)) return
  if (before.rise !== after.rise || before.fall !== after.fall)
    one.health = serves ? fullHealth(after) : Math.min(one.health, after.rise - 1)
  one.running?.probe.close()
  one.running = null
  one.settled = false
  one.dueMs = performance.now() + shareOf(target) * spreadMs
}

function stateOf({ target, health }: Case) {
  return lifeState({ ...target.check, health })
}

function healthOf(one: Case): ProbedHealth {
  const { listener, backend } = one.target
  return {
    listener,
    backend,
    state: stateOf(one),
    reason: one.last?.reason ?? '',
    checkMs: one.last?.tookMs ?? null,
    sessions: 0,
    requests: 0,
    known: one.known,
  }
}

/** A number from 0 to 1 that a backend has for good. */
function shareOf({ listener, backend }: ProbeTarget): number {
  let hash = 0
  for (const letter of listener + backend) hash = (hash * 31 + letter.charCodeAt(0)) % 1009
  return hash / 1009
}
