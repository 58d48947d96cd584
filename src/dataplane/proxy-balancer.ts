import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { ProxyItem } from '../host/item.ts'
import { proxyStructure, remembers } from '../host/proxy-text.ts'
import { poolsOf, type ProxyConfig } from '../host/proxy.ts'
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
import { endLesson } from './proxy-lesson.ts'
import { ProxyLog, type LogRead } from './proxy-log.ts'
import { ProxyRecord, replaceFile } from './proxy-record.ts'
import { RuntimeSocket } from './proxy-socket.ts'
import type { ServerStat } from './proxy-stat.ts'
import { stateFileText } from './proxy-state-file.ts'
import { ProxyView, type Running } from './proxy-view.ts'
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
  readonly #view: ProxyView
  readonly #record: ProxyRecord
  readonly #drains: Drains
  readonly #log: ProxyLog
  #turn: Promise<unknown> = Promise.resolve()
  /** The process that we started last and that should serve. */
  #serving: number | undefined
  #missed = false
  /** Whether servers that were taken out still had connections when they were last looked at. */
  unswept = false

  constructor(name: string, port: BalancerPort) {
    this.#name = name
    this.#port = port
    this.#files = filesOf(port.directory, name)
    this.#record = new ProxyRecord(this.#files, port.user)
    this.#drains = new Drains(this.#files.drains)
    this.#log = new ProxyLog(this.#files.socket, this.#files.access)
    this.#socket = new RuntimeSocket(this.#files.socket, () => void this.#lookAfterEnd())
    this.#view = new ProxyView(this.#files.socket, this.#socket)
  }

  /** What really runs; null where nothing does, or in a namespace that is no more, or in none of these. */
  async observe(netns?: readonly string[]): Promise<ProxyItem | null> {
    const recorded = this.#record.item
    if (recorded === null || netns?.includes(recorded.netns) === false) return null
    const running = await this.#view.look()
    if (running === null || !isInside(running.pid, recorded.netns)) return null
    const current = currentOf(running.stats)
    this.unswept ||= !this.#drains.isEmpty || retiredOf(running.stats, current).length > 0
    // After a reload that never came about it is not known what runs, only that it is not what is on file.
    const known = running.structure === proxyStructure(recorded.config)
    return { ...recorded, config: known ? configOf(recorded.config, current) : nothing }
  }

  put(item: ProxyItem): Promise<void> {
    return this.#inTurn(async () => {
      const running = await this.#view.glance()
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
      const running = await this.#view.look()
      const pids = [...new Set([...processesOf(this.#files), ...(running ? [running.pid] : [])])]
      this.#missed = true
      this.#socket.close()
      if (gently) await finishProcesses(pids, this.#files, farewellMs)
      await stopProcesses(pids, this.#files)
      this.unswept = false
      this.#log.close()
      this.#socket.close()
      this.#record.forget()
      for (const file of Object.values(this.#files)) rmSync(file, { force: true, recursive: true })
    })
  }

  /** Empty where nothing runs, which is reported. */
  async health(item: ProxyItem): Promise<ServerHealth[]> {
    const running = await this.#view.look()
    if (running === null) {
      this.#miss(item.netns)
      return []
    }
    return healthIn(item, running.stats, this.#drains.leaving(item.config, running.stats))
  }

  /** What it has counted; nothing where nothing runs. */
  async measures(netns: string): Promise<Measure[]> {
    const answers = await this.#view.askOrNull(measureCommand)
    return proxyMeasures(netns, answers?.[0] ?? '').map(each => ({ ...each, by: this.#name }))
  }

  /** What it knows of its servers; empty where nothing runs. */
  async stats(): Promise<readonly ServerStat[]> {
    return (await this.#view.look())?.stats ?? []
  }

  /** What it wrote to its access log; nothing where it keeps none, or does not run. */
  async accessLog(after: string | null): Promise<LogRead | null> {
    return this.#record.item?.config.log?.local ? this.#log.readOrNull(after) : null
  }

  /** Lets go of the process and leaves it alone. */
  close(): void {
    this.#record.flush()
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
      const [recorded, running] = [this.#record.item, await this.#view.look()]
      this.unswept = false
      if (recorded === null || running === null) return
      const { netns, config } = recorded
      const retired = retiredOf(running.stats, currentOf(running.stats))
      this.#drains.note(config, running.stats, retired)
      for (const server of this.#drains.overdue(config, Date.now())) {
        await this.#socket.ask(`shutdown sessions server ${server}`)
      }
      await this.#view.change(running.stats, () => this.#retireAll(retired))
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

  async #start(item: ProxyItem, old: Running | null): Promise<void> {
    const { socket, state } = this.#files
    replaceFile(state, stateFileText(item.config, await this.#known(item, old)))
    const known = this.#record.item
    const left = await this.#log.replacing(old?.pid, known?.config, item.config)
    this.#record.write(item)
    // Nothing is missed while it is being changed. Who could not be started is missed already.
    this.#missed = true
    try {
      this.#serving = await this.#spawn(item, old ? ['-sf', String(old.pid), '-x', socket] : [])
      if (old) this.#port.counters.reloads++
      if (await this.#knowsAll(item, old, known?.config)) await endLesson(item, old !== null, this.#port.enter)
      this.#passOn(old, known?.config ?? nothing, item.config)
      this.#missed = false
      await left?.(true)
    } catch (error) {
      this.#missed = old === null
      await left?.(false)
      throw error
    }
  }

  /** What is known of servers: by the process that is replaced, and by other nodes of what it never had, as what the kernel carried. */
  async #known({ name, config }: ProxyItem, old: Running | null): Promise<readonly ServerStat[]> {
    const remembered = this.#view.lastSeen(memoryMs)?.stats ?? []
    const own = new Set(old ? remembered.map(({ pool }) => pool) : [])
    if (old && poolsOf(config).every(({ id }) => own.has(id))) return remembered
    const learnt = await this.#port.askOthers(config.nodes.filter(node => node !== name))
    if (!old) return learnt.length > 0 ? learnt : remembered
    return [...remembered, ...learnt.filter(({ pool }) => !own.has(pool))]
  }

  /** Whether a new process should remember which client goes where, and nobody can tell it of any. */
  async #knowsAll({ name, config }: ProxyItem, old: Running | null, before: ProxyConfig | undefined): Promise<boolean> {
    if (!remembers(config)) return false
    if (old) return before !== undefined && !remembers(before)
    return (await this.#port.askOthers(config.nodes.filter(node => node !== name))).length === 0
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
      if (child.pid !== undefined && (await this.#view.look())?.pid === child.pid) return child.pid
      if (ended) throw new Error(`haproxy did not start (${ended}): ${complaintOf(this.#files)}`)
      if (Date.now() > deadline) throw new Error(`haproxy did not answer within ${startTimeoutMs} ms of its start`)
    }
  }

  async #change(item: ProxyItem, running: Running): Promise<void> {
    const recorded = this.#record.item
    // What is on file is not what runs where a reload never came about.
    const known = recorded && running.structure === proxyStructure(recorded.config) ? recorded.config.certificates : []
    const certificates = certificateChanges(this.#files.certificates, item.config.certificates, known)
    const { changes, retired, stats } = planOf(item.config, running.stats)
    await this.#view.change(stats, async () => {
      for (const line of [...certificates, ...changes]) {
        this.#port.counters.proxyCommands++
        await this.#socket.change(line)
      }
      const deleted = await this.#retireAll(retired)
      this.#drains.note(
        item.config,
        running.stats,
        retired.filter(server => !deleted.has(server)),
      )
      return deleted
    })
    if (certificates.length > 0) this.#record.write(item)
    // What was changed differs, without a look at a thousand servers.
    else if (changes.length + retired.length > 0 || !isDeepStrictEqual(item, recorded)) this.#record.writeSoon(item)
    this.#missed = false
  }

  /** Takes servers out of service, and deletes those to which nothing is connected any more; tells which. */
  async #retireAll(servers: readonly string[]): Promise<ReadonlySet<string>> {
    const deleted = new Set<string>()
    for (const server of servers) {
      this.#port.counters.proxyCommands++
      const [, answer] = await this.#socket.ask(`set server ${server} state maint; del server ${server}`)
      if (answer?.includes('Server deleted.')) deleted.add(server)
    }
    this.unswept ||= deleted.size < servers.length
    return deleted
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
      const recorded = this.#record.item
      if (recorded && (await this.#view.look()) === null) this.#miss(recorded.netns)
    })
  }

  #miss(netns: string): void {
    if (this.#missed) return
    this.#missed = true
    this.#port.ended(netns, this.#name)
  }
}

/** A process may hold on to a namespace that was deleted under it, and whose name another has by now. */
function isInside(pid: number, netns: string): boolean {
  const id = namespaceId(netnsPath(netns))
  return id !== null && id === namespaceId(`/proc/${pid}/ns/net`)
}
