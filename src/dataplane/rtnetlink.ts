import { attribute, attributesOf, flag, nest, text, textOf, u32, u8, type Message, type Request } from './netlink.ts'

/** Types of rtnetlink messages. */
export const rtm = {
  newLink: 16,
  delLink: 17,
  getLink: 18,
  setLink: 19,
  newAddress: 20,
  delAddress: 21,
  getAddress: 22,
  newRoute: 24,
  delRoute: 25,
  getRoute: 26,
  newRule: 32,
  delRule: 33,
  getRule: 34,
  newNsid: 88,
  getNsid: 90,
  getStats: 94,
}

const afInet = 2
const ifla = {
  address: 1,
  name: 3,
  mtu: 4,
  link: 5,
  qdisc: 6,
  master: 10,
  info: 18,
  alias: 20,
  netnsFd: 28,
  extMask: 29,
}
const up = 1

/** A link as the kernel tells of it. */
export interface Link {
  readonly index: number
  readonly name: string
  readonly kind: string
  readonly mac: string
  readonly mtu: number
  readonly up: boolean
  /** The index of the bridge that it is a port of; 0 without. */
  readonly master: number
  /** The index of the veth's other end, or of a macvlan's parent; 0 without. */
  readonly peer: number
  readonly alias: string
  readonly qdisc: string
}

export interface Address {
  readonly index: number
  readonly address: string
  readonly length: number
}

export interface Route {
  readonly table: number
  readonly destination: string
  readonly type: number
  readonly protocol: number
  readonly index: number
  readonly via: string | null
}

/** Route types. */
export const routeType = { unicast: 1, local: 2, blackhole: 6, unreachable: 7 }
/** Who made a route or rule: the kernel itself. */
export const madeByKernel = 2
/** The same: somebody who asked for it. */
export const madeByOperator = 4

interface NewLink {
  readonly index: number
  readonly name: string
  readonly mac?: string
  readonly mtu: number
  readonly master?: number
  /** A descriptor of the namespace to put it in. */
  readonly netns?: number
}

/**
 * Both ends of a veth pair, each in its namespace, in one message. The kernel brings up only the first: the peer is refused
 * that while it has no other end, and needs a `setLink` of its own.
 */
export function newVeth(end: NewLink, peer: NewLink): Request {
  const other = attribute(1, linkHeader(peer.index, 0, 0), ...linkAttributes(peer))
  return createLink(end, nest(ifla.info, attribute(1, text('veth')), nest(2, other)))
}

/** A bridge that forwards at once and asks nobody about multicast; up. */
export function newBridge(link: NewLink): Request {
  const options = [attribute(1, u32(0)), attribute(5, u32(0)), attribute(23, u8(0))]
  return createLink(link, nest(ifla.info, attribute(1, text('bridge')), nest(2, ...options)))
}

/** A macvlan in bridge mode on a link of the namespace that is asked; up. */
export function newMacvlan(link: NewLink, parent: number): Request {
  const info = nest(ifla.info, attribute(1, text('macvlan')), nest(2, attribute(1, u32(4))))
  return createLink(link, attribute(ifla.link, u32(parent)), info)
}

function createLink(link: NewLink, ...more: readonly Buffer[]): Request {
  const body = Buffer.concat([linkHeader(link.index, up, up), ...linkAttributes(link), ...more])
  return { type: rtm.newLink, flags: flag.create | flag.exclusive, body }
}

function linkAttributes({ name, mac, mtu, master, netns }: NewLink): Buffer[] {
  return [
    attribute(ifla.name, text(name)),
    attribute(ifla.mtu, u32(mtu)),
    ...(mac === undefined ? [] : [attribute(ifla.address, macBytes(mac))]),
    ...(master === undefined ? [] : [attribute(ifla.master, u32(master))]),
    ...(netns === undefined ? [] : [attribute(ifla.netnsFd, u32(netns))]),
  ]
}

/** Changes a link in place and sees that it is up; a master of 0 takes it off its bridge. */
export function setLink(
  index: number,
  change: { mac?: string; mtu?: number; master?: number; alias?: string },
): Request {
  const { mac, mtu, master, alias } = change
  const attributes = [
    ...(mac === undefined ? [] : [attribute(ifla.address, macBytes(mac))]),
    ...(mtu === undefined ? [] : [attribute(ifla.mtu, u32(mtu))]),
    ...(master === undefined ? [] : [attribute(ifla.master, u32(master))]),
    ...(alias === undefined ? [] : [attribute(ifla.alias, text(alias))]),
  ]
  return { type: rtm.setLink, flags: 0, body: Buffer.concat([linkHeader(index, up, up), ...attributes]) }
}

/** Moves a link to the namespace of a descriptor. */
export function moveLink(index: number, netns: number): Request {
  return {
    type: rtm.setLink,
    flags: 0,
    body: Buffer.concat([linkHeader(index, 0, 0), attribute(ifla.netnsFd, u32(netns))]),
  }
}

export function delLink(index: number): Request {
  return { type: rtm.delLink, flags: 0, body: linkHeader(index, 0, 0) }
}

/** The body of a dump of links, without their statistics. */
export const allLinks = Buffer.concat([linkHeader(0, 0, 0), attribute(ifla.extMask, u32(8))])
/** The body of a dump of IPv4 addresses. */
export const allAddresses = addressHeader(0, 0)
/** The body of a dump of IPv4 routes. */
export const allRoutes = routeHeader({ length: 0, type: 0, scope: 0, protocol: 0, flags: 0 })

export function newAddress(index: number, address: string, length: number): Request {
  return { type: rtm.newAddress, flags: flag.create | flag.replace, body: addressBody(index, address, length) }
}

export function delAddress(index: number, address: string, length: number): Request {
  return { type: rtm.delAddress, flags: 0, body: addressBody(index, address, length) }
}

function addressBody(index: number, address: string, length: number): Buffer {
  const bytes = ipBytes(address)
  return Buffer.concat([addressHeader(index, length), attribute(2, bytes), attribute(1, bytes)])
}

/** Adds a route or takes the place of the one that has its destination. Index 0 is for types that need no link. */
export function newRoute(route: {
  table: number
  destination: string
  type: number
  index: number
  via: string | null
}): Request {
  const { table, destination, type, index, via } = route
  const [address, length] = prefixOf(destination)
  const onLink = type === routeType.unicast && via === null
  const header = routeHeader({
    length,
    type,
    scope: onLink ? 253 : 0,
    protocol: madeByOperator,
    flags: via === null ? 0 : 4,
  })
  return {
    type: rtm.newRoute,
    flags: flag.create | flag.replace,
    body: Buffer.concat([
      header,
      attribute(15, u32(table)),
      attribute(1, ipBytes(address)),
      ...(index === 0 ? [] : [attribute(4, u32(index))]),
      ...(via === null ? [] : [attribute(5, ipBytes(via))]),
    ]),
  }
}

export function delRoute(table: number, destination: string): Request {
  const [address, length] = prefixOf(destination)
  const header = routeHeader({ length, type: 0, scope: 255, protocol: 0, flags: 0 })
  return {
    type: rtm.delRoute,
    flags: 0,
    body: Buffer.concat([header, attribute(15, u32(table)), attribute(1, ipBytes(address))]),
  }
}

/** Gives the namespace of a descriptor an id by which the asked namespace's events name it. */
export function newNsid(netns: number, id: number): Request {
  return {
    type: rtm.newNsid,
    flags: 0,
    body: Buffer.concat([Buffer.alloc(4), attribute(1, u32(id >>> 0)), attribute(3, u32(netns))]),
  }
}

export function linkOf({ body }: Message): Link {
  const attributes = attributesOf(body, 16)
  const info = attributes.get(ifla.info)
  return {
    index: body.readInt32LE(4),
    up: (body.readUInt32LE(8) & up) !== 0,
    name: textOf(attributes.get(ifla.name)),
    kind: info ? textOf(attributesOf(info).get(1)) : '',
    mac: macText(attributes.get(ifla.address)),
    mtu: number(attributes.get(ifla.mtu)),
    master: number(attributes.get(ifla.master)),
    peer: number(attributes.get(ifla.link)),
    alias: textOf(attributes.get(ifla.alias)),
    qdisc: textOf(attributes.get(ifla.qdisc)),
  }
}

export function addressOf({ body }: Message): Address {
  const attributes = attributesOf(body, 8)
  return { index: body.readUInt32LE(4), length: body[1]!, address: ipText(attributes.get(2) ?? attributes.get(1)) }
}

export function routeOf({ body }: Message): Route {
  const attributes = attributesOf(body, 12)
  const via = attributes.get(5)
  return {
    table: number(attributes.get(15)) || body[4]!,
    destination: `${ipText(attributes.get(1))}/${body[1]!}`,
    type: body[7]!,
    protocol: body[5]!,
    index: number(attributes.get(4)),
    via: via ? ipText(via) : null,
  }
}

function linkHeader(index: number, flags: number, change: number): Buffer {
  const out = Buffer.alloc(16)
  out.writeInt32LE(index, 4)
  out.writeUInt32LE(flags, 8)
  out.writeUInt32LE(change, 12)
  return out
}

function addressHeader(index: number, length: number): Buffer {
  const out = Buffer.of(afInet, length, 0, 0, 0, 0, 0, 0)
  out.writeUInt32LE(index, 4)
  return out
}

interface RouteHeader {
  readonly length: number
  readonly type: number
  readonly scope: number
  readonly protocol: number
  readonly flags: number
}

function routeHeader({ length, type, scope, protocol, flags }: RouteHeader): Buffer {
  const out = Buffer.of(afInet, length, 0, 0, 0, protocol, scope, type, 0, 0, 0, 0)
  out.writeUInt32LE(flags, 8)
  return out
}

function number(value: Buffer | undefined): number {
  return value?.readUInt32LE(0) ?? 0
}

/** A prefix as its address and its length. */
export function prefixOf(prefix: string): [string, number] {
  const [address = '', length = '32'] = prefix.split('/')
  return [address, Number(length)]
}

/** An IPv4 address as its four bytes. */
export function ipBytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number))
}

/** Four bytes as an IPv4 address; none at all are 0.0.0.0. */
export function ipText(bytes: Buffer | undefined): string {
  return bytes === undefined ? '0.0.0.0' : bytes.join('.')
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex')
}

function macText(bytes: Buffer | undefined): string {
  return bytes === undefined ? '' : (bytes.toString('hex').match(/../g) ?? []).join(':')
}
