import { close, errnoCode, errnoWords, raised, receive, send, setOption, socket } from './libc.ts'

/** One request to the kernel: what follows the netlink header is the body. */
export interface Request {
  readonly type: number
  readonly flags: number
  readonly body: Buffer
}

/** What the kernel answered to a request; errno 0 where it was done. */
export interface Answer {
  readonly errno: number
  /** The error in words, the kernel's own where it gave some; empty where there was none. */
  readonly words: string
}

export interface Message {
  readonly type: number
  readonly body: Buffer
}

/** Flags of requests. */
export const flag = { create: 0x400, exclusive: 0x200, replace: 0x100, append: 0x800 }

/** Netlink's protocols. */
export const protocol = { route: 0, diagnosis: 4, netfilter: 12 }

const headerLength = 16
const request = 0x1
const acknowledge = 0x4
const dump = 0x300
const errorType = 2
const doneType = 3
const interrupted = 0x10
const capped = 0x100
const hasDetails = 0x200
const solNetlink = 270

/** So many answers fit a socket's receive buffer as the kernel sets it up. */
const batchSize = 100

const receiveBuffer = Buffer.alloc(1 << 17)

/** How many requests were sent by this process. */
export const sent = { requests: 0 }

/** A netlink socket: bound to the namespace in which it was made, wherever its thread goes. */
export class NetlinkSocket {
  readonly fd: number
  #sequence = 0

  constructor(netlinkProtocol: number) {
    this.fd = raised(socket(16, 3, netlinkProtocol))
    setOption(this.fd, solNetlink, 10, 1)
    setOption(this.fd, solNetlink, 11, 1)
    setOption(this.fd, 1, 8, 1 << 20)
  }

  /** Sends many requests at once, which the kernel does in order, and returns its answer to each. */
  exchange(requests: readonly Request[]): Answer[] {
    const answers: Answer[] = []
    for (let from = 0; from < requests.length; from += batchSize)
      answers.push(...this.#exchangeBatch(requests.slice(from, from + batchSize)))
    return answers
  }

  #exchangeBatch(requests: readonly Request[]): Answer[] {
    const first = this.#sequence + 1
    const packets = requests.map(({ type, flags, body }) => this.#packet(type, flags | request | acknowledge, body))
    sent.requests += packets.length
    send(this.fd, Buffer.concat(packets))
    const answers = Array.from<Answer | undefined>({ length: requests.length })
    let missing = requests.length
    while (missing > 0)
      for (const message of messagesOf(receive(this.fd, receiveBuffer)!)) {
        if (message.type !== errorType || message.sequence < first) continue
        answers[message.sequence - first] = answerOf(message)
        missing--
      }
    return answers as Answer[]
  }

  /** The one message that answers a question; null where the kernel knows no such thing. */
  ask(type: number, body: Buffer): Message | null {
    sent.requests++
    send(this.fd, this.#packet(type, request, body))
    for (;;)
      for (const message of messagesOf(Buffer.from(receive(this.fd, receiveBuffer)!)))
        if (message.sequence === this.#sequence) return message.type === errorType ? null : message
  }

  /** Everything of a kind that the kernel holds. Asks again where it changed meanwhile. */
  dump(type: number, body: Buffer): Message[] {
    for (;;) {
      const messages = this.#dumpOnce(type, body)
      if (messages) return messages
    }
  }

  #dumpOnce(type: number, body: Buffer): Message[] | null {
    sent.requests++
    send(this.fd, this.#packet(type, request | dump, body))
    const found: Message[] = []
    let consistent = true
    for (;;)
      // A copy: the bodies outlive the buffer's next use.
      for (const message of messagesOf(Buffer.from(receive(this.fd, receiveBuffer)!))) {
        if (message.sequence !== this.#sequence) continue
        if (message.flags & interrupted) consistent = false
        if (message.type === doneType) return consistent ? found : null
        if (message.type === errorType)
          throw new Error(`reading from the kernel (type ${type}): ${answerOf(message).words}`)
        found.push(message)
      }
  }

  /**
   * Shows everything of a kind that the kernel holds to a function, which must keep none of it; whatever else waits has its turn in
   * between. What changes meanwhile may be missed.
   */
  async scan(type: number, body: Buffer, see: (body: Buffer) => void): Promise<void> {
    sent.requests++
    send(this.fd, this.#packet(type, request | dump, body))
    for (;;) {
      for (const message of messagesOf(receive(this.fd, receiveBuffer)!)) {
        if (message.sequence !== this.#sequence) continue
        if (message.type === doneType) return
        if (message.type === errorType)
          throw new Error(`reading from the kernel (type ${type}): ${answerOf(message).words}`)
        see(message.body)
      }
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  close(): void {
    close(this.fd)
  }

  #packet(type: number, flags: number, body: Buffer): Buffer {
    const packet = Buffer.alloc(headerLength + aligned(body.length))
    packet.writeUInt32LE(headerLength + body.length, 0)
    packet.writeUInt16LE(type, 4)
    packet.writeUInt16LE(flags, 6)
    packet.writeUInt32LE(++this.#sequence, 8)
    body.copy(packet, headerLength)
    return packet
  }
}

interface FullMessage extends Message {
  readonly flags: number
  readonly sequence: number
  /** The port of the socket whose request caused it; 0 where it was the kernel itself. */
  readonly port: number
}

/** The messages of a datagram. Their bodies share its memory. */
export function* messagesOf(datagram: Buffer): Iterable<FullMessage> {
  for (let at = 0; at + headerLength <= datagram.length;) {
    const length = datagram.readUInt32LE(at)
    if (length < headerLength || at + length > datagram.length) return
    yield {
      type: datagram.readUInt16LE(at + 4),
      flags: datagram.readUInt16LE(at + 6),
      sequence: datagram.readUInt32LE(at + 8),
      port: datagram.readUInt32LE(at + 12),
      body: datagram.subarray(at + headerLength, at + length),
    }
    at += aligned(length)
  }
}

function answerOf({ body, flags }: FullMessage): Answer {
  const errno = Math.abs(body.readInt32LE(0))
  if (errno === 0) return { errno, words: '' }
  const asked = flags & capped ? headerLength : body.readUInt32LE(4)
  const details = flags & hasDetails ? attributesOf(body, 4 + aligned(asked)).get(1) : undefined
  const words = details ? `${details.toString('utf8', 0, details.length - 1)} (${errnoCode(errno)})` : errnoWords(errno)
  return { errno, words }
}

/** An attribute; several payloads stand one after the other, as in a nest. */
export function attribute(type: number, ...payload: readonly Buffer[]): Buffer {
  const length = payload.reduce((sum, part) => sum + part.length, 4)
  const out = Buffer.alloc(aligned(length))
  out.writeUInt16LE(length, 0)
  out.writeUInt16LE(type, 2)
  let at = 4
  for (const part of payload) at += part.copy(out, at)
  return out
}

const nestedBit = 0x8000

/** An attribute made of attributes. */
export function nest(type: number, ...attributes: readonly Buffer[]): Buffer {
  return attribute(type | nestedBit, ...attributes)
}

export function u8(value: number): Buffer {
  return Buffer.of(value)
}

export function u32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32LE(value)
  return out
}

/** A text with the zero byte that ends it. */
export function text(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}

/** A text out of an attribute. */
export function textOf(value: Buffer | undefined): string {
  return value === undefined ? '' : value.toString('utf8', 0, value.length - 1)
}

/** The attributes from an offset to the end, by type. Of several with one type the last counts. */
export function attributesOf(data: Buffer, offset = 0): Map<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let at = offset; at + 4 <= data.length;) {
    const length = data.readUInt16LE(at)
    if (length < 4 || at + length > data.length) break
    found.set(data.readUInt16LE(at + 2) & 0x3fff, data.subarray(at + 4, at + length))
    at += aligned(length)
  }
  return found
}

/** All attributes, whatever their types, as in a list of equals. */
export function* attributeList(data: Buffer): Iterable<Buffer> {
  for (let at = 0; at + 4 <= data.length;) {
    const length = data.readUInt16LE(at)
    if (length < 4 || at + length > data.length) return
    yield data.subarray(at + 4, at + length)
    at += aligned(length)
  }
}

/** Where the value of the first attribute of a type begins, between two places; -1 where there is none. Nothing is made for it. */
export function attributeIn(data: Buffer, from: number, to: number, type: number): number {
  if (from < 0) return -1
  for (let at = from; at + 4 <= to;) {
    const length = data.readUInt16LE(at)
    if (length < 4 || at + length > to) return -1
    if ((data.readUInt16LE(at + 2) & 0x3fff) === type) return at + 4
    at += aligned(length)
  }
  return -1
}

/** Where the attribute ends whose value begins there. */
export function endOf(data: Buffer, at: number): number {
  return at < 0 ? -1 : at - 4 + data.readUInt16LE(at - 4)
}

function aligned(length: number): number {
  return (length + 3) & ~3
}
