import { existsSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { ProxyItem } from '../host/item.ts'
import { descriptionPrefix, proxyStructure } from '../host/proxy-text.ts'
import type { ProxyConfig } from '../host/proxy.ts'
import { cutSockets, flowSockets } from './flow-sockets.ts'
import type { ServerHealth } from './host.ts'
import { namespaceId, netnsPath } from './netns.ts'
import type { Measure } from './measure.ts'
import { measureCommand, proxyMeasures } from './proxy-measure.ts'
import { configOf, nothing, currentOf, planOf, retiredOf } from './proxy-plan.ts'
import {
  complaintOf,
  filesOf,
  finishProcesses,
  processesOf,
  spawnProxy,
  stopProcesses,
  truncateLog,
  type ProxyFiles,
} from './proxy-process.ts'
import { certificateChanges } from './proxy-certificates.ts'
import { Drains } from './proxy-drains.ts'
import { healthIn } from './proxy-health.ts'
import { ProxyLog, type LogRead } from './proxy-log.ts'
import { readRecord, replaceFile, writeRecord } from './proxy-record.ts'
import { ProxySilent, RuntimeSocket } from './proxy-socket.ts'
import { statCommand, statOf, type ServerStat } from './proxy-stat.ts'
import { stateFileText } from './proxy-state-file.ts'
import type { SystemUser } from './system-user.ts'

/** What a balancer needs of its driver. */
export interface BalancerPort {
  readonly directory: string
  readonly haproxyPath: string
  /** Whom HAProxy becomes once it listens. */
  readonly user: SystemUser | null
  readonly enter: <T>(netns: string, run: () => T) => T
  readonly counters: { processes: number; reloads: number; proxyCommands: number }
  /** Is told once when the process that should serve does not. */
  readonly ended: (netns: string, name: string) => void
  /** What the first of these processes that answers knows of servers. */
  readonly askOthers: (names: readonly string[]) => Promise<readonly ServerStat[]>
}

/** A process that answers. */
interface Running {
  readonly pid: number
  readonly structure: string
  readonly stats: readonly ServerStat[]
}

const startTimeoutMs = 5000
/** For so long after it was last seen, a server that was up is taken to be up by a process that replaces one that died. */
const memoryMs = 10_000
const logMaxBytes = 256 * 1024

/** For so long may a node that goes finish what it has, while the others serve. */
const farewellMs = 5000

/** One process of a balancer: its files, what runs, and what was last seen of it. Does one thing at a time. */
export class Balancer {
  readonly #name: string
  readonly #port: BalancerPort
  readonly #files: ProxyFiles
  readonly #socket: RuntimeSocket
  readonly #drains: Drains
  readonly #log: ProxyLog
  #turn: Promise<unknown> = Promise.resolve()
  /** The process that we started last and that should serve. */
  #serving: number | undefined
  #seen: { readonly at: number; readonly stats: readonly ServerStat[] } = { at: 0, stats: [] }
  #missed = false
  /** Whether servers that were taken out still had connections when they were last looked at. */
  unswept = false

  constructor(name: string, port: BalancerPort) {
    this.#name = name
    this.#port = port
    this.#files = filesOf(port.directory, name)
    this.#drains = new Drains(this.#files.drains)
    this.#log = new ProxyLog(this.#files.socket, this.#files.access)
    this.#socket = new RuntimeSocket(this.#files.socket, () => void this.#lookAfterEnd())
  }

  /** What really runs; null where nothing does, or in a namespace that is no more, or in none of these. */
  async observe(netns?: readonly string[]): Promise<ProxyItem | null> {
    const recorded = this.#recorded()
    if (recorded === null || netns?.includes(recorded.netns) === false) return null
    const running = await this.#running()
    if (running === null || !isInside(running.pid, recorded.netns)) return null
    const current = currentOf(running.stats)
    this.unswept ||= !this.#drains.isEmpty || retiredOf(running.stats, current).length > 0
    // After a reload that never came about it is not known what runs, only that it is not what is on file.
    const known = running.structure === proxyStructure(recorded.config)
    return { ...recorded, config: known ? configOf(recorded.config, current) : nothing }
  }

  put(item: ProxyItem): Promise<void> {
    return this.#inTurn(async () => {
      const running = await this.#running()
      // Processes that began to take over and never answered.
      await this.#stopAllBut(running?.pid)
      if (running === null) return this.#start(item, null)
      if (!isInside(running.pid, item.netns)) {
        this.#serving = undefined
        await stopProcesses([running.pid], this.#files)
        return this.#start(item, null)
      }
      if (running.structure !== proxyStructure(item.config)) return this.#start(item, running)
      return this.#change(item, running)
    })
  }

  /** Ends what runs: at once, or gently, so that it takes no more connections and has some time for those that it has. */
  remove(gently = false): Promise<void> {
    return this.#inTurn(async () => {
      this.#serving = undefined
      const running = await this.#running()
      const pids = [...new Set([...processesOf(this.#files), ...(running ? [running.pid] : [])])]
      this.#missed = true
      this.#socket.close()
      if (gently) await finishProcesses(pids, this.#files, farewellMs)
      await stopProcesses(pids, this.#files)
      this.unswept = false
      this.#log.close()
      this.#socket.close()
      for (const file of Object.values(this.#files)) rmSync(file, { force: true, recursive: true })
    })
  }

  /** Empty where nothing runs, which is reported. */
  async health(item: ProxyItem): Promise<ServerHealth[]> {
    const stats = await this.#statsOrNull()
    if (stats === null) {
      this.#miss(item.netns)
      return []
    }
    return healthIn(item, stats, this.#drains.leaving(item.config, stats))
  }

  /** What it has counted; nothing where nothing runs. */
  async measures(netns: string): Promise<Measure[]> {
    const answers = await this.#askOrNull(measureCommand)
    return proxyMeasures(netns, answers?.[0] ?? '').map(each => ({ ...each, by: this.#name }))
  }

  /** What it knows of its servers; empty where nothing runs. */
  async stats(): Promise<readonly ServerStat[]> {
    return (await this.#statsOrNull()) ?? []
  }

  /** What it wrote to its access log; nothing where it keeps none, or does not run. */
  async accessLog(after: string | null): Promise<LogRead | null> {
    return this.#recorded()?.config.log?.local ? this.#log.readOrNull(after) : null
  }

  /** Lets go of the process and leaves it alone. */
  close(): void {
    this.#log.close()
    this.#socket.close()
  }

  /** Forgets what the process has said where that grew long. */
  trimLog(): void {
    truncateLog(this.#files, logMaxBytes)
  }

  /** Deletes servers that were taken out once their connections have ended, and ends those whose time is over. */
  sweep(): Promise<void> {
    return this.#inTurn(async () => {
      const [recorded, running] = [this.#recorded(), await this.#running()]
      this.unswept = false
      if (recorded === null || running === null) return
      const { netns, config } = recorded
      const retired = retiredOf(running.stats, currentOf(running.stats))
      this.#drains.note(config, running.stats, retired)
      for (const server of this.#drains.overdue(config, Date.now())) {
        await this.#socket.ask(`shutdown sessions server ${server}`)
      }
      for (const server of retired) await this.#retire(server)
      this.#sweepOlder(netns, config)
      this.unswept ||= !this.#drains.isEmpty
    })
  }

  /** What older processes finish is out of reach of any runtime socket: the kernel tells of it, and ends it. */
  #sweepOlder(netns: string, config: ProxyConfig): void {
    const { pids } = this.#drains
    if (pids.length === 0) return
    const alive = processesOf(this.#files).filter(pid => pids.includes(pid))
    this.#port.enter(netns, () => {
      cutSockets(this.#drains.count(config, flowSockets(alive), Date.now()))
    })
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run)
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #running(): Promise<Running | null> {
    const answers = await this.#askOrNull(`show info; ${statCommand}`)
    if (answers === null) return null
    const [info = '', stat = ''] = answers
    const said = (word: string) => new RegExp(`^${word}: (.*)$`, 'm').exec(info)?.[1] ?? ''
    return {
      pid: Number(said('Pid')),
      structure: said('description').replace(descriptionPrefix, ''),
      stats: this.#remember(statOf(stat)),
    }
  }

  async #statsOrNull(): Promise<readonly ServerStat[] | null> {
    const answers = await this.#askOrNull(statCommand)
    return answers === null ? null : this.#remember(statOf(answers[0] ?? ''))
  }

  async #askOrNull(line: string): Promise<string[] | null> {
    if (!existsSync(this.#files.socket)) return null
    try {
      return await this.#socket.ask(line)
    } catch (error) {
      if (error instanceof ProxySilent) return null
      throw error
    }
  }

  #remember(stats: readonly ServerStat[]): readonly ServerStat[] {
    this.#seen = { at: Date.now(), stats }
    return stats
  }

  async #start(item: ProxyItem, old: Running | null): Promise<void> {
    const { socket, state } = this.#files
    const others = item.config.nodes.filter(node => node !== item.name)
    const learnt = old ? [] : await this.#port.askOthers(others)
    const remembered = Date.now() - this.#seen.at < memoryMs ? this.#seen.stats : []
    replaceFile(state, stateFileText(item.config, learnt.length > 0 ? learnt : remembered))
    const known = this.#recorded()
    const left = await this.#log.replacing(old?.pid, known?.config, item.config)
    this.#record(item)
    // Nothing is missed while it is being changed. Who could not be started is missed already.
    this.#missed = true
    try {
      this.#serving = await this.#spawn(item, old ? ['-sf', String(old.pid), '-x', socket] : [])
      if (old) this.#port.counters.reloads++
      this.#passOn(old, known?.config ?? nothing, item.config)
      this.#missed = false
      await left?.(true)
    } catch (error) {
      this.#missed = old === null
      await left?.(false)
      throw error
    }
  }

  /** What the process that was replaced has still to finish. */
  #passOn(old: Running | null, before: ProxyConfig, after: ProxyConfig): void {
    if (old) this.#drains.handOver(old.pid, before, after, old.stats)
    else this.#drains.note(after, [], [])
    this.unswept = !this.#drains.isEmpty
  }

  /** The number of a new process, which answers. */
  async #spawn(item: ProxyItem, takeOver: readonly string[]): Promise<number> {
    const child = this.#port.enter(item.netns, () => spawnProxy(this.#port.haproxyPath, this.#files, takeOver))
    this.#port.counters.processes++
    let ended = ''
    child.on('error', error => (ended = error.message))
    child.on('exit', (code, signal) => {
      ended = signal ?? `exit code ${code}`
      if (this.#serving === child.pid) this.#miss(item.netns)
    })
    for (const deadline = Date.now() + startTimeoutMs; ; await sleep(5)) {
      // Whoever answered before is not whom to ask now.
      this.#socket.close()
      if (child.pid !== undefined && (await this.#running())?.pid === child.pid) return child.pid
      if (ended) throw new Error(`haproxy did not start (${ended}): ${complaintOf(this.#files)}`)
      if (Date.now() > deadline) throw new Error(`haproxy did not answer within ${startTimeoutMs} ms of its start`)
    }
  }

  async #change(item: ProxyItem, { structure, stats }: Running): Promise<void> {
    const recorded = this.#recorded()
    // What is on file is not what runs where a reload never came about.
    const known = recorded && structure === proxyStructure(recorded.config) ? recorded.config.certificates : []
    const certificates = certificateChanges(this.#files.certificates, item.config.certificates, known)
    const { changes, retired } = planOf(item.config, stats)
    this.#drains.note(item.config, stats, retired)
    for (const line of [...certificates, ...changes]) {
      this.#port.counters.proxyCommands++
      await this.#socket.change(line)
    }
    // Before the file tells of the change, so that a crash between the two leaves a difference to be seen.
    for (const server of retired) await this.#retire(server)
    if (!isDeepStrictEqual(item, recorded)) this.#record(item)
    this.#missed = false
  }

  /** Takes a server out of service, and deletes it if nothing is connected to it any more. */
  async #retire(server: string): Promise<void> {
    this.#port.counters.proxyCommands++
    const [, deleted] = await this.#socket.ask(`set server ${server} state maint; del server ${server}`)
    if (!deleted?.includes('Server deleted.')) this.unswept = true
  }

  async #stopAllBut(running: number | undefined): Promise<void> {
    const pids = processesOf(this.#files)
    const younger =
      running !== undefined && pids.includes(running)
        ? pids.slice(0, pids.indexOf(running))
        : running === undefined
          ? pids
          : []
    await stopProcesses(younger, this.#files)
  }

  /** The runtime socket's connection ended; which is no loss if another can be made. */
  #lookAfterEnd(): Promise<void> {
    return this.#inTurn(async () => {
      const recorded = this.#recorded()
      if (recorded && (await this.#running()) === null) this.#miss(recorded.netns)
    })
  }

  #miss(netns: string): void {
    if (this.#missed) return
    this.#missed = true
    this.#port.ended(netns, this.#name)
  }

  #record(item: ProxyItem): void {
    writeRecord(this.#files, item, this.#port.user)
  }

  #recorded(): ProxyItem | null {
    return readRecord(this.#files)
  }
}

/** A process may hold on to a namespace that was deleted under it, and whose name another has by now. */
function isInside(pid: number, netns: string): boolean {
  const id = namespaceId(netnsPath(netns))
  return id !== null && id === namespaceId(`/proc/${pid}/ns/net`)
}
