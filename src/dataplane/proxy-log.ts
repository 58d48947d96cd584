import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { accessRing } from '../host/proxy-log-text.ts'
import type { ProxyConfig } from '../host/proxy.ts'
import { replaceFile } from './proxy-record.ts'
import { ProxySilent, RuntimeSocket } from './proxy-socket.ts'

/** What was read of an access log: lines as HAProxy keeps them, `<6>2026-01-31T12:00:00.123456+00:00 …`, the oldest first. */
export interface LogRead {
  readonly lines: readonly string[]
  /** A place after these lines, from which to go on. */
  readonly next: string
  /** Whether there were more between the place that was asked for and these, which are lost. */
  readonly missed: boolean
}

type Logging = Pick<ProxyConfig, 'log'>
type Left = (replaced: boolean) => Promise<void>

const timeoutMs = 5000
/** How long a process that was replaced is listened to: most of its connections end at once. */
const lingerMs = 2000
/** How much of what earlier processes wrote is kept. */
const keptChars = 1024 * 1024
/** How many lines are remembered for those who follow. */
const followed = 20_000
/** Nobody follows any more who was not heard of for so long. */
const forgetMs = 60_000
/** By so much of its end a text is found again in what it became. */
const jointChars = 4096

/** The access log of one balancer: the ring of the process that serves, and what those before it wrote. */
export class ProxyLog {
  readonly #socket: string
  readonly #file: string
  /** Processes that were replaced a moment ago, with what they wrote. */
  readonly #leaving = new Map<number, { text: string; readonly end: () => void }>()
  #memory: Memory | undefined

  constructor(socket: string, file: string) {
    this.#socket = socket
    this.#file = file
  }

  /** Every line that is there, or those after a place. Rejects where no process answers. */
  async read(after: string | null): Promise<LogRead> {
    const [info = '', ring = ''] = await dump(this.#socket)
    const pid = Number(/^Pid: (\d+)$/m.exec(info)?.[1])
    const rings = new Map([...[...this.#leaving].map(([old, { text }]) => [old, text] as const), [pid, ring]])
    const memory = this.#remember()
    memory.take(rings)
    if (after !== null) return memory.after(after)
    const lines = linesOf([this.#kept(), ...rings.values()].join('\n'))
    // Processes that took turns may have written at the same time.
    if (rings.size > 1 || existsSync(this.#file)) lines.sort(byTime)
    return { lines, next: memory.next, missed: false }
  }

  /** The same; null where no process answers. */
  async readOrNull(after: string | null): Promise<LogRead | null> {
    try {
      return await this.read(after)
    } catch (error) {
      if (error instanceof ProxySilent) return null
      throw error
    }
  }

  /**
   * To be called before a process is replaced, with what it and the next do: what it has written is kept, if the next keeps a log.
   * Answers with what to call when it was replaced, or was not.
   */
  async replacing(pid: number | undefined, before: Logging | undefined, after: Logging): Promise<Left | null> {
    if (!after.log?.local) this.forget()
    else if (pid !== undefined && before?.log?.local) return this.#leave(pid).catch(() => null)
    return null
  }

  async #leave(pid: number): Promise<Left> {
    // A connection that was made before still leads to the old process afterwards.
    const old = new RuntimeSocket(this.#socket, () => {})
    const look = async () => ((await old.ask(`show events ${accessRing}`))[0] ?? '').trimEnd()
    const first = await look()
    return async replaced => {
      if (!replaced) return old.close()
      const leaving = { text: await look().catch(() => first), end: () => this.#end(pid, timer, old) }
      this.#leaving.set(pid, leaving)
      const timer: NodeJS.Timeout = setTimeout(() => {
        void look()
          .then(text => (leaving.text = text))
          .catch(() => {})
          .finally(() => leaving.end())
      }, lingerMs).unref()
    }
  }

  /** Forgets what earlier processes wrote. */
  forget(): void {
    this.#leaving.forEach(({ end }) => end())
    rmSync(this.#file, { force: true })
  }

  /** Lets go of processes that were replaced. */
  close(): void {
    this.#leaving.forEach(({ end }) => end())
  }

  #end(pid: number, timer: NodeJS.Timeout, old: RuntimeSocket): void {
    clearTimeout(timer)
    old.close()
    const leaving = this.#leaving.get(pid)
    if (!this.#leaving.delete(pid) || leaving === undefined) return
    this.#memory?.take(new Map([[pid, leaving.text]]))
    const text = `${this.#kept()}\n${leaving.text}`
    const cut = text.length - keptChars
    replaceFile(this.#file, cut > 0 ? text.slice(text.indexOf('\n', cut) + 1) : text)
  }

  #kept(): string {
    return existsSync(this.#file) ? readFileSync(this.#file, 'utf8') : ''
  }

  #remember(): Memory {
    const memory = this.#memory ?? new Memory()
    memory.onForget(() => (this.#memory = undefined))
    return (this.#memory = memory)
  }
}

/** Numbers the lines that appear while somebody follows, so that each is told once. Forgets itself. */
class Memory {
  readonly #stream = Date.now().toString(36)
  readonly #ends = new Map<number, string>()
  #lines: string[] = []
  /** How many lines came before those that are remembered. */
  #before = 0
  #begun = false
  #timer: NodeJS.Timeout | undefined

  get next(): string {
    return `${this.#stream}-${this.#before + this.#lines.length}`
  }

  onForget(forget: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(forget, forgetMs).unref()
  }

  /** What rings hold now, by process; what they held at the first look is nothing new. */
  take(rings: ReadonlyMap<number, string>): void {
    const fresh = [...rings].flatMap(([pid, text]) => {
      const end = this.#ends.get(pid) ?? (this.#begun ? '' : text.slice(-jointChars))
      this.#ends.set(pid, text.slice(-jointChars))
      const at = end === '' ? -1 : text.lastIndexOf(end)
      // What a ring held since, and does not any more, is not known.
      if (end !== '' && at < 0) this.#skip()
      return linesOf(at < 0 ? text : text.slice(at + end.length))
    })
    this.#begun = true
    this.#lines.push(...fresh.sort(byTime))
    const surplus = this.#lines.length - followed
    if (surplus <= 0) return
    this.#lines.splice(0, surplus)
    this.#before += surplus
  }

  /** Nobody who followed so far has all. */
  #skip(): void {
    this.#before += this.#lines.length + 1
    this.#lines = []
  }

  after(place: string): LogRead {
    const [, stream, text] = /^(.*)-(\d+)$/.exec(place) ?? []
    const known = stream === this.#stream
    const from = known ? Number(text) - this.#before : this.#lines.length
    return { lines: this.#lines.slice(Math.max(0, from)), next: this.next, missed: !known || from < 0 }
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line.startsWith('<'))
}

const stampAt = '<6>'.length
const stampLength = '2026-01-31T12:00:00.123456'.length

function byTime(a: string, b: string): number {
  const [x, y] = [a.slice(stampAt, stampAt + stampLength), b.slice(stampAt, stampAt + stampLength)]
  return x < y ? -1 : x > y ? 1 : 0
}

/** What a process says of itself, and what its ring holds: over a connection of their own, as the ring may be long. */
function dump(path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const connection = createConnection(path, () => connection.write(`show info; show events ${accessRing}\n`))
    let reason = ''
    connection.setTimeout(timeoutMs, () => connection.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    connection.on('error', error => (reason = error.message))
    connection.on('data', (part: Buffer) => parts.push(part))
    connection.on('close', () => {
      const text = Buffer.concat(parts).toString()
      const end = text.indexOf('\n\n')
      if (reason === '' && end >= 0) resolve([text.slice(0, end), text.slice(end + 2).trimEnd()])
      else reject(new ProxySilent(path, reason || 'the connection ended'))
    })
  })
}
