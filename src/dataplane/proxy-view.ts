import { existsSync } from 'node:fs'
import { descriptionPrefix } from '../host/proxy-text.ts'
import { ProxySilent, type RuntimeSocket } from './proxy-socket.ts'
import { statCommand, statOf, type ServerStat } from './proxy-stat.ts'

/** A process that answers. */
export interface Running {
  readonly pid: number
  readonly structure: string
  readonly stats: readonly ServerStat[]
}

/** For so long a process is known without asking it about all its servers, of which there may be thousands. */
const recentMs = 3000
const infoCommand = 'show info'

/** What is known of the process behind a runtime socket. */
export class ProxyView {
  readonly #path: string
  readonly #socket: RuntimeSocket
  #seen: { readonly at: number; readonly running: Running } | null = null
  /** Whether it is as it was seen, or as it was changed since. */
  #isSure = false

  constructor(path: string, socket: RuntimeSocket) {
    this.#path = path
    this.#socket = socket
  }

  /** What runs now; null where nothing does. */
  async look(): Promise<Running | null> {
    const answers = await this.askOrNull(`${infoCommand}; ${statCommand}`)
    if (answers === null) return null
    const [info = '', stat = ''] = answers
    const running = { ...processIn(info), stats: statOf(stat) }
    this.#seen = { at: Date.now(), running }
    this.#isSure = true
    return running
  }

  /** The same, by what was seen a short while ago and changed since if it is still that process. */
  async glance(): Promise<Running | null> {
    const running = this.#isSure ? this.lastSeen(recentMs) : null
    if (running === null) return this.look()
    const answers = await this.askOrNull(infoCommand)
    if (answers === null) return null
    const { pid, structure } = processIn(answers[0] ?? '')
    return pid === running.pid && structure === running.structure ? running : this.look()
  }

  /** What was seen last, if that is no longer ago than this. */
  lastSeen(withinMs: number): Running | null {
    return this.#seen && Date.now() - this.#seen.at <= withinMs ? this.#seen.running : null
  }

  /** Changes it; what it has if this fails is for itself to say. Afterwards it has these servers, without those that the change tells to be deleted. */
  async change(stats: readonly ServerStat[], change: () => Promise<Iterable<string>>): Promise<void> {
    this.#isSure = false
    const deleted = new Set(await change())
    if (!this.#seen) return
    const kept = deleted.size > 0 ? stats.filter(({ pool, name }) => !deleted.has(`${pool}/${name}`)) : stats
    this.#seen = { ...this.#seen, running: { ...this.#seen.running, stats: kept } }
    this.#isSure = true
  }

  async askOrNull(line: string): Promise<string[] | null> {
    if (!existsSync(this.#path)) return null
    try {
      return await this.#socket.ask(line)
    } catch (error) {
      if (error instanceof ProxySilent) return null
      throw error
    }
  }
}

function processIn(info: string): Pick<Running, 'pid' | 'structure'> {
  const said = (word: string) => new RegExp(`^${word}: (.*)$`, 'm').exec(info)?.[1] ?? ''
  return { pid: Number(said('Pid')), structure: said('description').replace(descriptionPrefix, '') }
}
