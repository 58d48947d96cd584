import { listenerOf } from '../host/proxy.ts'
import { lifeState } from './check-life.ts'
import type { ServerHealth } from './host.ts'

/** One server of a running HAProxy, as its statistics tell. */
export interface ServerStat {
  /** The pool that it is in, by HAProxy's name for it. */
  readonly pool: string
  /** The name that HAProxy knows it by. */
  readonly name: string
  readonly address: string
  readonly port: number
  readonly weight: number
  readonly backup: boolean
  /** How many connections it gets at a time; null for any number. */
  readonly maxConnections: number | null
  readonly maintenance: boolean
  readonly checked: boolean
  /** Successes on the way up, and beyond `rise` failures left on the way down. */
  readonly health: number
  readonly rise: number
  readonly fall: number
  /** HAProxy's code of the last check's result, e.g. `L4CON`; empty before the first. */
  readonly result: string
  readonly httpStatus: string
  readonly detail: string
  readonly checkMs: number | null
  /** Seconds since it went up or down. */
  readonly changedS: number
  readonly sessions: number
  readonly requests: number
  /** How many clients wait for it, or for any server of its pool. */
  readonly queued: number
  /** Whether it came up a short while ago and has not got to its whole share yet. */
  readonly warming: boolean
}

/** The commands that {@link statOf} reads the answer of: every pool, and its servers. */
export const statCommand = 'show stat -1 6 -1'

/** The servers in an answer to {@link statCommand}. */
export function statOf(answer: string): ServerStat[] {
  const lines = linesOf(answer)
  const pools = lines.filter(of => of('svname') === poolRow)
  const waiting = new Map(pools.map(of => [of('pxname'), Number(of('qcur'))]))
  return lines.filter(of => of('svname') !== poolRow).map(of => serverStat(of, waiting.get(of('pxname')) ?? 0))
}

/** What stands in the place of a server's name where a pool as a whole is told of. */
const poolRow = 'BACKEND'

/** The lines of statistics, each as a function from a column to what it says there; empty where it says nothing. */
export function linesOf(answer: string): ((column: string) => string)[] {
  const [head = '', ...lines] = answer.split('\n')
  const places = placesOf(head)
  return lines.filter(Boolean).map(line => {
    const values = fieldsOf(line)
    return column => values[places.get(column) ?? -1] ?? ''
  })
}

let lastPlaces: { readonly head: string; readonly places: ReadonlyMap<string, number> } | undefined

/** Where each column is. Kept, as every HAProxy of a machine says the same, every second. */
function placesOf(head: string): ReadonlyMap<string, number> {
  if (lastPlaces?.head !== head) {
    const names = head.replace(/^# /, '').split(',')
    lastPlaces = { head, places: new Map(names.map((name, at) => [name, at])) }
  }
  return lastPlaces.places
}

function serverStat(of: (column: string) => string, waiting: number): ServerStat {
  const [address = '', port = ''] = of('addr').split(':')
  const result = of('check_status').replace(/^\* /, '')
  const isFirst = result === 'INI' || result === 'UNK'
  return {
    pool: of('pxname'),
    name: of('svname'),
    address,
    port: Number(port),
    weight: Number(of('uweight')),
    backup: of('bck') === '1',
    maxConnections: Number(of('slim')) || null,
    maintenance: of('status').startsWith('MAINT'),
    checked: of('status') !== 'no check',
    health: Number(of('check_health')),
    rise: Number(of('check_rise')),
    fall: Number(of('check_fall')),
    result: isFirst ? '' : result,
    httpStatus: of('check_code'),
    detail: of('last_chk'),
    checkMs: isFirst || of('check_duration') === '' ? null : Number(of('check_duration')),
    changedS: Number(of('lastchg')),
    sessions: Number(of('scur')),
    requests: Number(of('stot')),
    queued: Number(of('qcur')) + waiting,
    warming: of('throttle') !== '',
  }
}

/** The fields of a line of CSV; those that hold text of others come in quotes. */
function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  for (let from = 0; from <= line.length;) {
    const quoted = line[from] === '"'
    const end = quoted ? closingQuote(line, from + 1) : line.indexOf(',', from)
    const to = end < 0 ? line.length : end
    fields.push(quoted ? line.slice(from + 1, to).replaceAll('""', '"') : line.slice(from, to))
    from = to + (quoted ? 2 : 1)
  }
  return fields
}

/** Where the text ends that begins there; two quotes are one in it. */
function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from)
  while (at >= 0 && line[at + 1] === '"') at = line.indexOf('"', at + 2)
  return at
}

/** What the balancer's own checks know of a server. */
export function healthOf(stat: ServerStat, backend: string): ServerHealth {
  const { checkMs, changedS, sessions, requests, queued } = stat
  return {
    listener: listenerOf(stat.pool),
    backend,
    state: stateOf(stat),
    reason: reasonOf(stat),
    checkMs,
    changedS,
    sessions,
    requests,
    queued,
  }
}

function stateOf({ maintenance, checked, ...life }: ServerStat): ServerHealth['state'] {
  if (maintenance) return 'maintenance'
  return checked ? lifeState(life) : 'no-check'
}

/** The last check in an operator's words; empty before the first. */
function reasonOf({ result, httpStatus, detail, checkMs }: ServerStat): string {
  const seconds = `${Math.max(1, Math.round((checkMs ?? 0) / 1000))} s`
  switch (result) {
    case '':
      return ''
    case 'L4OK':
      return 'connected'
    case 'L6OK':
      return 'TLS established'
    case 'L4TOUT':
      return `timeout after ${seconds}`
    case 'L6TOUT':
      return `timeout after ${seconds}: connected, but no TLS handshake`
    case 'L7TOUT':
      return `timeout after ${seconds}: connected, but no answer`
    case 'L6RSP':
      return `TLS handshake failed${detail && `: ${detail}`}`
    case 'L7RSP':
      if (detail.includes('content check')) return 'the answer does not hold what is expected'
      return 'connected, but the answer is not HTTP'
    case 'L7OK':
    case 'L7OKC':
    case 'L7STS':
      // While a check is under way HAProxy has forgotten what the last one was answered.
      if (httpStatus === '0') return ''
      return httpStatus ? `HTTP ${httpStatus}` : 'HTTP status'
    default:
      return socketError(detail)
  }
}

function socketError(detail: string): string {
  if (detail.includes('Network is unreachable')) return 'no route'
  if (detail.includes('No route to host')) return 'no route: host unreachable'
  const inner = /^General socket error \((.*)\)$/.exec(detail)?.[1] ?? detail
  return inner.toLowerCase() || 'connection failed'
}
