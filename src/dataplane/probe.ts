import { randomBytes } from 'node:crypto'
import { close, connect, errnoWords, raised, receive, send, setOption, socket, SystemCallFailed } from './libc.ts'

/** How a backend is asked. */
export interface ProbeCheck {
  readonly protocol: 'udp' | 'icmp'
  /** What a UDP check sends; may be empty. */
  readonly send: string
  /** Text that an answer must hold; where empty, none is needed. */
  readonly expect: string
  readonly timeoutS: number
}

/** What a check found. */
export interface Finding {
  readonly ok: boolean
  /** In an operator's words. */
  readonly reason: string
}

/** A check under way, in a namespace that its sockets stay in. */
export interface Probe {
  /** What came of it by now, so many milliseconds after its beginning; null while that is open. */
  look(elapsedMs: number): Finding | null
  /** Milliseconds after its beginning at which it last did something: answers are likely soon after. */
  readonly movedMs: number
  close(): void
}

const [internet, datagram, raw] = [2, 2, 3]
const [icmp, udp] = [1, 17]
const nonBlocking = 0o4000
/** Errors that the network reports of the other side are told, also those that might pass. */
const reportErrors = { level: 0, name: 11 }
const icmpFilter = { level: 255, name: 1 }
const [echoRequest, echoReply] = [8, 0]

/** So long, or twice as long as an echo took, does a datagram have to be refused; silence after that is success. */
const quietMs = 1000

const answer = Buffer.alloc(1 << 16)

/** Begins a check. Called inside the namespace; fails where there is no way to the address. */
export function beginProbe(check: ProbeCheck, address: string, port: number): Probe {
  const echo = new Echo(address)
  if (check.protocol === 'icmp') return echoProbe(echo, check)
  try {
    const fd = connected(datagram, udp, address, port)
    return datagramProbe(echo, fd, check)
  } catch (error) {
    echo.close()
    throw error
  }
}

/** A failed system call in the words of an operator; those that HAProxy's checks use, where they mean the same. */
export function socketWords({ code, errno }: SystemCallFailed): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'port unreachable'
    case 'ENETUNREACH':
      return 'no route'
    case 'EHOSTUNREACH':
      return 'no route: host unreachable'
    case 'EPERM':
    case 'EACCES':
      return 'the rules for what leaves do not let the check pass'
    default:
      return errnoWords(errno)
  }
}

function echoProbe(echo: Echo, { timeoutS }: ProbeCheck): Probe {
  return {
    movedMs: 0,
    look: elapsedMs => told(() => (echo.answered() ? { ok: true, reason: 'answers ping' } : late(elapsedMs, timeoutS))),
    close: () => echo.close(),
  }
}

function late(elapsedMs: number, timeoutS: number): Finding | null {
  return elapsedMs >= timeoutS * 1000 ? { ok: false, reason: `no answer to ping: timeout after ${timeoutS} s` } : null
}

/** The host must answer an echo; then its port must not refuse a datagram, and answer it where an answer is expected. */
function datagramProbe(echo: Echo, fd: number, check: ProbeCheck): Probe {
  const { timeoutS, expect } = check
  let sentMs: number | null = null
  let heard = false
  const refused = (elapsedMs: number): Finding | null => {
    if (sentMs === null) return null
    for (const part of heardBy(fd)) {
      if (part.includes(expect)) return { ok: true, reason: 'answers' }
      heard = true
    }
    if (expect === '')
      return elapsedMs - sentMs >= Math.max(quietMs, 2 * sentMs) ? { ok: true, reason: 'not refused' } : null
    if (elapsedMs < timeoutS * 1000) return null
    const reason = heard ? 'the answer does not hold what is expected' : `timeout after ${timeoutS} s`
    return { ok: false, reason }
  }
  return {
    get movedMs() {
      return sentMs ?? 0
    },
    look: elapsedMs =>
      told(() => {
        if (sentMs !== null) return refused(elapsedMs)
        if (!echo.answered()) return late(elapsedMs, timeoutS)
        send(fd, Buffer.from(check.send))
        sentMs = elapsedMs
        return null
      }),
    close() {
      echo.close()
      close(fd)
    },
  }
}

function told(look: () => Finding | null): Finding | null {
  try {
    return look()
  } catch (error) {
    if (error instanceof SystemCallFailed) return { ok: false, reason: socketWords(error) }
    throw error
  }
}

/** An echo request that is sent as soon as it is made, and its reply. */
class Echo {
  readonly #fd: number
  readonly #content = randomBytes(16)

  constructor(address: string) {
    this.#fd = connected(raw, icmp, address, 0)
    try {
      setOption(this.#fd, icmpFilter.level, icmpFilter.name, ~(1 << echoReply))
      send(this.#fd, echoOf(this.#content))
    } catch (error) {
      this.close()
      throw error
    }
  }

  answered(): boolean {
    // The socket hears all replies of the address, also to others; with the header of their packets.
    for (const packet of heardBy(this.#fd)) {
      const at = (packet[0]! & 15) * 4
      if (packet[at] === echoReply && packet.subarray(at + 8).equals(this.#content)) return true
    }
    return false
  }

  close(): void {
    close(this.#fd)
  }
}

/** What a socket has got so far, each valid until the next; not more than that who floods us could keep us from all else. */
function* heardBy(fd: number): Iterable<Buffer> {
  for (let i = 0; i < mostAtOnce; i++) {
    const part = receive(fd, answer, false)
    if (!part) return
    yield part
  }
}

const mostAtOnce = 64

/** An echo request whose identifier is as random as its content. */
function echoOf(content: Buffer): Buffer {
  const packet = Buffer.concat([Buffer.of(echoRequest, 0, 0, 0), content.subarray(0, 2), Buffer.of(0, 1), content])
  let sum = 0
  for (let at = 0; at < packet.length; at += 2) sum += packet.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  packet.writeUInt16BE(~sum & 0xffff, 2)
  return packet
}

function connected(type: number, protocol: number, address: string, port: number): number {
  const fd = raised(socket(internet, type | nonBlocking, protocol))
  try {
    setOption(fd, reportErrors.level, reportErrors.name, 1)
    const place = Buffer.alloc(16)
    place.writeUInt16LE(internet, 0)
    place.writeUInt16BE(port, 2)
    place.set(address.split('.').map(Number), 4)
    connect(fd, place)
    return fd
  } catch (error) {
    close(fd)
    throw error
  }
}
