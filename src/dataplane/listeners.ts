import { NetlinkSocket, protocol } from './netlink.ts'

const byFamily = 20
const families = [2, 10] as const
const tcp = 6
/** LISTEN. */
const listening = 1 << 10
const anyId = 48

/** The addresses at which somebody listens on a TCP port in the namespace of the calling thread; `::` is all of them, too. */
export function listenersAt(port: number): readonly string[] {
  const socket = new NetlinkSocket(protocol.diagnosis)
  try {
    return families.flatMap(family =>
      socket.dump(byFamily, requestFor(family)).flatMap(({ body }) => {
        if (body.readUInt16BE(4) !== port) return []
        return [textOf(family, body.subarray(8, 24))]
      }),
    )
  } finally {
    socket.close()
  }
}

function requestFor(family: number): Buffer {
  const head = Buffer.alloc(8 + anyId)
  head.writeUInt8(family, 0)
  head.writeUInt8(tcp, 1)
  head.writeUInt32LE(listening, 4)
  return head
}

function textOf(family: number, address: Buffer): string {
  if (family === 2) return [...address.subarray(0, 4)].join('.')
  const isMapped = address.subarray(0, 12).equals(mapped)
  if (isMapped) return [...address.subarray(12, 16)].join('.')
  if (address.every(byte => byte === 0)) return '::'
  return address.equals(loopback6) ? '::1' : address.toString('hex')
}

const mapped = Buffer.from('00000000000000000000ffff', 'hex')
const loopback6 = Buffer.from('00000000000000000000000000000001', 'hex')
