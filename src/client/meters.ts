/** What is measured of resources, in words that the API, the console and Prometheus share. */
interface Meter {
  /** What a point of its series counts. */
  readonly unit: 'B/s' | '1/s' | 'ms' | '1'
  /** Whether the machine counts it up; a series then holds what came per second. Else it holds what was there. */
  readonly counts: boolean
  /** What longer steps show of shorter ones. */
  readonly over: 'mean' | 'max'
  /** What several things on a machine are together that stand for one resource, such as nodes; their sum when left out. */
  readonly together?: 'max'
}

const bytes = { unit: 'B/s', counts: true, over: 'mean' } as const
const rate = { unit: '1/s', counts: true, over: 'mean' } as const
const number = { unit: '1', counts: false, over: 'mean' } as const
const most = { unit: '1', counts: false, over: 'max' } as const
const time = { unit: 'ms', counts: false, over: 'mean', together: 'max' } as const
const longest = { unit: 'ms', counts: false, over: 'max', together: 'max' } as const

/**
 * Every meter, by name. Which of them a resource has depends on what it is:
 *
 * - EIPs, VPCs, NAT gateways, balancers: bytes and packets, `in` being from the internet to the resource;
 * - NAT gateways besides: `connections` through SNAT, `connectionLimit` of their size, and the packets that it refused;
 * - NAT gateways, VPCs and their EIPs, once there are many connections: `snatPorts`;
 * - listeners and backends (`lbl-`, `lbb-`): requests, responses by class, connections, who waits, latency, bytes; `in` is
 *   what clients send.
 */
export const meters = {
  bytesIn: bytes,
  bytesOut: bytes,
  packetsIn: rate,
  packetsOut: rate,
  /** Connections that are open now. */
  connections: number,
  /** The most that were seen open at a time. */
  connectionsMax: most,
  connectionLimit: number,
  /** Ports in use of a public IP for one port of one destination, where most are. */
  snatPorts: most,
  /** Connections that were made. */
  newConnections: rate,
  /** Connections that could not be made, or that were refused. */
  failedConnections: rate,
  /** Clients that wait for a backend that has its most connections, or for whichever is free first. */
  queued: number,
  /** Backends of a listener that may serve now; with several nodes, for the one that has most. */
  availableBackends: { ...number, together: 'max' },
  /** Connections that a limit or a list refused; each is asked for again a few times. */
  refusedConnections: rate,
  requests: rate,
  /** Requests that a limit on clients refused. */
  refusedRequests: rate,
  responses1xx: rate,
  responses2xx: rate,
  responses3xx: rate,
  responses4xx: rate,
  responses5xx: rate,
  /** Requests that the balancer answered itself, as no backend did. */
  ownErrors4xx: rate,
  ownErrors5xx: rate,
  /** The mean time of the latest 1,024 requests, or connections where those are not HTTP, from their start to their end. */
  latency: time,
  /** How long backends took to begin their answer: the mean of the latest 1,024 requests. */
  responseTime: time,
  /** The longest of the time since the balancer was last reloaded. */
  latencyMax: longest,
} as const satisfies Readonly<Record<string, Meter>>

export type MeterName = keyof typeof meters
export const meterNames = Object.keys(meters) as readonly MeterName[]

/** Ranges that charts offer, in seconds. */
export const ranges = {
  '1h': 3600,
  '3h': 3 * 3600,
  '12h': 12 * 3600,
  '1d': 86_400,
  '7d': 7 * 86_400,
  '15d': 15 * 86_400,
} as const
export type RangeName = keyof typeof ranges
