import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Service } from './services.ts'
import type { Logged } from './talk.ts'

/** A syslog server, with all that it was sent. */
interface Syslog extends Service {
  readonly heard: readonly Logged[]
}

/** A message is a datagram. */
export async function syslogByUdp(port: number): Promise<Syslog> {
  const heard: Logged[] = []
  const socket = createSocket('udp4')
  socket.on('message', (text, { address }) => heard.push({ source: address, text: text.toString() }))
  socket.bind(port, '0.0.0.0')
  await once(socket, 'listening')
  return { heard, setHealth() {}, close: async () => void socket.close() }
}

/** A message has its length and a space before it. What is not framed so is heard as such, and ends the connection. */
export async function syslogByTcp(port: number): Promise<Syslog> {
  const heard: Logged[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    const source = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    let rest = Buffer.alloc(0)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.on('data', (part: Buffer) => {
      rest = Buffer.concat([rest, part])
      for (;;) {
        const [head, length] = /^(\d{1,5}) /.exec(rest.subarray(0, 6).toString('latin1')) ?? []
        if (head === undefined) {
          if (rest.length < 6) return
          heard.push({ source, text: `no frame: ${rest.toString()}` })
          return void socket.destroy()
        }
        const end = head.length + Number(length)
        if (rest.length < end) return
        heard.push({ source, text: rest.subarray(head.length, end).toString() })
        rest = rest.subarray(end)
      }
    })
  })
  server.listen(port, '0.0.0.0')
  await once(server, 'listening')
  return {
    heard,
    setHealth() {},
    close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      return closed
    },
  }
}
