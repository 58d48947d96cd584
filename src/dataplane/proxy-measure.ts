import { listenerOf } from '../host/proxy.ts'
import type { Measure } from './measure.ts'
import { linesOf } from './proxy-stat.ts'

/** The command that {@link proxyMeasures} reads the answer of: listeners both as clients and as servers see them, and servers. */
export const measureCommand = 'show stat -1 7 -1'

const traffic = { bytesIn: 'bin', bytesOut: 'bout', connections: 'scur', connectionsMax: 'scur' } as const
const responses = {
  responses1xx: 'hrsp_1xx',
  responses2xx: 'hrsp_2xx',
  responses3xx: 'hrsp_3xx',
  responses4xx: 'hrsp_4xx',
  responses5xx: 'hrsp_5xx',
} as const

/** The listeners of a balancer in an answer of it, and every server of theirs as HAProxy knows it; nothing of those whose servers it only checks. */
export function proxyMeasures(netns: string, answer: string): Measure[] {
  const listeners = new Map<string, Record<string, number>>()
  const servers: Measure[] = []
  const waiting = new Map<string, number>()
  const able = new Map<string, number>()
  for (const of of linesOf(answer)) {
    const number = (column: string) => Number(of(column))
    const all = (columns: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(columns).map(([meter, column]) => [meter, number(column)]))
    const [pool, row] = [of('pxname'), of('svname')]
    const listener = listenerOf(pool)
    // Who waits does so for a pool, or for the one server that they stick to; a listener has no queue of its own.
    if (row !== 'FRONTEND') waiting.set(listener, (waiting.get(listener) ?? 0) + number('qcur'))
    const isHttp = of('mode') === 'http'
    const counts = { ...all(traffic), ...(isHttp ? all(responses) : {}) }
    const times = {
      latency: number('ttime'),
      latencyMax: number('ttime_max'),
      ...(isHttp ? { responseTime: number('rtime') } : {}),
    }
    if (row === 'FRONTEND') {
      const refused = number('dcon') + number('dses')
      const made = { newConnections: number('conn_tot'), failedConnections: refused, refusedConnections: refused }
      const asked = isHttp ? { requests: number('req_tot'), refusedRequests: number('dreq') } : {}
      const limit = { connectionLimit: number('slim') }
      listeners.set(listener, { ...listeners.get(listener), ...counts, ...limit, ...made, ...asked })
    } else if (row === 'BACKEND') {
      able.set(listener, (able.get(listener) ?? 0) + number('act') + number('bck'))
      // Of the pools of policies nothing else is told but the servers.
      if (pool !== listener) continue
      listeners.set(listener, { ...listeners.get(listener), ...times })
    } else {
      const served = {
        [isHttp ? 'requests' : 'newConnections']: number('stot'),
        failedConnections: number('econ'),
        queued: number('qcur'),
      }
      servers.push({ kind: 'backend', netns, name: `${listener}/${row}`, values: { ...counts, ...served, ...times } })
    }
  }
  const served = [...listeners].filter(([, values]) => 'newConnections' in values)
  const all = served.map(([name, values]): Measure => ({
    kind: 'listener',
    netns,
    name,
    values: { ...values, queued: waiting.get(name) ?? 0, availableBackends: able.get(name) ?? 0 },
  }))
  const names = new Set(served.map(([name]) => name))
  return [...all, ...servers.filter(({ name }) => names.has(name.slice(0, name.indexOf('/'))))]
}
