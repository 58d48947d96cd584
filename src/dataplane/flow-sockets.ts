import { readdirSync, readlinkSync } from 'node:fs'
import { NetlinkSocket, protocol } from './netlink.ts'

/** Where the connections of a process lead: an address and a range of its ports. */
export interface Destination {
  readonly address: string
  readonly port: number
  readonly lastPort: number
}

/** A TCP connection, as the kernel names it. */
export interface FlowSocket {
  readonly pid: number
  readonly id: Buffer
  readonly destination: string
  readonly port: number
}

const byFamily = 20
const destroy = 21
const [inet, tcp] = [2, 6]
/** Those that can still carry something: from SYN-SENT to what only one side has closed. */
const states = [1, 2, 4, 5, 8].reduce((mask, state) => mask | (1 << state), 0)
const idAt = 4
const idLength = 48

/** The TCP connections of some processes in the namespace of the calling thread. */
export function flowSockets(pids: readonly number[]): FlowSocket[] {
  const owners = new Map(pids.flatMap(pid => [...socketsOf(pid)].map(inode => [inode, pid] as const)))
  if (owners.size === 0) return []
  const socket = new NetlinkSocket(protocol.diagnosis)
  try {
    return socket.dump(byFamily, requestFor(Buffer.alloc(idLength))).flatMap(({ body }) => {
      const pid = owners.get(body.readUInt32LE(68))
      if (pid === undefined) return []
      const id = Buffer.from(body.subarray(idAt, idAt + idLength))
      return [{ pid, id, destination: [...id.subarray(20, 24)].join('.'), port: id.readUInt16BE(2) }]
    })
  } finally {
    socket.close()
  }
}

/** Ends connections in the namespace of the calling thread, for both sides at once. */
export function cutSockets(sockets: readonly FlowSocket[]): void {
  if (sockets.length === 0) return
  const socket = new NetlinkSocket(protocol.diagnosis)
  try {
    // One that ended meanwhile is as good as cut.
    socket.exchange(sockets.map(({ id }) => ({ type: destroy, flags: 0, body: requestFor(id) })))
  } finally {
    socket.close()
  }
}

function requestFor(id: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt8(inet, 0)
  head.writeUInt8(tcp, 1)
  head.writeUInt32LE(states, 4)
  return Buffer.concat([head, id])
}

/** The inodes of a process's sockets; none where it is gone. */
function* socketsOf(pid: number): Iterable<number> {
  const directory = `/proc/${pid}/fd`
  for (const fd of listed(directory)) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`${directory}/${fd}`))?.[1]
    if (inode !== undefined) yield Number(inode)
  }
}

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
