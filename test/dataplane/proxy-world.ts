import { Agent, createServer, request, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerHealth } from '../../src/dataplane/host.ts'
import type { ProxyItem } from '../../src/host/item.ts'
import type { ProxyCheck, ProxyListener, ProxyPool, ProxyServer } from '../../src/host/proxy.ts'

/** A web server that tells checks from requests and remembers the order in which they came. */
export interface TestBackend {
  readonly name: string
  readonly port: number
  readonly seen: ('check' | 'request')[]
  status: number
  /** Whether checks wait as requests for `/held` do. */
  holdsChecks: boolean
  /** How many wait. */
  readonly holds: number
  /** Answers those. */
  release(): void
  close(): Promise<void>
}

const healthPath = '/health'

/** Answers with its name; a request for `/held` waits until it is let go. */
export async function startBackend(name: string, port: number): Promise<TestBackend> {
  const server = createServer((incoming, response) => {
    const isCheck = incoming.url === healthPath
    backend.seen.push(isCheck ? 'check' : 'request')
    response.statusCode = isCheck ? backend.status : 200
    if (incoming.url === '/held' || (isCheck && backend.holdsChecks)) held.push(response)
    else response.end(name)
  })
  const held: ServerResponse[] = []
  const backend: TestBackend = {
    name,
    port,
    seen: [],
    status: 200,
    holdsChecks: false,
    get holds() {
      return held.length
    },
    release() {
      for (const response of held.splice(0)) response.end(name)
    },
    close: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return backend
}

/** A server of HAProxy for a port of this machine. */
export function serverOn(port: number, change: Partial<ProxyServer> = {}): ProxyServer {
  return {
    id: `lbb-${String(port).padStart(8, '0')}`,
    address: '127.0.0.1',
    port,
    weight: 1,
    backup: false,
    maxConnections: null,
    enabled: true,
    ...change,
  }
}

/** A balancer in the test's own namespace with one HTTP listener. */
export function proxyOn(port: number, servers: readonly ProxyServer[], check: Partial<ProxyCheck> = {}): ProxyItem {
  const listener: ProxyListener = {
    id: 'lbl-00000001',
    mode: 'http',
    port,
    lastPort: null,
    clientLimits: null,
    acceptProxy: false,
    tls: null,
    proofFor: null,
    redirect: null,
    forwardedFor: true,
    headers: [],
    options: [],
    timeoutS: 50,
    tunnelTimeoutS: 3600,
    retries: 3,
    repeats: false,
    queueS: 10,
    pools: [
      {
        id: 'lbl-00000001',
        match: null,
        standsInFor: [],
        rewrites: [],
        balance: 'roundrobin',
        stickiness: { type: 'none' },
        scene: 'default',
        proxyProtocol: 'none',
        check: {
          protocol: 'http',
          path: healthPath,
          host: '',
          intervalS: 10,
          timeoutS: 5,
          fall: 2,
          rise: 2,
          accept: '200-399',
          expect: '',
          ...check,
        },
        slowStartS: 0,
        drainS: 0,
        firstPort: null,
        servers,
      },
    ],
  }
  return {
    kind: 'proxy',
    netns: '/proc/self/ns/net',
    name: `lb-000${port}`,
    for: `lb-000${port}`,
    config: {
      nodes: [`lb-000${port}`],
      source: null,
      maxConnections: 5000,
      headerBytes: 15360,
      certificates: [],
      listeners: [listener],
    },
  }
}

/** The same with another only listener, and another only pool in it. */
export function withOnly(item: ProxyItem, listener: Partial<ProxyListener>, pool: Partial<ProxyPool> = {}): ProxyItem {
  const [only] = item.config.listeners
  if (!only) throw new Error('no listener')
  const changed: ProxyListener = { ...only, ...listener, pools: [{ ...only.pools[0], ...pool }] }
  return { ...item, config: { ...item.config, listeners: [changed] } }
}

/** The body of an answer, or the status where it is not 200. */
export function get(port: number, path = '/', agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent: agent ?? false }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', part => (body += part))
      response.on('end', () => resolve(response.statusCode === 200 ? body : String(response.statusCode)))
      response.on('error', reject)
    })
    outgoing.on('error', reject).end()
  })
}

/** Clients that ask without pause while something is done; answers by body, and what went wrong. */
export async function underLoad(port: number, keepAlive: boolean, run: () => Promise<void>): Promise<Load> {
  const load: Load = { answers: new Map(), failures: [] }
  const agent = new Agent({ keepAlive, maxSockets: 8 })
  const done = new AbortController()
  const client = async (): Promise<void> => {
    while (!done.signal.aborted) {
      const answer = await get(port, '/', agent).catch((error: Error) => error.message)
      load.answers.set(answer, (load.answers.get(answer) ?? 0) + 1)
      if (!/^[a-z]$/.test(answer)) load.failures.push(answer)
      await sleep(5)
    }
  }
  const clients = Array.from({ length: 8 }, client)
  try {
    await run()
  } finally {
    done.abort()
    await Promise.all(clients)
    agent.destroy()
  }
  return load
}

export interface Load {
  readonly answers: Map<string, number>
  readonly failures: string[]
}

/** Waits until something holds; returns after how many milliseconds it did. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, withinMs = 30_000): Promise<number> {
  const from = Date.now()
  while (!(await holds())) {
    if (Date.now() - from > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`)
    await sleep(20)
  }
  return Date.now() - from
}

/** The state and the reason of each backend, in order. */
export function statesOf(health: readonly ServerHealth[]): string[] {
  return health.map(({ state, reason }) => `${state}: ${reason}`)
}
