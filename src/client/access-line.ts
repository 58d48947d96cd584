import type { Id } from '../model/model.ts'

/** A line of a balancer's access log: a request on HTTP, a connection on TCP; or one that came to nothing, with why. */
export interface AccessLine {
  /** RFC 3339, to the microsecond: when it ended and was written. */
  readonly at: string
  readonly client: string
  readonly clientPort: number
  readonly listener: Id
  /** Whether it came over TLS. */
  readonly tls: boolean
  /** The policy that chose the backend; null for none. */
  readonly policy: Id | null
  /** Null where none was asked. */
  readonly backend: Id | null
  /** What was answered on HTTP; null on TCP, and where nothing was. */
  readonly status: number | null
  readonly method: string | null
  /** With its query; control characters and quotes stand as `#` and two hexadecimal digits. */
  readonly path: string | null
  readonly version: string | null
  readonly bytes: number | null
  /** Milliseconds; null for what was not come to. */
  readonly timesMs: {
    /** Until the request was there, on HTTP. */
    readonly request: number | null
    /** In queues. */
    readonly queue: number | null
    readonly connect: number | null
    /** Until the backend began to answer, on HTTP. */
    readonly response: number | null
    readonly total: number | null
  }
  /** HAProxy's four letters on HTTP, two on TCP: who ended it, when, and what became of the cookie; empty where it says none. */
  readonly termination: string
  /** How many there were when it ended: of the balancer, of the listener, of its pool of backends, of the backend. */
  readonly connections: {
    readonly balancer: number
    readonly listener: number
    readonly pool: number
    readonly backend: number
  } | null
  readonly retries: number
  /** Why a connection came to nothing before anything was asked, e.g. `SSL handshake failure`; empty otherwise. */
  readonly message: string
  /** As HAProxy writes it, and as syslog servers get it. */
  readonly raw: string
}

/** The line that HAProxy keeps as `<6>2026-01-31T12:00:00.123456+00:00 …`; null for what is none, such as news of backends. */
export function accessLineOf(text: string): AccessLine | null {
  const [, at = '', raw = ''] = /^<\d+>(\S+) (.*)$/s.exec(text) ?? []
  const head = headForm.exec(raw)
  if (!head?.groups) return null
  const { client = '', clientPort = '', frontend = '', rest = '' } = head.groups
  const common = {
    at: at.replace('+00:00', 'Z'),
    client: client.replace(/^::ffff:/, ''),
    clientPort: Number(clientPort),
    tls: frontend.endsWith('~'),
    raw,
  }
  const served = servedForm.exec(rest)?.groups
  if (served) return { ...common, ...servedLine(frontend.replace(/~$/, ''), served) }
  const failed = /^: (.*)$/s.exec(rest)
  return failed ? { ...common, ...nothing, listener: frontend.split('/')[0] ?? '', message: failed[1] ?? '' } : null
}

const headForm = /^(?<client>\S+):(?<clientPort>\d+) \[[^\]]+\] (?<frontend>[^\s:]+)(?<rest>.*)$/s
/** The rest of either form; on HTTP a status, two cookies, and the request. */
const servedForm =
  /^ (?<pool>[^\s/]+)\/(?<server>\S+) (?<times>[-+\d/]+) (?:(?<status>-?\d+) )?\+?(?<bytes>\d+) (?:\S+ \S+ )?(?<termination>[-\w]{2,4}) (?<counts>[\d/+]+) [\d/]+(?: "(?<request>.*?)"?)?$/s

const nothing = {
  policy: null,
  backend: null,
  status: null,
  method: null,
  path: null,
  version: null,
  bytes: null,
  timesMs: { request: null, queue: null, connect: null, response: null, total: null },
  termination: '',
  connections: null,
  retries: 0,
  message: '',
} as const

function servedLine(listener: Id, served: Readonly<Record<string, string | undefined>>) {
  const { pool = '', server = '', times = '', status, bytes = '', termination = '', counts = '', request } = served
  const ms = times.split('/').map(each => (each === '-1' ? null : Number(each)))
  const isHttp = status !== undefined
  const [balancer = 0, ofListener = 0, ofPool = 0, backend = 0, retries = 0] = counts.split('/').map(Number)
  return {
    ...nothing,
    ...requestOf(request),
    listener,
    policy: pool.split('_')[1] ?? null,
    // The same backend bears a number behind its name once it was replaced.
    backend: server.startsWith('<') ? null : server.replace(/:\d+$/, ''),
    status: isHttp && Number(status) > 0 ? Number(status) : null,
    bytes: Number(bytes),
    timesMs: {
      request: isHttp ? (ms[0] ?? null) : null,
      queue: ms[isHttp ? 1 : 0] ?? null,
      connect: ms[isHttp ? 2 : 1] ?? null,
      response: isHttp ? (ms[3] ?? null) : null,
      total: ms[isHttp ? 4 : 2] ?? null,
    },
    termination,
    connections: { balancer, listener: ofListener, pool: ofPool, backend },
    retries,
  }
}

function requestOf(request: string | undefined) {
  const [, method = null, path = null, version = null] = /^(\S+) (.+?)(?: (HTTP\/\S+))?$/.exec(request ?? '') ?? []
  // HTTP/2 has no line of a request: HAProxy makes up one with the whole URL.
  return method === null ? {} : { method, path: path?.replace(/^https?:\/\/[^/?]*/, '') || '/', version }
}
