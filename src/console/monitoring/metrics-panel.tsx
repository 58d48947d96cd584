import { DownloadOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button, Empty, Radio, Segmented, Select, Skeleton, Space } from 'antd'
import { useMemo, useState } from 'react'
import { ranges, type RangeName } from '../../client/meters.ts'
import type { Metrics } from '../../client/wire.ts'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { csvOf, drawingsOf } from './charts.ts'
import { LineChart } from './line-chart.tsx'
import { MetricsTable } from './metrics-table.tsx'
import './monitoring.css'
import { summed } from './sum.ts'
import { rangeWords, stepWords, words } from './words.ts'

const refreshMs = 10_000
const rangeNames = Object.keys(ranges) as readonly RangeName[]
/** The steps that make sense for a range; the server chooses where none is. */
const stepsOf: Readonly<Record<RangeName, readonly number[]>> = {
  '1h': [10, 60, 300],
  '3h': [60, 300, 3600],
  '12h': [60, 300, 3600],
  '1d': [60, 300, 3600],
  '7d': [300, 3600, 86400],
  '15d': [300, 3600, 86400],
}
const automatic = 0

interface Props {
  readonly id: Id
  /** What is measured of these is added to what is measured of it. */
  readonly parts: readonly Id[]
}

/** What was measured of one resource, listener or backend. */
export function MetricsPanel({ id, parts }: Props) {
  const { language } = useWords()
  const { server } = useServer()
  const [range, setRange] = useState<RangeName>('1h')
  const [step, setStep] = useState(automatic)
  const [view, setView] = useState<'charts' | 'table'>('charts')
  const { data, error } = useQuery({
    queryKey: ['metrics', id, parts, range, step],
    async queryFn({ signal }) {
      const read = (of: Id) => server.metrics(of, { range, ...(step === automatic ? {} : { step }) }, signal)
      const [whole, ...others] = await Promise.all([read(id), ...parts.map(read)])
      return summed(whole, others)
    },
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  })
  const drawings = useMemo(() => data && drawingsOf(data), [data])
  return (
    <div className="metrics">
      <Space wrap className="metrics-tools">
        <Radio.Group
          aria-label={words.range[language]}
          optionType="button"
          value={range}
          onChange={event => {
            const next = event.target.value as RangeName
            setRange(next)
            if (!stepsOf[next].includes(step)) setStep(automatic)
          }}
          options={rangeNames.map(value => ({ value, label: rangeWords[value][language] }))}
        />
        <Select
          aria-label={words.step[language]}
          value={step}
          onChange={setStep}
          options={[automatic, ...stepsOf[range]].map(value => ({
            value,
            label: (stepWords[value] ?? words.auto)[language],
          }))}
        />
        <Segmented
          value={view}
          onChange={setView}
          options={(['charts', 'table'] as const).map(value => ({ value, label: words[value][language] }))}
        />
        <Button icon={<DownloadOutlined />} disabled={!data} onClick={() => data && download(data, range)}>
          {words.export[language]}
        </Button>
      </Space>
      <QueryFault error={error} />
      {!drawings ? (
        !error && <Skeleton active />
      ) : drawings.length === 0 ? (
        <Empty description={words.empty[language]} />
      ) : view === 'table' ? (
        <MetricsTable drawings={drawings} />
      ) : (
        <div className="charts">
          {drawings.map(drawing => (
            <LineChart key={drawing.key} drawing={drawing} />
          ))}
        </div>
      )}
      <p className="faint">{words.kept[language]}</p>
    </div>
  )
}

function download(metrics: Metrics, range: RangeName): void {
  const url = URL.createObjectURL(new Blob([csvOf(metrics)], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${metrics.id}-${range}.csv`
  link.click()
  URL.revokeObjectURL(url)
}
