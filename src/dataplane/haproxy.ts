import { mkdirSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ProxyItem } from '../host/item.ts'
import type { Drift, ServerHealth } from './host.ts'
import type { Measure } from './measure.ts'
import type { LogRead } from './proxy-log.ts'
import { Balancer } from './proxy-balancer.ts'
import { firstUser } from './system-user.ts'

export interface HaproxyOptions {
  /** Holds the files of every balancer; a driver adopts what it finds there. Short: a socket's path has at most 100 bytes. */
  readonly directory: string
  /** Runs a function inside a namespace, by name or path, on the calling thread. */
  readonly enter: <T>(netns: string, run: () => T) => T
  /** Is told when a process ended that nobody asked to end. */
  readonly drifted: (drift: Drift) => void
  readonly haproxyPath?: string
}

/** The balancers of a machine: one HAProxy process each, which outlives the driver and is changed without a reload where possible. */
export interface HaproxyDriver {
  /** The balancers that run, as they really are; in all namespaces, or in these. */
  observe(netns?: readonly string[]): Promise<ProxyItem[]>
  /** Brings a balancer to run like this: starts it, reloads it, or changes its servers. */
  put(item: ProxyItem): Promise<void>
  /** Ends a process and forgets it; gently where others of its balancer go on. */
  remove(item: Pick<ProxyItem, 'name'>, gently?: boolean): Promise<void>
  /** What the balancers know of their backends; nothing of one that does not run, which is reported as drift. */
  health(items: readonly ProxyItem[]): Promise<ServerHealth[]>
  /** What the listeners and backends of balancers have counted. */
  measures(items: readonly ProxyItem[]): Promise<Measure[]>
  /** What a balancer wrote to its access log, all of it or after a place; null where it keeps none. */
  accessLog(item: Pick<ProxyItem, 'name'>, after: string | null): Promise<LogRead | null>
  readonly counters: { readonly processes: number; readonly reloads: number; readonly proxyCommands: number }
  /** Forgets everything and leaves the processes alone. */
  close(): void
}

const sweepMs = 1000
const trimMs = 60_000

export function haproxyDriver(options: HaproxyOptions): HaproxyDriver {
  const { enter, drifted, haproxyPath = '/usr/sbin/haproxy' } = options
  const user = firstUser('haproxy', 'nobody')
  const directory = resolve(options.directory)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const counters = { processes: 0, reloads: 0, proxyCommands: 0 }
  let closed = false
  const ended = (netns: string, name: string): void => {
    if (!closed) drifted({ netns, what: `haproxy ${name} exited` })
  }
  const balancers = new Map<string, Balancer>()
  async function askOthers(names: readonly string[]) {
    for (const name of names) {
      const known = await balancers.get(name)?.stats()
      if (known && known.length > 0) return known
    }
    return []
  }
  const port = { directory, haproxyPath, user, enter, counters, ended, askOthers }
  const balancer = (name: string): Balancer => {
    const known = balancers.get(name) ?? new Balancer(name, port)
    balancers.set(name, known)
    return known
  }
  const sweeper = setInterval(() => {
    // A sweep that fails is no loss: the next observation finds the same servers again.
    for (const one of balancers.values()) if (one.unswept) one.sweep().catch(() => {})
  }, sweepMs).unref()
  const trimmer = setInterval(() => balancers.forEach(one => one.trimLog()), trimMs).unref()

  return {
    async observe(netns) {
      const names = readdirSync(directory)
        .filter(file => file.endsWith('.cfg'))
        .map(file => file.slice(0, -'.cfg'.length))
      const found = await Promise.all(names.map(name => balancer(name).observe(netns)))
      return found.filter(item => item !== null)
    },
    put: item => balancer(item.name).put(item),
    async remove({ name }, gently) {
      await balancer(name).remove(gently)
      balancers.delete(name)
    },
    health: async items => (await Promise.all(items.map(item => balancer(item.name).health(item)))).flat(),
    measures: async items => (await Promise.all(items.map(item => balancer(item.name).measures(item.netns)))).flat(),
    accessLog: ({ name }, after) => balancer(name).accessLog(after),
    counters,
    close() {
      closed = true
      clearInterval(sweeper)
      clearInterval(trimmer)
      balancers.forEach(one => one.close())
    },
  }
}
