import { existsSync, readFileSync } from 'node:fs'
import { portTold, servedBy } from '../host/proxy-pool-text.ts'
import { listenerOf, poolsOf, type ProxyConfig, type ProxyPool } from '../host/proxy.ts'
import type { Destination, FlowSocket } from './flow-sockets.ts'
import { backendOf, currentOf, retiredOf } from './proxy-plan.ts'
import { replaceFile } from './proxy-record.ts'
import type { ServerStat } from './proxy-stat.ts'

/** A server that was taken out. What is told of it outlives whoever tells it: it is kept in a file. */
interface Drain extends Destination {
  /** `pool/name` in HAProxy. */
  readonly server: string
  readonly sinceMs: number
  /** After how many seconds its connections end, as of when it was taken out; 0 for when they end. */
  readonly drainS: number
  /** The process that finishes its connections after a reload; null for the one that serves. */
  readonly pid: number | null
}

/** What a backend that was taken out still has. */
export interface Leaving {
  readonly listener: string
  readonly backend: string
  readonly sessions: number
  /** When they end, if not by themselves. */
  readonly endsAtMs: number | null
}

/** The servers of one balancer that were taken out, since when each. */
export class Drains {
  readonly #file: string
  #all: readonly Drain[] | undefined
  /** How many connections each of older processes had when they were last counted. */
  #counts: ReadonlyMap<Drain, number> = new Map()

  constructor(file: string) {
    this.#file = file
  }

  get isEmpty(): boolean {
    return this.#known().length === 0
  }

  /** The older processes that finish something. */
  get pids(): readonly number[] {
    return [...new Set(this.#known().flatMap(({ pid }) => pid ?? []))]
  }

  /** Notes servers that are being taken out now, and forgets those that are gone from the process that serves. */
  note(config: ProxyConfig, stats: readonly ServerStat[], retired: readonly string[]): void {
    const names = new Set(retired)
    const kept = this.#known().filter(({ server, pid }) => pid !== null || names.delete(server))
    const begun = names.size > 0 ? stats.filter(({ pool, name }) => names.has(`${pool}/${name}`)) : []
    this.#keep([...kept, ...begun.map(stat => drainOf(config, stat))])
  }

  /** The servers of a process that is replaced by one for another configuration go on in it, but for those that are in both. */
  handOver(pid: number, before: ProxyConfig, after: ProxyConfig, stats: readonly ServerStat[]): void {
    const current = currentOf(stats)
    const stay = new Set(poolsOf(after).flatMap(pool => servedBy(pool).map(each => `${each.id} ${each.address}`)))
    const left = [...current.values()].filter(({ name, address }) => !stay.has(`${backendOf(name)} ${address}`))
    const leaving = [...retiredOf(stats, current), ...left.map(({ pool, name }) => `${pool}/${name}`)]
    this.note(merged(after, before), stats, leaving)
    this.#keep(this.#known().map(drain => (drain.pid === null ? { ...drain, pid } : drain)))
  }

  /** Those of the process that serves whose time is over. */
  overdue(config: ProxyConfig, now: number): readonly string[] {
    return this.#known()
      .filter(drain => drain.pid === null && isOver(config, drain, now))
      .map(({ server }) => server)
  }

  /** Counts the connections of older processes, and tells which of them have to end. */
  count(config: ProxyConfig, sockets: readonly FlowSocket[], now: number): readonly FlowSocket[] {
    const found = new Map(this.#known().map(drain => [drain, sockets.filter(each => isOf(drain, each))] as const))
    const kept = [...found].filter(([{ pid }, own]) => pid === null || own.length > 0)
    const over = kept.filter(([drain]) => drain.pid !== null && isOver(config, drain, now))
    this.#keep(kept.map(([drain]) => drain))
    this.#counts = new Map(kept.map(([drain, own]) => [drain, own.length]))
    return over.flatMap(([, own]) => own)
  }

  /** What every backend that was taken out still has, by its id. */
  leaving(config: ProxyConfig, stats: readonly ServerStat[]): ReadonlyMap<string, Leaving> {
    const sessions = new Map(stats.map(stat => [`${stat.pool}/${stat.name}`, stat.sessions]))
    const all = new Map<string, Leaving>()
    for (const drain of this.#known()) {
      const own = (drain.pid === null ? sessions.get(drain.server) : this.#counts.get(drain)) ?? 0
      if (own === 0) continue
      const [pool = '', name = ''] = drain.server.split('/')
      const backend = backendOf(name)
      const before = all.get(backend)
      const endsAtMs = latest(before?.endsAtMs, endOf(config, drain))
      all.set(backend, { listener: listenerOf(pool), backend, sessions: (before?.sessions ?? 0) + own, endsAtMs })
    }
    return all
  }

  #known(): readonly Drain[] {
    this.#all ??= existsSync(this.#file) ? parsed(readFileSync(this.#file, 'utf8')) : []
    return this.#all
  }

  #keep(drains: readonly Drain[]): void {
    const before = this.#known()
    this.#all = drains
    const same = drains.length === before.length && drains.every((drain, i) => drain === before[i])
    if (!same) replaceFile(this.#file, JSON.stringify(drains))
  }
}

/** The pools of both; where they have the same, those of the first. */
function merged(first: ProxyConfig, second: ProxyConfig): ProxyConfig {
  return { ...first, listeners: [...first.listeners, ...second.listeners] }
}

function poolOf(config: ProxyConfig, server: string): ProxyPool | undefined {
  const pools = poolsOf(config)
  const [name = ''] = server.split('/')
  // A pool that is no more was one of a listener that may still be there.
  return pools.find(({ id }) => id === name) ?? pools.find(({ id }) => id === listenerOf(name))
}

function drainOf(config: ProxyConfig, { pool: name, name: server, address, port }: ServerStat): Drain {
  const pool = poolOf(config, `${name}/${server}`)
  const own = pool ? portTold(pool, port) : port
  const listener = config.listeners.find(({ id }) => id === listenerOf(name))
  const more = listener?.lastPort == null ? 0 : listener.lastPort - listener.port
  const drainS = pool?.drainS ?? 0
  return {
    server: `${name}/${server}`,
    sinceMs: Date.now(),
    drainS,
    pid: null,
    address,
    port: own,
    lastPort: own + more,
  }
}

/** What the listener says now counts, if it is still there. */
function endOf(config: ProxyConfig, { server, sinceMs, drainS }: Drain): number | null {
  const seconds = poolOf(config, server)?.drainS ?? drainS
  return seconds === 0 ? null : sinceMs + seconds * 1000
}

function isOver(config: ProxyConfig, drain: Drain, now: number): boolean {
  const end = endOf(config, drain)
  return end !== null && now >= end
}

function isOf({ pid, address, port, lastPort }: Drain, socket: FlowSocket): boolean {
  return pid === socket.pid && address === socket.destination && port <= socket.port && socket.port <= lastPort
}

/** Without an end is later than any. */
function latest(a: number | null | undefined, b: number | null): number | null {
  return a === undefined ? b : a === null || b === null ? null : Math.max(a, b)
}

function parsed(text: string): readonly Drain[] {
  try {
    return JSON.parse(text) as readonly Drain[]
  } catch {
    // Somebody edited it: those that are still there are noted anew.
    return []
  }
}
