import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket as TcpSocket } from 'node:net'
import type { ResolverItem } from '../host/item.ts'
import { answerTo, mostQueryBytes, mostUdpBytes, zoneOf, type Zone } from './dns-answer.ts'
import type { Drift } from './host.ts'
import { bind, close, errnoWords, raised, setOption, socket, SystemCallFailed } from './libc.ts'
import { enter } from './netns.ts'
import type { Space, Spaces } from './space.ts'

/** What resolvers need of their host. */
export interface ResolverPort {
  readonly spaces: Pick<Spaces, 'get'>
  /** Is told when one stopped listening that nobody asked to. */
  readonly drifted: (drift: Drift) => void
}

/** The resolvers of a machine. They live in this process and end with it. */
export interface Resolvers {
  /** Those that listen, in all namespaces or in these. */
  observe(netns?: readonly string[]): ResolverItem[]
  /** Brings a resolver to listen and answer like this. Returns why it does not everywhere. */
  put(space: Space, item: ResolverItem): string | undefined
  remove(netns: string): undefined
  close(): void
}

const port = 53
/** Connections at a time, on all addresses and on one: their descriptors are low numbers, of which there are few. */
const mostConnections = 128
const mostPerAddress = 8
const idleMs = 5000

interface Listener {
  readonly close: () => void
}

interface Resolver {
  /** The namespace that it listens in: its name may come to mean another one. */
  readonly space: Space['id']
  /** By address. */
  readonly listeners: Map<string, Listener>
  item: ResolverItem
  zone: Zone
}

export function resolvers({ spaces, drifted }: ResolverPort): Resolvers {
  const running = new Map<string, Resolver>()
  const connections = new Set<TcpSocket>()

  function end(netns: string): undefined {
    const resolver = running.get(netns)
    running.delete(netns)
    for (const address of resolver?.listeners.keys() ?? []) leave(resolver!, address)
  }

  /** Ends those in namespaces that are gone, which would live on while somebody listens in them. */
  function endLost(): void {
    for (const [netns, { space }] of running) if (spaces.get(netns)?.id !== space) end(netns)
  }

  function leave({ listeners }: Resolver, address: string): boolean {
    listeners.get(address)?.close()
    return listeners.delete(address)
  }

  function listen(space: Space, resolver: Resolver, address: string): Listener {
    const lost = () => {
      if (leave(resolver, address)) drifted({ netns: space.name, what: 'resolver ended' })
    }
    const zone = () => resolver.zone
    const udp = listenByUdp(boundSocket(space, datagram, address), zone, lost)
    try {
      const tcp = listenByTcp(boundSocket(space, stream, address), zone, connections, lost)
      return { close: () => [udp, tcp].forEach(each => each.close()) }
    } catch (error) {
      udp.close()
      throw error
    }
  }

  return {
    observe(netns) {
      endLost()
      return [...running.values()]
        .filter(({ item, listeners }) => listeners.size > 0 && (netns?.includes(item.netns) ?? true))
        .map(({ item, listeners }) => ({ ...item, listen: item.listen.filter(each => listeners.has(each)) }))
    },
    put(space, item) {
      endLost()
      const zone = zoneOf(item.records)
      const resolver = running.get(item.netns) ?? { space: space.id, listeners: new Map(), item, zone }
      running.set(item.netns, Object.assign(resolver, { item, zone }))
      for (const address of resolver.listeners.keys()) if (!item.listen.includes(address)) leave(resolver, address)
      const failed: string[] = []
      for (const address of item.listen) {
        if (resolver.listeners.has(address)) continue
        try {
          resolver.listeners.set(address, listen(space, resolver, address))
        } catch (error) {
          if (!(error instanceof SystemCallFailed)) throw error
          failed.push(`listening on ${address}:${port}: ${errnoWords(error.errno)}`)
        }
      }
      return failed.length > 0 ? failed.join('; ') : undefined
    },
    remove: end,
    close() {
      for (const netns of running.keys()) end(netns)
    },
  }
}

const [stream, datagram] = [1, 2]
const internet = 2
const reuse = { level: 1, name: 2 }

/** A socket of the namespace. Made by hand, so that it is there, or is refused, before the thread goes home. */
function boundSocket(space: Space, type: number, address: string): number {
  const fd = raised(enter(space.fd, () => socket(internet, type, 0)))
  // Else the connections of a process that ended would keep the next from listening.
  if (type === stream) setOption(fd, reuse.level, reuse.name, 1)
  try {
    bind(fd, Buffer.from([internet, 0, 0, port, ...address.split('.').map(Number), ...Buffer.alloc(8)]))
    return fd
  } catch (error) {
    close(fd)
    throw error
  }
}

function listenByUdp(fd: number, zone: () => Zone, lost: () => void): Listener {
  const udp: UdpSocket = createSocket('udp4')
  udp.on('error', lost)
  udp.on('message', (query, from) => {
    const answer = answerTo(zone(), query, mostUdpBytes)
    // Nobody can be answered at port 0, and what cannot be sent is asked for again.
    if (answer && from.port !== 0) udp.send(answer, from.port, from.address, () => {})
  })
  udp.bind({ fd }).unref()
  return { close: () => void udp.close() }
}

function listenByTcp(fd: number, zone: () => Zone, connections: Set<TcpSocket>, lost: () => void): Listener {
  const own = new Set<TcpSocket>()
  const server: Server = createServer(client => {
    if (connections.size >= mostConnections) {
      client.destroy()
      return
    }
    for (const set of [own, connections]) set.add(client)
    client.on('error', () => {}).on('close', () => [own, connections].forEach(set => set.delete(client)))
    client.setTimeout(idleMs, () => client.destroy())
    answerStream(client, zone)
  })
  server.maxConnections = mostPerAddress
  server.on('error', lost)
  server.listen({ fd }).unref()
  return {
    close() {
      server.close()
      for (const client of own) client.destroy()
    },
  }
}

/** Answers the queries of a connection, each behind its length in two bytes. Who sends what is none, or does not read, is cut off. */
function answerStream(client: TcpSocket, zone: () => Zone): void {
  let waiting = Buffer.alloc(0)
  client.on('data', (part: Buffer) => {
    waiting = Buffer.concat([waiting, part])
    while (waiting.length >= 2) {
      const length = waiting.readUInt16BE(0)
      if (length > mostQueryBytes) return void client.destroy()
      if (waiting.length < 2 + length) return
      const answer = answerTo(zone(), waiting.subarray(2, 2 + length), mostTcpBytes)
      waiting = waiting.subarray(2 + length)
      if (!answer) return void client.destroy()
      const prefix = Buffer.alloc(2)
      prefix.writeUInt16BE(answer.length)
      if (!client.write(Buffer.concat([prefix, answer]))) return void client.destroy()
    }
  })
}

const mostTcpBytes = 0xffff
