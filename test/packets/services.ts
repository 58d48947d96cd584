import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { Page } from './talk.ts'

/** Something that listens where its thread lives. */
export interface Service {
  setHealth(status: number): void
  /** Ends it as a crash would: connections are cut. */
  close(): Promise<void>
}

/** Pages say who serves, and whom they see; /healthz says as it is told, and /bytes never ends. */
export async function serveHttp(port: number, name: string): Promise<Service> {
  let health = 200
  const server = createHttpServer((request, response) => {
    if (request.url === '/healthz') return response.writeHead(health).end('ok\n')
    if (request.url === '/bytes') return pour(response)
    const page: Page = {
      name,
      source: plain(request.socket.remoteAddress),
      forwardedFor: String(request.headers['x-forwarded-for'] ?? ''),
    }
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page))
  })
  // A balancer keeps connections for reuse: that a server closes them when idle is another test's matter.
  server.keepAliveTimeout = 60_000
  server.listen(port, '0.0.0.0')
  await once(server, 'listening')
  return {
    setHealth: status => void (health = status),
    close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

/** Greets with the address that it sees, and echoes. */
export async function serveTcp(port: number): Promise<Service> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.write(`${plain(socket.remoteAddress)}\n`)
    socket.pipe(socket)
  })
  server.listen(port, '0.0.0.0')
  await once(server, 'listening')
  return {
    setHealth() {},
    close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      return closed
    },
  }
}

/** Answers every datagram with the address that it sees. */
export async function serveUdp(port: number): Promise<Service> {
  const socket = createSocket('udp4')
  socket.on('message', (_, from) => socket.send(from.address, from.port, from.address, () => {}))
  socket.bind(port, '0.0.0.0')
  await once(socket, 'listening')
  return {
    setHealth() {},
    close: async () => void socket.close(),
  }
}

function pour(response: ServerResponse): void {
  const part = Buffer.alloc(64 * 1024)
  const more = () => {
    while (!response.destroyed && response.write(part));
  }
  response.on('drain', more)
  more()
}

function plain(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '')
}
