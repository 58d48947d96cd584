/** A cable between two tap devices, which it makes: what one end sends, the other receives. Lives until it is killed. */
import { open, read, write } from 'node:fs'
import { promisify } from 'node:util'
import koffi from 'koffi'

const setInterface = 0x400454ca
const tapWithoutHeader = 0x2 | 0x1000
const ioctl = koffi.load('libc.so.6').func('int ioctl(int fd, ulong request, _Inout_ uint8_t *data)') as unknown as (
  fd: number,
  request: number,
  data: Buffer,
) => number

const ends = await Promise.all(process.argv.slice(2).map(newTap))
const [near = 0, far = 0] = ends
await Promise.all([carry(near, far), carry(far, near)])

async function newTap(name: string): Promise<number> {
  const fd = await promisify(open)('/dev/net/tun', 'r+')
  const request = Buffer.alloc(40)
  request.write(name)
  request.writeUInt16LE(tapWithoutHeader, 16)
  if (ioctl(fd, setInterface, request) !== 0) throw new Error(`${name}: no tap device can be made here`)
  return fd
}

async function carry(from: number, to: number): Promise<never> {
  const frame = Buffer.alloc(1 << 16)
  for (;;) {
    const { bytesRead } = await promisify(read)(from, frame, 0, frame.length, null)
    // An end that is down loses what is sent to it, as a real one would.
    await promisify(write)(to, frame, 0, bytesRead, null).catch(() => {})
  }
}
