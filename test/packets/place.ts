import type { Made } from '../certificate-maker.ts'
import type { Ask, Got, Logged, Opened, Page, Told } from './talk.ts'

/** Someone who lives in a namespace, and what can be tried there. */
export interface Place {
  readonly netns: string
  /** Connects, and hangs up. */
  connect(address: string, port: number, timeoutMs?: number): Promise<Opened>
  /** Connects, and stays connected. */
  open(address: string, port: number): Promise<Opened>
  hangUp(flow: number): Promise<void>
  /** Whether an open connection still carries words both ways. */
  say(flow: number, timeoutMs?: number): Promise<boolean>
  get(url: string, timeoutMs?: number): Promise<Got>
  /** The pages that so many requests get; those that failed stand as their reason. */
  pages(url: string, count: number): Promise<readonly (Page | string)[]>
  /** Bytes per second from a URL. */
  measure(url: string, ms: number): Promise<number>
  /** The address that a UDP server says it sees; null where no answer comes. */
  askUdp(address: string, port: number, timeoutMs?: number, from?: number): Promise<string | null>
  askDns(by: 'udp' | 'tcp', address: string, name: string, type?: 'A' | 'AAAA' | 'PTR'): Promise<Told | null>
  floodUdp(address: string, flows: { from: number; count: number; perSecond: number }): Promise<void>
  serveHttp(port: number, name: string, address?: string): Promise<void>
  serveHttps(port: number, name: string, made: Made): Promise<void>
  serveProxied(port: number, name: string): Promise<void>
  serveTcp(port: number, name?: string): Promise<void>
  serveUdp(port: number, name?: string): Promise<void>
  serveSyslog(by: 'udp' | 'tcp', port: number): Promise<void>
  readSyslog(port: number): Promise<readonly Logged[]>
  setHealth(port: number, status: number): Promise<void>
  stop(port: number): Promise<void>
  /** How many flows the namespace keeps track of. */
  flows(): Promise<number>
}

const usualMs = 1200

export function placeIn(netns: string, ask: (ask: Ask) => Promise<unknown>): Place {
  const get: Place['get'] = async (url, timeoutMs = 3000) => (await ask({ do: 'get', url, timeoutMs })) as Got
  const opened = (address: string, port: number, timeoutMs: number) =>
    ask({ do: 'open', address, port, timeoutMs }) as Promise<Opened>
  return {
    netns,
    get,
    async connect(address, port, timeoutMs = usualMs) {
      const result = await opened(address, port, timeoutMs)
      await ask({ do: 'hang-up', flow: result.flow })
      return result
    },
    open: (address, port) => opened(address, port, usualMs),
    hangUp: async flow => void (await ask({ do: 'hang-up', flow })),
    say: async (flow, timeoutMs = usualMs) => (await ask({ do: 'say', flow, timeoutMs })) as boolean,
    pages: (url, count) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const { status, body } = await get(url)
          return status === 200 ? (JSON.parse(body) as Page) : `${status ?? ''} ${body}`.trim()
        }),
      ),
    measure: async (url, ms) => (await ask({ do: 'measure', url, ms })) as number,
    askUdp: async (address, port, timeoutMs = usualMs, from = 0) =>
      (await ask({ do: 'ask-udp', address, port, timeoutMs, from })) as string | null,
    askDns: async (by, address, name, type = 'A') =>
      (await ask({ do: 'ask-dns', by, address, name, type, timeoutMs: usualMs })) as Told | null,
    floodUdp: async (address, flows) => void (await ask({ do: 'flood-udp', address, ...flows })),
    serveHttp: async (port, name, address) =>
      void (await ask({ do: 'serve-http', port, name, ...(address === undefined ? {} : { address }) })),
    serveHttps: async (port, name, made) => void (await ask({ do: 'serve-https', port, name, ...made })),
    serveProxied: async (port, name) => void (await ask({ do: 'serve-proxied', port, name })),
    serveTcp: async (port, name = '') => void (await ask({ do: 'serve-tcp', port, name })),
    serveUdp: async (port, name = '') => void (await ask({ do: 'serve-udp', port, name })),
    serveSyslog: async (by, port) => void (await ask({ do: 'serve-syslog', by, port })),
    readSyslog: async port => (await ask({ do: 'read-syslog', port })) as readonly Logged[],
    setHealth: async (port, status) => void (await ask({ do: 'set-health', port, status })),
    stop: async port => void (await ask({ do: 'stop', port })),
    flows: async () => Number(await ask({ do: 'read', file: '/proc/sys/net/netfilter/nf_conntrack_count' })),
  }
}
