import assert from 'node:assert/strict'
import { balanced } from '../balanced.ts'
import { timeText } from '../clients.ts'
import type { Given, Row } from '../row.ts'
import { anything, each } from '../shape.ts'
import type { Answer, Site } from '../site.ts'

/** What was counted in every second. */
const perSecond = {
  traffic: { bytesIn: 100, bytesOut: 2000, packetsIn: 3, packetsOut: 4 },
  web: {
    requests: 10,
    responses2xx: 6,
    responses3xx: 1,
    responses4xx: 2,
    responses5xx: 1,
    ownErrors4xx: 1,
    ownErrors5xx: 1,
    newConnections: 5,
  },
}

const times = (figures: Readonly<Record<string, number>>, seconds: number) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, value * seconds]))

/** Twenty-five minutes of everything: at least four whole steps of five minutes. */
async function measured(site: Site): Promise<Given> {
  const given = await balanced(site)
  const { eip = '', held = '', vpc = '', front = '', listener = '', near = '' } = given
  const listeners = [{ protocol: 'tcp', port: 81, backends: [{ address: '198.51.100.9', port: 81 }] }]
  const raw = await site.make('load-balancer', { eips: [given['free'] ?? ''], listeners })
  const shown = await site.done('DescribeLoadBalancerBackends', { loadbalancer: raw })
  const [backend] = shown['loadbalancer_backend_set'] as Given[]
  const { loadbalancer_listener_id: tcp = '', loadbalancer_backend_id: far = '' } = backend ?? {}
  const gateway = await site.make('nat-gateway', { vpc })
  site.measure(25, seconds => {
    // Connections and latency go up and down in every minute.
    const wave = (seconds % 60) / 10
    const there = { connections: wave, latency: 20 + wave }
    const web = { ...times(perSecond.web, seconds), ...there }
    const traffic = times(perSecond.traffic, seconds)
    return {
      [eip]: traffic,
      [held]: traffic,
      [vpc]: traffic,
      // All of its addresses together, which is not what is asked for.
      [front]: times(perSecond.traffic, seconds * 2),
      [gateway]: { ...traffic, connections: 7, connectionLimit: 10_000 },
      [listener]: web,
      [near]: web,
      [tcp]: { newConnections: seconds * 5, ...there },
      [far]: { newConnections: seconds * 5, ...there },
    }
  })
  return { ...given, gateway, tcp, far }
}

const lastHalfHour = () => ({
  step: '5m',
  start_time: timeText(new Date(Date.now() - 30 * 60_000)),
  end_time: timeText(new Date()).replace('Z', '.520Z'),
})

const series = each(anything)

/** Checks what was told of whole steps: the first may be of less. */
function assertSteps(data: unknown, value: unknown): void {
  assert.ok(Array.isArray(data))
  const [first, ...rest] = data as [readonly [number, unknown], ...unknown[]]
  const [time] = first
  assert.equal(time % 300, 0)
  assert.ok(Math.abs(Date.now() / 1000 - time) < 3600)
  assert.ok(rest.length >= 3, `${rest.length} whole steps`)
  for (const next of rest) assert.deepEqual(next, value)
}

const setIn = (answer: Answer) =>
  answer['meter_set'] as { data: unknown; data_set: { eip_id: string; data: unknown }[] }[]

export const rows: readonly Row[] = [
  {
    action: 'GetMonitor',
    about: 'of a public address',
    given: measured,
    parameters: ({ eip = '' }) => ({ resource: eip, meters: ['traffic', 'flow'], ...lastHalfHour() }),
    answer: ({ eip = '' }) => ({
      resource_id: eip,
      meter_set: [
        { meter_id: 'traffic', data: series },
        { meter_id: 'flow', data: series },
      ],
    }),
    then(_site, _given, answer) {
      const [traffic, flow] = setIn(answer)
      assertSteps(traffic?.data, [100, 2000])
      assertSteps(flow?.data, [30_000, 600_000])
    },
  },
  {
    action: 'GetMonitor',
    about: 'of a router: its public side, and nothing of what is not measured',
    given: measured,
    parameters: ({ vpc = '', subnet = '' }) => ({ resource: vpc, meters: ['vxnet-0', subnet], ...lastHalfHour() }),
    answer: ({ vpc = '', subnet = '' }) => ({
      resource_id: vpc,
      meter_set: [
        { meter_id: 'vxnet-0', data: series },
        { meter_id: subnet, data: [] },
      ],
    }),
    then: (_site, _given, answer) => assertSteps(setIn(answer)[0]?.data, [100, 2000]),
  },
  {
    action: 'GetMonitor',
    about: 'of an instance nothing is measured',
    given: measured,
    parameters: ({ server = '' }) => ({
      resource: server,
      meters: ['cpu', 'memory', 'disk-os', 'if-52:54:f4:98:5d:f3'],
      ...lastHalfHour(),
    }),
    answer: ({ server = '' }) => ({
      resource_id: server,
      meter_set: ['cpu', 'memory', 'disk-os', 'if-52:54:f4:98:5d:f3'].map(name => ({ meter_id: name, data: [] })),
    }),
  },
  {
    action: 'GetLoadBalancerMonitor',
    about: 'of a balancer, by address',
    given: measured,
    parameters: ({ front = '' }) => ({
      resource: front,
      resource_type: 'loadbalancer',
      meters: ['traffic'],
      ...lastHalfHour(),
    }),
    answer: ({ front = '', eip = '' }) => ({
      resource_id: front,
      meter_set: [{ meter_id: 'traffic', data_set: [{ eip_id: eip, data: series }] }],
    }),
    then: (_site, _given, answer) => assertSteps(setIn(answer)[0]?.data_set[0]?.data, [100, 2000]),
  },
  ...(
    [
      ['an HTTP listener', 'listener', 'eip', '3000|300|300|0|1800|300|300|0|25|20|23|5|3|5000'],
      ['a backend of it', 'near', 'eip', '0|1800|300|600|300|25|20|23'],
      ['a TCP listener', 'tcp', 'free', '1500|5|3|5000'],
      ['a backend of it', 'far', 'free', 1500],
    ] as const
  ).map(([about, resource, eip, value]): Row => ({
    action: 'GetLoadBalancerMonitor',
    about: `of ${about}`,
    given: measured,
    parameters: given => ({ resource: given[resource] ?? '', meters: ['request'], ...lastHalfHour() }),
    answer: given => ({
      resource_id: given[resource] ?? '',
      meter_set: [{ meter_id: 'request', data_set: [{ eip_id: given[eip] ?? '', data: series }] }],
    }),
    then: (_site, _given, answer) => assertSteps(setIn(answer)[0]?.data_set[0]?.data, value),
  })),
  {
    action: 'GetNFVMonitor',
    given: measured,
    parameters: ({ gateway = '' }) => ({
      resource: gateway,
      meters: ['traffic', 'interface', 'packets', 'connections'],
      ...lastHalfHour(),
    }),
    answer: ({ gateway = '' }) => ({
      resource_id: gateway,
      meter_set: ['traffic', 'interface', 'packets', 'connections'].map(name => ({ meter_id: name, data: series })),
    }),
    then(_site, _given, answer) {
      const values = [
        [100, 2000],
        [100, 2000],
        [3, 4],
        [7, 10_000],
      ]
      for (const [i, { data }] of setIn(answer).entries()) assertSteps(data, values[i])
    },
  },
]
