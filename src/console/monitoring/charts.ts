import { meters, type MeterName } from '../../client/meters.ts'
import type { Metrics } from '../../client/wire.ts'
import type { Words } from '../../model/define.ts'

type Values = readonly (number | null)[]
type Unit = 'bit/s' | '1/s' | 'ms' | '1' | '%'

interface Line {
  readonly label: Words
  /** What is drawn, from the meters that were asked for; null leaves a gap. */
  readonly of: (valueOf: (meter: MeterName) => number | null) => number | null
  readonly needs: readonly MeterName[]
}

interface Chart {
  readonly key: string
  readonly title: Words
  readonly unit: Unit
  readonly lines: readonly Line[]
}

/** A chart with what it shows: one time and one value of each line per point. */
export interface Drawing {
  readonly key: string
  readonly title: Words
  readonly unit: Unit
  /** Seconds since 1970. */
  readonly times: readonly number[]
  readonly lines: readonly { readonly label: Words; readonly values: Values }[]
}

const plain = (meter: MeterName, en: string, zh: string): Line => ({
  label: { en, zh },
  of: valueOf => valueOf(meter),
  needs: [meter],
})
const bits = (meter: MeterName, en: string, zh: string): Line => ({
  label: { en, zh },
  of: valueOf => times(valueOf(meter), 8),
  needs: [meter],
})
const snatUse: Line = {
  label: { en: 'SNAT connection use', zh: 'SNAT 连接使用率' },
  of(valueOf) {
    const limit = valueOf('connectionLimit')
    return limit === null || limit === 0 ? null : times(valueOf('connections'), 100 / limit)
  },
  needs: ['connections', 'connectionLimit'],
}

/** Everything that is drawn of whatever has the meters for it. */
const charts: readonly Chart[] = [
  {
    key: 'requests',
    title: { en: 'Requests', zh: '请求数' },
    unit: '1/s',
    lines: [plain('requests', 'Requests', '请求')],
  },
  {
    key: 'errors',
    title: { en: 'Errors', zh: '错误' },
    unit: '1/s',
    lines: [
      plain('responses4xx', 'Backend 4xx', '后端 4xx'),
      plain('responses5xx', 'Backend 5xx', '后端 5xx'),
      plain('ownErrors4xx', 'Balancer 4xx', '负载均衡器 4xx'),
      plain('ownErrors5xx', 'Balancer 5xx', '负载均衡器 5xx'),
    ],
  },
  {
    key: 'responses',
    title: { en: 'Responses', zh: '响应' },
    unit: '1/s',
    lines: [
      plain('responses2xx', '2xx', '2xx'),
      plain('responses3xx', '3xx', '3xx'),
      plain('responses1xx', '1xx', '1xx'),
    ],
  },
  {
    key: 'latency',
    title: { en: 'Latency', zh: '延迟' },
    unit: 'ms',
    lines: [
      plain('latency', 'Whole request, mean', '请求总时长（平均）'),
      plain('responseTime', 'Until the answer began, mean', '后端响应时长（平均）'),
      plain('latencyMax', 'Longest', '最大'),
    ],
  },
  {
    key: 'snat-use',
    title: { en: 'SNAT connection use', zh: 'SNAT 连接使用率' },
    unit: '%',
    lines: [snatUse],
  },
  {
    key: 'snat-ports',
    title: {
      en: 'Ports in use of one public IP for one destination, where most are',
      zh: '单个公网 IP 对单个目标的已用端口（最大）',
    },
    unit: '1',
    lines: [plain('snatPorts', 'Ports', '端口')],
  },
  {
    key: 'connections',
    title: { en: 'Connections', zh: '连接数' },
    unit: '1',
    lines: [
      plain('connections', 'Open', '当前连接'),
      plain('connectionsMax', 'Most', '最大'),
      plain('connectionLimit', 'Limit', '上限'),
    ],
  },
  {
    key: 'available-backends',
    title: { en: 'Available backends', zh: '可用后端数' },
    unit: '1',
    lines: [plain('availableBackends', 'Available', '可用')],
  },
  {
    key: 'new-connections',
    title: { en: 'New connections', zh: '新建连接' },
    unit: '1/s',
    lines: [
      plain('newConnections', 'Made', '新建'),
      plain('failedConnections', 'Failed', '失败'),
      plain('refusedConnections', 'Refused by limits and lists', '被限制或名单拒绝'),
      plain('refusedRequests', 'Requests refused by limits', '被限制的请求'),
    ],
  },
  {
    key: 'bandwidth',
    title: { en: 'Bandwidth', zh: '带宽' },
    unit: 'bit/s',
    lines: [bits('bytesIn', 'In', '入方向'), bits('bytesOut', 'Out', '出方向')],
  },
  {
    key: 'packets',
    title: { en: 'Packets', zh: '数据包' },
    unit: '1/s',
    lines: [plain('packetsIn', 'In', '入方向'), plain('packetsOut', 'Out', '出方向')],
  },
]

/** The charts that can be drawn of what was measured. Where nothing was heard there is a gap. */
export function drawingsOf(metrics: Metrics): readonly Drawing[] {
  const rows = rowsOf(metrics)
  const known = new Set(metrics.meters.map(({ name }) => name))
  return charts.flatMap(({ key, title, unit, lines }) => {
    const drawn = lines.filter(({ needs }) => needs.every(meter => known.has(meter)))
    if (drawn.length === 0) return []
    const seconds = rows.map(({ time }) => time / 1000)
    const values = drawn.map(({ label, of }) => ({
      label,
      values: rows.map(({ values: row }) => of(meter => row.get(meter) ?? null)),
    }))
    return [{ key, title, unit, times: seconds, lines: values }]
  })
}

/** Everything that was measured as a table for other programs: a line per time, a column per meter; nothing where none. */
export function csvOf(metrics: Metrics): string {
  const names = metrics.meters.map(({ name }) => name)
  const head = ['time', ...names.map(name => `${name} (${meters[name].unit})`)]
  const lines = rowsOf(metrics).map(({ time, values }) =>
    [new Date(time).toISOString(), ...names.map(name => values.get(name) ?? '')].join(','),
  )
  return [head.join(','), ...lines, ''].join('\r\n')
}

/** What all meters say at one time. */
interface Row {
  readonly time: number
  readonly values: ReadonlyMap<MeterName, number | null>
}

function rowsOf(metrics: Metrics): readonly Row[] {
  const rows = new Map<number, Map<MeterName, number | null>>()
  for (const { name, points } of metrics.meters) {
    for (const [time, value] of points) {
      const row = rows.get(time) ?? new Map<MeterName, number | null>()
      rows.set(time, row.set(name, value))
    }
  }
  return [...rows].sort(([a], [b]) => a - b).map(([time, values]) => ({ time, values }))
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor
}

const sizes = ['', 'k', 'M', 'G', 'T']

/** A value as people read it: `1.5 Mbit/s`, `320 ms`, `12 %`; a dash where there is none. */
export function valueText(value: number | null, unit: Unit): string {
  if (value === null) return '–'
  if (unit === 'ms') return value >= 1000 ? `${short(value / 1000)} s` : `${short(value)} ms`
  if (unit === '%') return `${short(value)} %`
  const step = value < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(value) / 3))
  const [number, size] = [short(value / 1000 ** step), sizes[step] ?? '']
  if (unit === 'bit/s') return `${number} ${size}bit/s`
  return unit === '1/s' ? `${number}${size}/s` : number + size
}

/** Three digits that matter. */
function short(value: number): string {
  return String(Number(value >= 1000 ? value.toFixed(0) : value.toPrecision(3)))
}
