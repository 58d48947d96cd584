import type { ProxyListener } from './proxy.ts'

/** Where a listener remembers what each client does; in each process by itself, and not beyond a reload: it is about a second, and about connections of its own. */
const tableOf = ({ id }: ProxyListener): string => `${id}_clients`

/** The section that holds what a listener remembers of clients whom it limits. */
export function clientTable(listener: ProxyListener): string[] {
  if (!listener.clientLimits) return []
  const stored = 'conn_cur,gpc0,gpc0_rate(1s),gpc1,gpc1_rate(1s)'
  return [`backend ${tableOf(listener)}`, `  stick-table type ip size 100k expire 10s store ${stored}`, '']
}

/** How a listener refuses clients what is beyond their limits. What was refused does not count, so that who asks too often gets as much as others may. */
export function clientLimitLines(listener: ProxyListener): string[] {
  if (!listener.clientLimits) return []
  const { connections, connectionsPerS, requestsPerS } = listener.clientLimits
  // At the earliest moment at which the client is known.
  const first = `  tcp-request ${listener.acceptProxy ? 'session' : 'connection'}`
  return [
    `${first} track-sc0 src table ${tableOf(listener)}`,
    ...(connections === null ? [] : [`${first} reject if { sc0_conn_cur gt ${connections} }`]),
    ...(connectionsPerS === null
      ? []
      : [`${first} reject if { sc0_gpc0_rate ge ${connectionsPerS} }`, `${first} sc-inc-gpc0(0)`]),
    ...(requestsPerS === null || listener.mode !== 'http'
      ? []
      : [
          `  http-request deny deny_status 429 hdr Retry-After 1 if { sc0_gpc1_rate ge ${requestsPerS} }`,
          '  http-request sc-inc-gpc1(0)',
        ]),
  ]
}
