/** What tests need of the C library's sockets beside what the product does: none of it waits, and all of it may be called inside a namespace. */
import koffi from 'koffi'
import { bind, errnoCode, raised, setOption, socket } from '../../src/dataplane/libc.ts'

const lib = koffi.load('libc.so.6')

const functions = {
  connect: lib.func('int connect(int fd, const uint8_t *address, uint32_t length)') as unknown as (
    fd: number,
    address: Uint8Array,
    length: number,
  ) => number,
  listen: lib.func('int listen(int fd, int backlog)') as unknown as (fd: number, backlog: number) => number,
  accept: lib.func('int accept4(int fd, _Out_ uint8_t *address, _Inout_ uint8_t *length, int flags)') as unknown as (
    fd: number,
    address: Uint8Array,
    length: Uint8Array,
    flags: number,
  ) => number,
  send: lib.func(
    'int64_t sendto(int fd, const uint8_t *data, size_t size, int flags, const uint8_t *to, uint32_t length)',
  ) as unknown as (
    fd: number,
    data: Uint8Array,
    size: number,
    flags: number,
    to: Uint8Array | null,
    length: number,
  ) => number,
  receive: lib.func(
    'int64_t recvfrom(int fd, _Out_ uint8_t *data, size_t size, int flags, _Out_ uint8_t *from, _Inout_ uint8_t *length)',
  ) as unknown as (
    fd: number,
    data: Uint8Array,
    size: number,
    flags: number,
    from: Uint8Array,
    length: Uint8Array,
  ) => number,
  name: lib.func('int getsockname(int fd, _Out_ uint8_t *address, _Inout_ uint8_t *length)') as unknown as (
    fd: number,
    address: Uint8Array,
    length: Uint8Array,
  ) => number,
  linger: lib.func('int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)') as unknown as (
    fd: number,
    level: number,
    name: number,
    value: Uint8Array,
    length: number,
  ) => number,
  poll: lib.func('int poll(_Inout_ uint8_t *list, unsigned long count, int timeout)') as unknown as (
    list: Uint8Array,
    count: number,
    timeout: number,
  ) => number,
  error: lib.func(
    'int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint8_t *length)',
  ) as unknown as (fd: number, level: number, name: number, value: Uint8Array, length: Uint8Array) => number,
}

const family = { internet: 2, packet: 17 }
export const type = { stream: 1, datagram: 2, raw: 3 } as const
export const protocols = { icmp: 1, tcp: 6, udp: 17 } as const
const nonBlocking = 0o4000
const closeOnExec = 0o2000000
const [dontWait, noSignal] = [0x40, 0x4000]
const option = { reuse: [1, 2], buffer: [1, 8], error: [1, 4], linger: [1, 13], freeBind: [0, 15] } as const
/** IPv4 as frames name it, in the order of the network. */
const ipv4Frames = 0x0008

function placeOf(address: string, port: number): Buffer {
  const place = Buffer.alloc(16)
  place.writeUInt16LE(family.internet, 0)
  place.writeUInt16BE(port, 2)
  if (address !== '') place.set(address.split('.').map(Number), 4)
  return place
}

/** A socket with an address and a port of its own; where the address is empty the kernel chooses it. */
export function boundSocket(kind: keyof typeof type, protocol: number, address: string, port: number): number {
  const fd = raised(socket(family.internet, type[kind] | nonBlocking, protocol))
  setOption(fd, ...option.reuse, 1)
  setOption(fd, ...option.freeBind, 1)
  bind(fd, placeOf(address, port))
  return fd
}

/** Hears whatever is delivered in its namespace by a protocol, whoever it is for. */
export function earFor(protocol: number): number {
  const fd = raised(socket(family.internet, type.raw | nonBlocking, protocol))
  setOption(fd, ...option.buffer, 1 << 20)
  return fd
}

/** Hears all of IPv4 that reaches its namespace, also what is for nobody there. */
export function earAtDoor(): number {
  const fd = raised(socket(family.packet, type.datagram | nonBlocking, ipv4Frames))
  setOption(fd, ...option.buffer, 1 << 20)
  return fd
}

/** An error's symbol where there is one at once; a connection that is under way is none. */
export function connectTo(fd: number, address: string, port: number): string {
  if (functions.connect(fd, placeOf(address, port), 16) === 0) return ''
  const code = errnoCode(koffi.errno())
  return code === 'EINPROGRESS' ? '' : code
}

export function listenOn(fd: number): void {
  if (functions.listen(fd, 512) !== 0) throw new Error(`listen: ${errnoCode(koffi.errno())}`)
}

/** The next connection that waits, with the port that it comes from; null where none does. */
export function accept(fd: number): { readonly fd: number; readonly port: number } | null {
  const [place, length] = [Buffer.alloc(16), Buffer.alloc(4)]
  length.writeUInt32LE(16)
  const made = functions.accept(fd, place, length, nonBlocking | closeOnExec)
  return made < 0 ? null : { fd: raised(made), port: place.readUInt16BE(2) }
}

/** An error's symbol; empty where it went. */
export function sendOn(fd: number, data: Uint8Array): string {
  const sent = functions.send(fd, data, data.length, dontWait | noSignal, null, 0)
  return sent < 0 ? errnoCode(koffi.errno()) : ''
}

export function sendTo(fd: number, data: Uint8Array, address: string, port: number): string {
  const sent = functions.send(fd, data, data.length, dontWait | noSignal, placeOf(address, port), 16)
  return sent < 0 ? errnoCode(koffi.errno()) : ''
}

const room = Buffer.alloc(1 << 16)
const sender = Buffer.alloc(32)
const senderLength = Buffer.alloc(4)

/** What is there to read, valid until the next call; an error's symbol where that is what there is; null where there is nothing. */
export function heardOn(fd: number): Buffer | string | null {
  senderLength.writeUInt32LE(sender.length)
  const length = functions.receive(fd, room, room.length, dontWait, sender, senderLength)
  if (length >= 0) return room.subarray(0, length)
  const code = errnoCode(koffi.errno())
  return code === 'EAGAIN' ? null : code
}

/** The same of an ear at a door; what leaves by it is passed over. */
export function heardAtDoor(fd: number): Buffer | null {
  for (;;) {
    const heard = heardOn(fd)
    if (heard === null || typeof heard === 'string') return null
    if (sender[10] !== outgoing) return heard
  }
}

const outgoing = 4

/** How an attempt to connect ended: an error's symbol, or empty for well. */
export function errorOf(fd: number): string {
  const [value, length] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32LE(4)
  functions.error(fd, ...option.error, value, length)
  const errno = value.readInt32LE(0)
  return errno === 0 ? '' : errnoCode(errno)
}

/** Has a connection end by a reset when it is closed, so that nothing of it is left. */
export function endAbruptly(fd: number): void {
  const linger = Buffer.alloc(8)
  linger.writeInt32LE(1, 0)
  functions.linger(fd, ...option.linger, linger, linger.length)
}

/** The address that a socket speaks from. */
export function ownAddressOf(fd: number): string {
  const [place, length] = [Buffer.alloc(16), Buffer.alloc(4)]
  length.writeUInt32LE(16)
  functions.name(fd, place, length)
  return [...place.subarray(4, 8)].join('.')
}

/** Those of the sockets that can be read or, where asked so, written, or that failed; waits so long for the first. */
export function ready(fds: readonly number[], direction: 'read' | 'write', waitMs: number): readonly number[] {
  const list = Buffer.alloc(fds.length * 8)
  for (const [i, fd] of fds.entries()) {
    list.writeInt32LE(fd, i * 8)
    list.writeInt16LE(direction === 'read' ? 1 : 4, i * 8 + 4)
  }
  if (functions.poll(list, fds.length, waitMs) <= 0) return []
  return fds.filter((_, i) => list.readInt16LE(i * 8 + 6) !== 0)
}
