import { setTimeout as pause } from 'node:timers/promises'
import { bind, close, connect, raised, receive, send, setOption, socket, SystemCallFailed } from './libc.ts'
import { beginProbe, socketWords } from './probe.ts'

/** A flow to be tried from inside a namespace. */
export interface Try {
  readonly netns: string
  /** The address that it is sent from; empty where the kernel chooses. */
  readonly source: string
  readonly to: string
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  readonly port: number
}

/**
 * What came of it: somebody answered; somebody said that nobody listens there; nobody could be sent to, or answered in time; or, of
 * UDP, silence, which says nothing.
 */
export interface Tried {
  readonly got: 'answer' | 'refusal' | 'nothing' | 'silence'
  /** In an operator's words. */
  readonly reason: string
}

const timeoutMs = 2500
const pollMs = 20
/** After so long nobody refuses a datagram any more. */
const quietMs = 1500
const [internet, stream, datagram] = [2, 1, 2]
const [tcp, udp] = [6, 17]
const nonBlocking = 0o4000
/** Errors that the network reports of the other side are told, also those that might pass. */
const reportErrors = { level: 0, name: 11 }
const heard = Buffer.alloc(1 << 16)

/** Tries flows, all at once; null for those whose namespace is not there. */
export function tryAll(
  enter: <T>(netns: string, run: () => T) => T,
  tries: readonly Try[],
): Promise<readonly (Tried | null)[]> {
  return Promise.all(tries.map(each => settled(begun(enter, each))))
}

/** Null where the namespace cannot be entered: what fails inside is a finding, that there is no inside is none. */
function begun(enter: <T>(netns: string, run: () => T) => T, each: Try): Running | Tried | null {
  try {
    return enter(each.netns, () => begin(each))
  } catch {
    return null
  }
}

interface Running {
  look(elapsedMs: number): Tried | null
  close(): void
}

async function settled(running: Running | Tried | null): Promise<Tried | null> {
  if (running === null || 'got' in running) return running
  const since = performance.now()
  try {
    for (;;) {
      await pause(pollMs)
      const found = running.look(performance.now() - since)
      if (found) return found
    }
  } finally {
    running.close()
  }
}

function begin(each: Try): Running | Tried {
  try {
    return kinds[each.protocol](each)
  } catch (error) {
    if (error instanceof SystemCallFailed) return { got: 'nothing', reason: socketWords(error) }
    throw error
  }
}

const kinds: Readonly<Record<Try['protocol'], (each: Try) => Running>> = {
  tcp: connecting,
  udp: sending,
  icmp: echoing,
}

/** A connection: asked for again and again, the kernel says how far it has come. */
function connecting({ source, to, port }: Try): Running {
  const fd = raised(socket(internet, stream | nonBlocking, tcp))
  const state = (): Tried | null => {
    try {
      connect(fd, placeOf(to, port))
      return { got: 'answer', reason: 'connected' }
    } catch (error) {
      if (!(error instanceof SystemCallFailed)) throw error
      if (error.code === 'EISCONN') return { got: 'answer', reason: 'connected' }
      if (error.code === 'EINPROGRESS' || error.code === 'EALREADY') return null
      if (error.code === 'ECONNREFUSED') return { got: 'refusal', reason: 'connection refused' }
      return { got: 'nothing', reason: socketWords(error) }
    }
  }
  try {
    if (source !== '') bind(fd, placeOf(source, 0))
    let first = state()
    return {
      look(elapsedMs) {
        const found = first ?? state()
        first = null
        return found ?? (elapsedMs >= timeoutMs ? { got: 'nothing', reason: 'no answer' } : null)
      },
      close: () => close(fd),
    }
  } catch (error) {
    close(fd)
    throw error
  }
}

/** A datagram: what is not refused may have been taken. */
function sending({ source, to, port }: Try): Running {
  const fd = raised(socket(internet, datagram | nonBlocking, udp))
  try {
    setOption(fd, reportErrors.level, reportErrors.name, 1)
    if (source !== '') bind(fd, placeOf(source, 0))
    connect(fd, placeOf(to, port))
    send(fd, Buffer.alloc(0))
    return {
      look: elapsedMs =>
        failing(() => {
          if (receive(fd, heard, false)) return { got: 'answer', reason: 'answers' }
          return elapsedMs >= quietMs ? { got: 'silence', reason: 'neither an answer nor a refusal' } : null
        }),
      close: () => close(fd),
    }
  } catch (error) {
    close(fd)
    throw error
  }
}

function echoing({ to, port }: Try): Running {
  const probe = beginProbe({ protocol: 'icmp', send: '', expect: '', timeoutS: timeoutMs / 1000 }, to, port)
  return {
    look(elapsedMs) {
      const found = probe.look(elapsedMs)
      return found && { got: found.ok ? 'answer' : 'nothing', reason: found.reason }
    },
    close: () => probe.close(),
  }
}

function failing(look: () => Tried | null): Tried | null {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof SystemCallFailed)) throw error
    return { got: error.code === 'ECONNREFUSED' ? 'refusal' : 'nothing', reason: socketWords(error) }
  }
}

function placeOf(address: string, port: number): Buffer {
  const place = Buffer.alloc(16)
  place.writeUInt16LE(internet, 0)
  place.writeUInt16BE(port, 2)
  place.set(address.split('.').map(Number), 4)
  return place
}
