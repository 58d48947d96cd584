import { watch, type FSWatcher } from 'node:fs'
import koffi from 'koffi'
import { bind, close, ControlReader, setOption, socket } from './libc.ts'
import { attributesOf, messagesOf, protocol, type Message } from './netlink.ts'
import { netnsDirectory } from './netns.ts'
import { addressOf, linkOf, routeOf, rtm, type Address, type Link, type Route } from './rtnetlink.ts'
import { ruleOf, type Rule } from './rtnetlink-rule.ts'

/** Something that happened in a namespace, whoever did it. */
export type KernelEvent =
  | { readonly what: 'link'; readonly gone: boolean; readonly link: Link }
  | { readonly what: 'address'; readonly gone: boolean; readonly address: Address }
  | { readonly what: 'route'; readonly gone: boolean; readonly route: Route }
  | { readonly what: 'rule'; readonly gone: boolean; readonly rule: Rule }
  /** Rules of filters changed; generations only grow. */
  | { readonly what: 'ruleset'; readonly generation: number }

export interface Listeners {
  /** Something happened in the namespace with that id. */
  readonly onEvent: (nsid: number, event: KernelEvent) => void
  /** A name of a namespace came or went. */
  readonly onName: (name: string) => void
  /** More happened than could be told. */
  readonly onLoss: () => void
}

const linkGroup = 0x1
const addressGroup = 0x10
const routeGroup = 0x40
const ruleGroup = 0x80
const tablesGroup = 1 << 6
const newGeneration = (10 << 8) | 15

/** Listens to all namespaces that have an id. Costs nothing while nothing happens, and keeps no process from ending. */
export class KernelEvents {
  readonly #listeners: Listeners
  readonly #reader = new ControlReader(1 << 16)
  readonly #sockets: {
    fd: number
    poll: ReturnType<typeof koffi.node.poll>
    decode: (message: Message) => KernelEvent | null
  }[]
  readonly #names: FSWatcher

  constructor(listeners: Listeners) {
    this.#listeners = listeners
    this.#sockets = [
      this.#open(protocol.route, linkGroup | addressGroup | routeGroup | ruleGroup, routeEvent),
      this.#open(protocol.netfilter, tablesGroup, rulesetEvent),
    ]
    this.#names = watch(netnsDirectory(), { persistent: false }, (_, name) => name !== null && listeners.onName(name))
    this.#names.on('error', () => listeners.onLoss())
  }

  /** Tells of everything that has happened until now. */
  drain(): void {
    for (const { fd, decode } of this.#sockets) this.#drainOne(fd, decode)
  }

  close(): void {
    this.#names.close()
    for (const { fd, poll } of this.#sockets) {
      poll.close()
      close(fd)
    }
  }

  #open(netlinkProtocol: number, groups: number, decode: (message: Message) => KernelEvent | null) {
    const fd = socket(16, 3, netlinkProtocol)
    const address = Buffer.alloc(12)
    address.writeUInt16LE(16, 0)
    address.writeUInt32LE(groups, 8)
    // As large a buffer as allowed: a burst that does not fit costs a look at everything.
    if (!setOption(fd, 1, 33, 4 << 20)) setOption(fd, 1, 8, 4 << 20)
    setOption(fd, 270, 8, 1)
    bind(fd, address)
    const poll = koffi.node.poll(fd, { readable: true }, () => this.#drainOne(fd, decode))
    poll.unref()
    return { fd, poll, decode }
  }

  #drainOne(fd: number, decode: (message: Message) => KernelEvent | null): void {
    for (;;) {
      const datagram = this.#reader.receive(fd)
      if (datagram === null) return
      if (datagram === 'lost') {
        this.#listeners.onLoss()
        continue
      }
      if (datagram.control === null) continue
      for (const message of messagesOf(Buffer.from(datagram.data))) {
        const event = decode(message)
        if (event) this.#listeners.onEvent(datagram.control, event)
      }
    }
  }
}

function routeEvent(message: Message): KernelEvent | null {
  const { type, body } = message
  // Bridges tell of their ports in a family of their own what is told of the links anyway.
  const family = body[0]
  switch (type) {
    case rtm.newLink:
    case rtm.delLink:
      return family === 0 ? { what: 'link', gone: type === rtm.delLink, link: linkOf(message) } : null
    case rtm.newAddress:
    case rtm.delAddress:
      return { what: 'address', gone: type === rtm.delAddress, address: addressOf(message) }
    case rtm.newRoute:
    case rtm.delRoute:
      return { what: 'route', gone: type === rtm.delRoute, route: routeOf(message) }
    case rtm.newRule:
    case rtm.delRule:
      return { what: 'rule', gone: type === rtm.delRule, rule: ruleOf(message) }
    default:
      return null
  }
}

function rulesetEvent({ type, body }: Message): KernelEvent | null {
  if (type !== newGeneration) return null
  return { what: 'ruleset', generation: attributesOf(body, 4).get(1)?.readUInt32BE(0) ?? 0 }
}
