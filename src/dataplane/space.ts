import { close, open, raised } from './libc.ts'
import { attribute, attributesOf, NetlinkSocket, protocol, text, textOf, u32 } from './netlink.ts'
import { createNetns, deleteNetns, enter, namespaceId, netnsPath } from './netns.ts'
import { allLinks, linkOf, newNsid, rtm, type Link } from './rtnetlink.ts'
import type { Ruleset } from '../host/ruleset.ts'

/** What must be known of a link in order to change it; the rest as far as it was seen. */
export type LinkHandle = Pick<Link, 'index' | 'kind' | 'peer'> & Partial<Link>

/** Our tables of a namespace, as far as they are known. */
export type Rulesets = { readonly [Family in Ruleset['family']]?: Ruleset | null }

/** Families of tables that may be ours. */
const familyNames = new Map([
  [2, 'ip'],
  [7, 'bridge'],
])

/** A network namespace held open, with sockets that live inside it. */
export class Space {
  readonly name: string
  /** The kernel's number of the namespace: a name may come to mean another one. */
  readonly id: string
  readonly fd: number
  readonly route: NetlinkSocket
  /** The rulesets that were put or recognised, null where there was none, and the generation of the namespace's rules at that time. */
  loaded: { readonly rulesets: Rulesets; readonly generation: number } | undefined
  #netfilter: NetlinkSocket | undefined
  #links: Map<string, LinkHandle> | undefined
  #lastIndex = 1

  constructor(name: string, id: string, fd: number, fresh: boolean) {
    this.name = name
    this.id = id
    this.fd = fd
    this.route = enter(fd, () => new NetlinkSocket(protocol.route))
    if (!fresh) return
    this.#links = new Map([['lo', { index: 1, kind: '', peer: 0 }]])
    this.loaded = { rulesets: { ip: null, bridge: null }, generation: this.rulesGeneration() }
  }

  /** Reads all links. */
  readLinks(): Link[] {
    const links = this.route.dump(rtm.getLink, allLinks).map(linkOf)
    this.#links = new Map(links.map(link => [link.name, link]))
    this.#lastIndex = Math.max(this.#lastIndex, ...links.map(link => link.index))
    return links
  }

  /** Reads one link; null where there is none of that name. */
  readLink(name: string): Link | null {
    const answer = this.route.ask(rtm.getLink, Buffer.concat([Buffer.alloc(16), attribute(3, text(name))]))
    return answer && linkOf(answer)
  }

  /** The name of a link; the empty one for a link that is not known. */
  readonly linkName = (index: number): string => {
    for (const [name, link] of this.links) if (link.index === index) return name
    return ''
  }

  /** Takes note of a link that was told of. Returns whether it is as it was known. */
  sawLink(link: Link): boolean {
    const before = this.links.get(link.name)
    if (before?.index !== link.index || !link.up) return false
    this.links.set(link.name, link)
    return (['mac', 'mtu', 'master'] as const).every(key => before[key] === undefined || before[key] === link[key])
  }

  get links(): Map<string, LinkHandle> {
    if (!this.#links) this.readLinks()
    return this.#links!
  }

  /** To be called when something went another way than expected. */
  forgetLinks(): void {
    this.#links = undefined
  }

  /** Numbers for new links are chosen here, so that what refers to a new link can be sent together with it. */
  newIndex(): number {
    void this.links
    return ++this.#lastIndex
  }

  /** The id by which this namespace's events name the namespace of a descriptor; given if need be. */
  nsidOf(netns: number): number {
    const ask = () => this.route.ask(rtm.getNsid, Buffer.concat([Buffer.alloc(4), attribute(3, u32(netns))]))?.body
    const idOf = (body: Buffer | undefined) => (body ? (attributesOf(body, 4).get(1)?.readInt32LE(0) ?? -1) : -1)
    const id = idOf(ask())
    if (id >= 0) return id
    this.route.exchange([newNsid(netns, -1)])
    return idOf(ask())
  }

  get netfilter(): NetlinkSocket {
    this.#netfilter ??= enter(this.fd, () => new NetlinkSocket(protocol.netfilter))
    return this.#netfilter
  }

  /** The families in which there is a table of that name. */
  tablesNamed(name: string): string[] {
    const tables = this.netfilter.dump((10 << 8) | 1, Buffer.alloc(4))
    const named = tables.filter(({ body }) => textOf(attributesOf(body, 4).get(1)) === name)
    return named.map(({ body }) => familyNames.get(body[0]!) ?? 'another')
  }

  /** A number that changes with every transaction of anybody's rules in the namespace. */
  rulesGeneration(): number {
    const answer = this.netfilter.ask((10 << 8) | 16, Buffer.alloc(4))
    return answer ? answer.body.readUInt32BE(8) : 0
  }

  /** The rulesets as far as they are known to be as they were. */
  currentRulesets(): Rulesets {
    return this.loaded?.generation === this.rulesGeneration() ? this.loaded.rulesets : {}
  }

  /** Closes the sockets; the descriptor stays open, and with it the namespace, until it is let go. */
  closeSockets(): void {
    this.route.close()
    this.#netfilter?.close()
  }
}

/** So much time for the kernel to take one namespace apart, before the next: meanwhile everybody's links wait. */
const burialMs = 25

/** The namespaces that are open. */
export class Spaces {
  readonly #open = new Map<string, Space>()
  #buried: number[] = []
  #burial: NodeJS.Timeout | undefined

  /** The namespace of that name; null where there is none. */
  get(name: string): Space | null {
    const id = namespaceId(netnsPath(name))
    const known = this.#open.get(name)
    if (known && known.id === id) return known
    if (known) this.forget(name)
    if (id === null) return null
    return this.#add(new Space(name, id, raised(open(netnsPath(name))), false))
  }

  /** The namespace of that name as it was opened, without a look whether it is still the one. */
  open(name: string): Space | null {
    return this.#open.get(name) ?? null
  }

  create(name: string): Space {
    createNetns(name, () => {})
    const path = netnsPath(name)
    return this.#add(new Space(name, namespaceId(path)!, raised(open(path)), true))
  }

  /** The namespace of the process itself. */
  readonly home = new Space('', '', open('/proc/thread-self/ns/net'), false)

  /** Takes the name away at once; the kernel's work follows in its own time, one namespace after the other. */
  delete(name: string): void {
    const space = this.get(name)
    deleteNetns(name)
    if (!space) return
    this.#open.delete(name)
    space.closeSockets()
    this.#buried.push(space.fd)
    this.#burial ??= setInterval(() => this.#buryOne(), burialMs).unref()
  }

  forget(name: string): void {
    const space = this.#open.get(name)
    if (!space) return
    this.#open.delete(name)
    space.closeSockets()
    close(space.fd)
  }

  close(): void {
    clearInterval(this.#burial)
    for (const name of this.#open.keys()) this.forget(name)
    for (const fd of this.#buried.splice(0)) close(fd)
    this.home.closeSockets()
    close(this.home.fd)
  }

  #buryOne(): void {
    const fd = this.#buried.shift()
    if (fd !== undefined) close(fd)
    if (this.#buried.length > 0) return
    clearInterval(this.#burial)
    this.#burial = undefined
  }

  #add(space: Space): Space {
    this.#open.set(space.name, space)
    return space
  }
}
