import koffi from 'koffi'
import { getSystemErrorMessage } from 'node:util'

const lib = koffi.load('libc.so.6')
const errnoNames = new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name]))

/** A call into the kernel that was refused. */
export class SystemCallFailed extends Error {
  readonly errno: number
  /** The error's symbol, e.g. `ENOENT`. */
  readonly code: string

  constructor(what: string, errno: number) {
    super(`${what}: ${errnoWords(errno)}`)
    this.name = 'SystemCallFailed'
    this.errno = errno
    this.code = errnoCode(errno)
  }
}

/** An error number in words, e.g. `file exists`. */
export function errnoWords(errno: number): string {
  return getSystemErrorMessage(-errno) ?? `error ${errno}`
}

/** An error number's symbol, e.g. `EEXIST`. */
export function errnoCode(errno: number): string {
  return errnoNames.get(errno) ?? String(errno)
}

const functions = {
  open: lib.func('int open(const char *path, int flags)') as unknown as (path: string, flags: number) => number,
  close: lib.func('int close(int fd)') as unknown as (fd: number) => number,
  read: lib.func('int64_t read(int fd, _Out_ uint8_t *data, size_t length)') as unknown as (
    fd: number,
    data: Uint8Array,
    length: number,
  ) => number,
  fcntl: lib.func('int fcntl(int fd, int command, int argument)') as unknown as (
    fd: number,
    command: number,
    argument: number,
  ) => number,
  setns: lib.func('int setns(int fd, int type)') as unknown as (fd: number, type: number) => number,
  unshare: lib.func('int unshare(int flags)') as unknown as (flags: number) => number,
  mount: lib.func(
    'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
  ) as unknown as (source: string, target: string, type: string | null, flags: number, data: string | null) => number,
  // Not in every C library by name, but of one number on every machine.
  fsopen: lib.func('long syscall(long number, const char *type, unsigned int flags)') as unknown as (
    number: number,
    type: string,
    flags: number,
  ) => number,
  fsconfig: lib.func(
    'long syscall(long number, int fd, unsigned int command, const char *key, const char *value, int aux)',
  ) as unknown as (
    number: number,
    fd: number,
    command: number,
    key: string | null,
    value: string | null,
    aux: number,
  ) => number,
  fsmount: lib.func('long syscall(long number, int fd, unsigned int flags, unsigned int attributes)') as unknown as (
    number: number,
    fd: number,
    flags: number,
    attributes: number,
  ) => number,
  umount2: lib.func('int umount2(const char *target, int flags)') as unknown as (
    target: string,
    flags: number,
  ) => number,
  socket: lib.func('int socket(int domain, int type, int protocol)') as unknown as (
    domain: number,
    type: number,
    protocol: number,
  ) => number,
  bind: lib.func('int bind(int fd, const uint8_t *address, uint32_t length)') as unknown as (
    fd: number,
    address: Uint8Array,
    length: number,
  ) => number,
  connect: lib.func('int connect(int fd, const uint8_t *address, uint32_t length)') as unknown as (
    fd: number,
    address: Uint8Array,
    length: number,
  ) => number,
  setsockopt: lib.func(
    'int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)',
  ) as unknown as (fd: number, level: number, name: number, value: Uint8Array, length: number) => number,
  send: lib.func('int64_t send(int fd, const uint8_t *data, size_t length, int flags)') as unknown as (
    fd: number,
    data: Uint8Array,
    length: number,
    flags: number,
  ) => number,
  recv: lib.func('int64_t recv(int fd, _Out_ uint8_t *data, size_t length, int flags)') as unknown as (
    fd: number,
    data: Uint8Array,
    length: number,
    flags: number,
  ) => number,
  recvmsg: lib.func('int64_t recvmsg(int fd, void *message, int flags)') as unknown as (
    fd: number,
    message: Uint8Array,
    flags: number,
  ) => number,
}

const flag = {
  cloexec: 0o2000000,
  cloneNewnet: 0x40000000,
  detach: 2,
  bind: 0x1000,
  recursive: 0x4000,
  shared: 1 << 20,
}
const EINTR = 4
const EAGAIN = 11
const ENOBUFS = 105

/** Opens a file for reading, e.g. a namespace's. */
export function open(path: string): number {
  return checked(`opening ${path}`, () => functions.open(path, flag.cloexec))
}

/** The text of a small file, in a third of the time that Node takes; null where it cannot be read. */
export function readSmall(path: string): string | null {
  const fd = functions.open(path, flag.cloexec)
  if (fd < 0) return null
  const length = functions.read(fd, small, small.length)
  functions.close(fd)
  return length < 0 ? null : small.toString('latin1', 0, length)
}

const small = Buffer.alloc(4096)

export function close(fd: number): void {
  functions.close(fd)
}

/**
 * The same file under a high number, for descriptors that are kept in great numbers: libnftables uses select(), which ends
 * the process when it meets a number above 1,023.
 */
export function raised(fd: number): number {
  const high = functions.fcntl(fd, duplicateFrom, 1024)
  if (high < 0) return fd
  functions.close(fd)
  return high
}

const duplicateFrom = 1030

/** Moves the calling thread into a network namespace. */
export function setns(fd: number): void {
  checked('entering a network namespace', () => functions.setns(fd, flag.cloneNewnet))
}

/** Moves the calling thread into a new network namespace. */
export function unshareNetwork(): void {
  checked('creating a network namespace', () => functions.unshare(flag.cloneNewnet))
}

export function bindMount(source: string, target: string): void {
  checked(`mounting ${source} on ${target}`, () => functions.mount(source, target, 'none', flag.bind, null))
}

/** Lets mounts below a directory be seen in the mount namespaces of others, as `ip netns` does. */
export function shareMounts(directory: string): void {
  if (functions.mount('', directory, 'none', flag.shared | flag.recursive, null) === 0) return
  checked(`mounting ${directory}`, () =>
    functions.mount(directory, directory, 'none', flag.bind | flag.recursive, null),
  )
  checked(`sharing ${directory}`, () => functions.mount('', directory, 'none', flag.shared | flag.recursive, null))
}

/** A directory that is a new view of /proc, mounted nowhere; null where that is not allowed. */
export function newProc(): number | null {
  const context = functions.fsopen(430, 'proc', 1)
  if (context < 0) return null
  const isMade = functions.fsconfig(431, context, createIt, null, null, 0) === 0
  const fd = isMade ? functions.fsmount(432, context, 1, harmless) : -1
  functions.close(context)
  return fd < 0 ? null : fd
}

const createIt = 6
/** No programs with rights of their own, no devices, no programs at all. */
const harmless = 2 | 4 | 8

export function unmount(target: string): void {
  checked(`unmounting ${target}`, () => functions.umount2(target, flag.detach))
}

/** A socket bound to the network namespace in which the calling thread is, for good. */
export function socket(domain: number, type: number, protocol: number): number {
  return checked('opening a socket', () => functions.socket(domain, type | flag.cloexec, protocol))
}

export function bind(fd: number, address: Uint8Array): void {
  checked('binding a socket', () => functions.bind(fd, address, address.length))
}

/** Gives a socket of datagrams its other side: what others send does not reach it, and what the network says of the other side does. */
export function connect(fd: number, address: Uint8Array): void {
  checked('connecting a socket', () => functions.connect(fd, address, address.length))
}

/** Whether the kernel took the option; which it may refuse, as with buffers beyond its limits. */
export function setOption(fd: number, level: number, name: number, value: number): boolean {
  const data = Buffer.alloc(4)
  data.writeInt32LE(value)
  return functions.setsockopt(fd, level, name, data, data.length) === 0
}

export function send(fd: number, data: Uint8Array): void {
  checked('sending to the kernel', () => functions.send(fd, data, data.length, 0))
}

/** Reads one datagram; null where none is there and `wait` is false. */
export function receive(fd: number, into: Buffer, wait = true): Buffer | null {
  for (;;) {
    const length = functions.recv(fd, into, into.length, wait ? truncate : truncate | dontWait)
    if (length > into.length)
      throw new Error(`a datagram of ${length} bytes where ${into.length} were the most expected`)
    if (length >= 0) return into.subarray(0, length)
    const errno = koffi.errno()
    if (errno === EAGAIN) return null
    if (errno !== EINTR) throw new SystemCallFailed('reading from the kernel', errno)
  }
}

const truncate = 0x20
const dontWait = 0x40

/**
 * Reads datagrams with what the kernel says beside them. Returns the first 32-bit value of the control message, which for a
 * netlink socket that listens to all namespaces is the id of the namespace; null where nothing is there to read, and `lost` where
 * the buffer could not hold all that there was.
 */
export class ControlReader {
  readonly #data: Buffer
  readonly #control = Buffer.alloc(64)
  readonly #vector = Buffer.alloc(16)
  readonly #header = Buffer.alloc(56)

  constructor(size: number) {
    this.#data = Buffer.alloc(size)
  }

  receive(fd: number): { data: Buffer; control: number | null } | 'lost' | null {
    this.#vector.writeBigUInt64LE(koffi.address(this.#data), 0)
    this.#vector.writeBigUInt64LE(BigInt(this.#data.length), 8)
    this.#header.fill(0)
    this.#header.writeBigUInt64LE(koffi.address(this.#vector), 16)
    this.#header.writeBigUInt64LE(1n, 24)
    this.#header.writeBigUInt64LE(koffi.address(this.#control), 32)
    this.#header.writeBigUInt64LE(BigInt(this.#control.length), 40)
    for (;;) {
      const length = functions.recvmsg(fd, this.#header, dontWait)
      if (length >= 0) {
        const controlLength = Number(this.#header.readBigUInt64LE(40))
        return {
          data: this.#data.subarray(0, length),
          control: controlLength >= 20 ? this.#control.readInt32LE(16) : null,
        }
      }
      const errno = koffi.errno()
      if (errno === EAGAIN) return null
      if (errno === ENOBUFS) return 'lost'
      if (errno !== EINTR) throw new SystemCallFailed('reading events from the kernel', errno)
    }
  }
}

function checked(what: string, call: () => number): number {
  for (;;) {
    const result = call()
    if (result >= 0) return result
    const errno = koffi.errno()
    if (errno !== EINTR) throw new SystemCallFailed(what, errno)
  }
}
