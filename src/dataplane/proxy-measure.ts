import type { Measure } from './measure.ts'
import { backendOf } from './proxy-plan.ts'
import { linesOf } from './proxy-stat.ts'

/** The command that {@link proxyMeasures} reads the answer of: listeners both as clients and as servers see them, and servers. */
export const measureCommand = 'show stat -1 7 -1'

/** What is counted: added up where a backend has several servers, as it has while one replaces another. */
const counted = {
  bytesIn: 'bin',
  bytesOut: 'bout',
  responses1xx: 'hrsp_1xx',
  responses2xx: 'hrsp_2xx',
  responses3xx: 'hrsp_3xx',
  responses4xx: 'hrsp_4xx',
  responses5xx: 'hrsp_5xx',
  connections: 'scur',
} as const

/** The listeners and backends in an answer of a balancer. */
export function proxyMeasures(netns: string, answer: string): Measure[] {
  const found = new Map<string, Measure>()
  for (const of of linesOf(answer)) {
    const number = (column: string) => Number(of(column))
    const [listener, row] = [of('pxname'), of('svname')]
    const isHttp = of('mode') === 'http'
    const [kind, name] =
      row === 'FRONTEND' || row === 'BACKEND'
        ? (['listener', listener] as const)
        : (['backend', backendOf(row)] as const)
    const before = found.get(`${kind} ${name}`)?.values ?? {}
    const values: Record<string, number> = { ...before }
    const add = (meter: string, value: number) => (values[meter] = (values[meter] ?? 0) + value)
    if (row !== 'BACKEND') {
      for (const [meter, column] of Object.entries(counted)) {
        if (isHttp || !meter.startsWith('responses')) add(meter, number(column))
      }
      if (row === 'FRONTEND') {
        add('newConnections', number('conn_tot'))
        add('failedConnections', number('dcon') + number('dses'))
        if (isHttp) add('requests', number('req_tot'))
      } else {
        add(isHttp ? 'requests' : 'newConnections', number('stot'))
        add('failedConnections', number('econ'))
      }
    } else if (isHttp) {
      // What the backends answered; the rest of what clients saw is the balancer's own.
      add('answered4xx', number('hrsp_4xx'))
      add('answered5xx', number('hrsp_5xx'))
    }
    if (row !== 'FRONTEND') {
      values['latency'] = Math.max(values['latency'] ?? 0, number('ttime'))
      values['latencyMax'] = Math.max(values['latencyMax'] ?? 0, number('ttime_max'))
      if (isHttp) values['responseTime'] = Math.max(values['responseTime'] ?? 0, number('rtime'))
    }
    found.set(`${kind} ${name}`, { kind, netns, name, values })
  }
  return [...found.values()]
}
