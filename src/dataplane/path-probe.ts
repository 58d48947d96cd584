import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as beginTls, type TLSSocket } from 'node:tls'
import { bind, close, connect, raised, setOption, socket, SystemCallFailed } from './libc.ts'
import { socketWords } from './probe.ts'
import { tryAll } from './tries.ts'

/** A backend to be asked from inside a namespace, step by step. */
export interface PathWish {
  readonly netns: string
  /** Empty where the kernel chooses. */
  readonly source: string
  readonly address: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  readonly speak: 'nothing' | 'http' | 'https'
  readonly path: string
  readonly host: string
}

/** What came of it, part by part; null for what was not tried. */
export interface PathReport {
  readonly connect: Connected
  /** Where HTTP was spoken: only if it speaks TLS in its place. */
  readonly tls: Shaken | null
  readonly http: Heard | null
  /** Whether it went well with small packets after it had not with those of usual size; null where that was not tried. */
  readonly small: boolean | null
}

interface Connected {
  readonly got: 'answer' | 'refusal' | 'nothing' | 'silence'
  /** In an operator's words. */
  readonly reason: string
  readonly ms: number
}

interface Shaken {
  readonly ok: boolean
  readonly reason: string
  readonly ms: number
  readonly names: readonly string[]
}

interface Heard {
  readonly status: number | null
  readonly firstMs: number | null
  readonly ms: number
  readonly bytes: number
  readonly end: 'whole' | 'cut' | 'silence' | 'other'
}

type Enter = <T>(netns: string, run: () => T) => T

/** How long each part may take; all of them together less than whoever asks waits. A lost first packet is sent again after a second. */
const limitMs = { connect: 1500, tls: 1000, http: 1200 }
const pollMs = 2
const mostBytes = 1 << 18
const [internet, stream] = [2, 1]
const tcp = 6
const nonBlocking = 0o4000
/** The other side sends no more than this in a packet: as little as every path carries. */
const segments = { level: tcp, name: 2, small: 536 }

/** Asks a backend as its balancer would, and says how far it came. Null where the namespace is not there. */
export async function probePath(enter: Enter, wish: PathWish): Promise<PathReport | null> {
  if (wish.protocol !== 'tcp') return datagrams(enter, wish)
  const whole = await attempt(enter, wish, null)
  if (whole === null) return null
  if (wish.speak === 'http' && isForeign(whole)) {
    const secure = await attempt(enter, { ...wish, speak: 'https' }, null)
    return { ...whole, tls: secure?.tls?.ok ? secure.tls : null, small: null }
  }
  if (!isStuck(whole)) return { ...whole, small: null }
  const again = await attempt(enter, wish, segments.small)
  return { ...whole, small: again !== null && isWell(again) }
}

type Attempt = Omit<PathReport, 'small'>

/** Who answers HTTP so may speak TLS: some hang up, some answer in TLS, and some say 400 to what they take for a mistake. */
function isForeign({ http }: Attempt): boolean {
  return http !== null && (http.status === 400 || (http.status === null && http.end !== 'silence'))
}

/** Connected, and then silence. */
function isStuck({ connect: first, tls, http }: Attempt): boolean {
  return first.got === 'answer' && (tls?.reason === silence || http?.end === 'silence')
}

function isWell({ connect: first, tls, http }: Attempt): boolean {
  return first.got === 'answer' && tls?.ok !== false && (http === null || http.end === 'whole')
}

const silence = 'no answer'

async function datagrams(
  enter: Enter,
  { netns, source, address: to, port, protocol }: PathWish,
): Promise<PathReport | null> {
  const from = performance.now()
  const [tried] = await tryAll(enter, [{ netns, source, to, port, protocol }])
  return tried ? { connect: { ...tried, ms: since(from) }, tls: null, http: null, small: null } : null
}

async function attempt(enter: Enter, wish: PathWish, segmentBytes: number | null): Promise<Attempt | null> {
  const from = performance.now()
  const opened = await open(enter, wish, segmentBytes)
  if (opened === null) return null
  if (typeof opened !== 'number') return { connect: { ...opened, ms: since(from) }, tls: null, http: null }
  const first: Connected = { got: 'answer', reason: 'connected', ms: since(from) }
  const plain = new Socket({ fd: opened, readable: true, writable: true })
  plain.on('error', () => {})
  try {
    if (wish.speak === 'nothing') return { connect: first, tls: null, http: null }
    if (wish.speak === 'http') return { connect: first, tls: null, http: await exchange(plain, wish) }
    const { shaken, secure } = await shake(plain, wish)
    return { connect: first, tls: shaken, http: secure ? await exchange(secure, wish) : null }
  } finally {
    plain.destroy()
  }
}

/** A connection as a descriptor, or why there is none. */
async function open(
  enter: Enter,
  { netns, source, address, port }: PathWish,
  segmentBytes: number | null,
): Promise<number | Omit<Connected, 'ms'> | null> {
  const until = performance.now() + limitMs.connect
  let fd: number
  try {
    fd = raised(enter(netns, () => socket(internet, stream | nonBlocking, tcp)))
  } catch {
    return null
  }
  try {
    if (source !== '') bind(fd, placeOf(source, 0))
    if (segmentBytes !== null) setOption(fd, segments.level, segments.name, segmentBytes)
    for (;;) {
      if (isConnected(fd, placeOf(address, port))) return fd
      if (performance.now() > until) throw new Silence()
      await pause(pollMs)
    }
  } catch (error) {
    close(fd)
    if (error instanceof Silence) return { got: 'nothing', reason: silence }
    if (!(error instanceof SystemCallFailed)) throw error
    if (error.code === 'ECONNREFUSED') return { got: 'refusal', reason: 'connection refused' }
    return { got: 'nothing', reason: socketWords(error) }
  }
}

class Silence extends Error {}

/** Whether a connection has come about, which asking for it again tells. */
function isConnected(fd: number, place: Buffer): boolean {
  try {
    connect(fd, place)
    return true
  } catch (error) {
    if (!(error instanceof SystemCallFailed)) throw error
    if (error.code === 'EISCONN') return true
    if (error.code === 'EINPROGRESS' || error.code === 'EALREADY') return false
    throw error
  }
}

function placeOf(address: string, port: number): Buffer {
  const place = Buffer.alloc(16)
  place.writeUInt16LE(internet, 0)
  place.writeUInt16BE(port, 2)
  place.set(address.split('.').map(Number), 4)
  return place
}

/** A TLS handshake. Whoever proves whatever name is listened to: health checks do not ask for that either. */
async function shake(plain: Socket, { host }: PathWish): Promise<{ shaken: Shaken; secure: TLSSocket | null }> {
  const from = performance.now()
  const isName = /[a-z]/i.test(host)
  const name = host.replace(/:\d+$/, '')
  const secure = beginTls({
    socket: plain,
    rejectUnauthorized: false,
    minVersion: 'TLSv1',
    ...(isName ? { servername: name } : {}),
  })
  const { promise, resolve } = Promise.withResolvers<string | null>()
  secure.on('secureConnect', () => resolve(null))
  secure.on('error', (error: NodeJS.ErrnoException) => resolve(wordsOf(error)))
  secure.on('close', () => resolve('cut'))
  const timer = setTimeout(resolve, limitMs.tls, silence)
  const reason = await promise
  clearTimeout(timer)
  const ms = since(from)
  if (reason !== null) return { shaken: { ok: false, reason, ms, names: [] }, secure: null }
  return { shaken: { ok: true, reason: secure.getProtocol() ?? '', ms, names: namesOf(secure) }, secure }
}

/** OpenSSL's words without their place in its source. */
function wordsOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNRESET') return 'cut'
  if (/wrong version number|packet length too long|http request/i.test(message)) return 'it does not speak TLS'
  return /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message
}

function namesOf(secure: TLSSocket): readonly string[] {
  const { subjectaltname = '', subject } = secure.getPeerCertificate()
  const names = subjectaltname.split(', ').flatMap(each => /^(?:DNS|IP Address):(.+)$/.exec(each)?.[1] ?? [])
  const [common] = [subject?.CN ?? []].flat()
  return names.length > 0 || common === undefined ? names : [common]
}

/** One request of HTTP, and how its answer came. */
async function exchange(connection: Socket, { path, host, address }: PathWish): Promise<Heard> {
  const from = performance.now()
  const { promise, resolve } = Promise.withResolvers<'end' | 'enough' | 'cut' | 'silence'>()
  const parts: Buffer[] = []
  let [bytes, firstMs]: [number, number | null] = [0, null]
  connection.on('data', (part: Buffer) => {
    firstMs ??= since(from)
    bytes += part.length
    if (bytes > mostBytes) return resolve('enough')
    parts.push(part)
    if (isWhole(Buffer.concat(parts).toString('latin1'))) resolve('end')
  })
  connection.on('end', () => resolve('end'))
  connection.on('error', () => resolve('cut'))
  connection.on('close', () => resolve('cut'))
  const timer = setTimeout(resolve, limitMs.http, 'silence')
  connection.write(
    `GET ${path} HTTP/1.1\r\nHost: ${host || address}\r\nConnection: close\r\nUser-Agent: causeway\r\n\r\n`,
  )
  const how = await promise
  clearTimeout(timer)
  const text = Buffer.concat(parts).toString('latin1')
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]
  return {
    status: status === undefined ? null : Number(status),
    firstMs,
    ms: since(from),
    bytes,
    end: endOf(text, how),
  }
}

/** How an answer ended, by what there is of it and what became of the connection. */
function endOf(text: string, how: 'end' | 'enough' | 'cut' | 'silence'): Heard['end'] {
  if (text !== '' && !text.startsWith('HTTP/1.')) return 'other'
  if (how === 'enough') return 'whole'
  if (how !== 'end') return how
  const head = text.indexOf('\r\n\r\n')
  const saysHowMuch = /\r\n(content-length|transfer-encoding):/i.test(text.slice(0, Math.max(0, head)))
  return head >= 0 && (!saysHowMuch || isWhole(text)) ? 'whole' : 'cut'
}

/** Whether an answer that says how much it is has come whole. */
function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, Math.max(0, head)))?.[1]
  if (/\r\ntransfer-encoding: *chunked/i.test(text.slice(0, Math.max(0, head)))) return text.endsWith('\r\n0\r\n\r\n')
  return head >= 0 && length !== undefined && text.length >= head + 4 + Number(length)
}

function since(from: number): number {
  return Math.round((performance.now() - from) * 10) / 10
}
