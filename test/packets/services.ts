import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Echo, Page } from './talk.ts'

/** Something that listens where its thread lives. */
export interface Service {
  setHealth(status: number): void
  /** Ends it as a crash would: connections are cut. */
  close(): Promise<void>
}

/**
 * Pages say who serves, and whom they see; /healthz says as it is told, /late too, but takes its time, /moved leads there, /bytes never ends, and
 * /never does not begin. Below /as a page is of the type that is asked for.
 */
export async function serveHttp(port: number, name: string, address = '0.0.0.0'): Promise<Service> {
  let health = 200
  let sessions = 0
  // How long headers may be is for the balancer to say.
  const server = createHttpServer({ maxHeaderSize: 256 * 1024 }, (request, response) => {
    if (request.url === '/never') return undefined
    if (request.url === '/late') return setTimeout(() => response.writeHead(health).end('ok\n'), 1500)
    if (isMisdirected(request)) return response.writeHead(421).end()
    if (request.url === '/moved') return response.writeHead(302, { location: '/healthz' }).end()
    if (request.url === '/healthz') return response.writeHead(health).end('ok\n')
    if (request.url === '/bytes') return pour(response)
    // Whoever signs in gets a session of this server.
    if (request.url === '/login') response.setHeader('set-cookie', `SID=session-${++sessions}-of-${name}; Path=/`)
    // Caches may keep it, if nothing on the way says otherwise.
    if (request.url === '/logo') response.setHeader('cache-control', 'max-age=60')
    const page = pageOf(name, plain(request.socket.remoteAddress), request)
    const type = /^\/as\/(.*)/.exec(request.url ?? '')?.[1] ?? 'application/json'
    return response.writeHead(200, { 'content-type': type }).end(JSON.stringify(page))
  })
  server.on('upgrade', (request, socket) => greetByWebSocket(request, socket as Socket, name))
  // A balancer keeps connections for reuse: that a server closes them when idle is another test's matter.
  server.keepAliveTimeout = 60_000
  server.listen(port, address)
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

/** Whether somebody who says in the path whom they want asked for somebody else, by the header or by the name in TLS. */
function isMisdirected({ url = '', headers, socket }: IncomingMessage): boolean {
  const wanted = /^\/for\/(.*)/.exec(url)?.[1]
  const asked = socket instanceof TLSSocket ? [headers.host, socket.servername] : [headers.host]
  return wanted !== undefined && asked.some(name => name !== wanted)
}

/** Healthy pages over TLS. */
export async function serveHttps(
  port: number,
  name: string,
  { chain, key }: { readonly chain: string; readonly key: string },
): Promise<Service> {
  const server = createHttpsServer({ cert: chain, key }, (request, response) => {
    if (isMisdirected(request)) return void response.writeHead(421).end()
    response.writeHead(200).end(JSON.stringify(pageOf(name, plain(request.socket.remoteAddress), request)))
  })
  server.listen(port, '0.0.0.0')
  await once(server, 'listening')
  return {
    setHealth() {},
    close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

/** Pages again, but the balancer says first whom it speaks for: by a line of text, or by the binary form. Their name tells which. */
export async function serveProxied(port: number, name: string): Promise<Service> {
  const inner = createHttpServer((request, response) => {
    const { source, version } = told.get(request.socket) ?? { source: '', version: 'nothing' }
    const page = pageOf(`${name} by ${version}`, source, request)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page))
  })
  const told = new WeakMap<Socket, { readonly source: string; readonly version: string }>()
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.once('data', (first: Buffer) => {
      const { rest, ...words } = toldBy(first)
      // A check tells of nobody, and asks nothing.
      if (rest.length > 0) socket.unshift(rest)
      told.set(socket, words)
      inner.emit('connection', socket)
    })
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

const binary = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

function toldBy(first: Buffer): { readonly source: string; readonly version: string; readonly rest: Buffer } {
  if (first.subarray(0, 12).equals(binary)) {
    const length = 16 + first.readUInt16BE(14)
    // Of four bytes each: the client's address, and the one that it asked.
    const source = first[13] === 0x11 ? [...first.subarray(16, 20)].join('.') : ''
    return { source, version: 'v2', rest: first.subarray(length) }
  }
  const [, source = '', end] = /^PROXY TCP4 (\S+) \S+ \d+ \d+(\r\n)/.exec(first.toString('latin1')) ?? []
  return end === undefined
    ? { source, version: 'nothing', rest: first }
    : { source, version: 'v1', rest: first.subarray(first.indexOf('\n') + 1) }
}

function pageOf(name: string, source: string, { url = '', headers, socket }: IncomingMessage): Page | Echo {
  const page = { name, source, forwardedFor: String(headers['x-forwarded-for'] ?? '') }
  return 'x-echo' in headers ? { ...page, url, port: socket.remotePort ?? 0, headers } : page
}

/** Accepts the upgrade, says its name, and echoes what comes; frames of clients are masked, those of servers are not. */
function greetByWebSocket({ headers }: IncomingMessage, socket: Socket, name: string): void {
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  const say = (text: Buffer) => socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]))
  socket.on('error', () => {})
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  say(Buffer.from(name))
  let heard: Buffer = Buffer.alloc(0)
  socket.on('data', (part: Buffer) => {
    heard = Buffer.concat([heard, part])
    // Short frames only: two bytes of head, a mask of four, and the text.
    while (heard.length >= 6 && heard.length >= 6 + (heard[1]! & 0x7f)) {
      const [kind, end, mask] = [heard[0]! & 0x0f, 6 + (heard[1]! & 0x7f), heard.subarray(2, 6)]
      if (kind !== 1) return void socket.end()
      say(Buffer.from(heard.subarray(6, end).map((byte, i) => byte ^ mask[i % 4]!)))
      heard = heard.subarray(end)
    }
  })
}

/** Greets with its name and the address that it sees, and echoes. */
export async function serveTcp(port: number, name: string): Promise<Service> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.write(`${[name, plain(socket.remoteAddress)].filter(Boolean).join(' ')}\n`)
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

/** Answers every datagram with its name and the address that it sees. */
export async function serveUdp(port: number, name: string): Promise<Service> {
  const socket = createSocket('udp4')
  const says = (address: string) => [name, address].filter(Boolean).join(' ')
  socket.on('message', (_, from) => socket.send(says(from.address), from.port, from.address, () => {}))
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
