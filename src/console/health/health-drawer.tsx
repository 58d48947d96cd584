import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Drawer, Empty, Flex, Segmented, Skeleton, Statistic, Table } from 'antd'
import { useState } from 'react'
import { lengthText } from '../../client/length.ts'
import { reasonText } from '../../client/reason.ts'
import { availabilityOf, percentText, spansOf } from '../../client/spans.ts'
import type { KnownTurn } from '../../client/wire.ts'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { StateTag } from '../ui/status.tsx'
import './health.css'
import { HealthStrip } from './health-strip.tsx'
import './words.ts'

const hourMs = 60 * 60_000
const windows = { '24h': 24 * hourMs, '7d': 7 * 24 * hourMs, '90d': 90 * 24 * hourMs } as const
type Window = keyof typeof windows

interface Props {
  readonly balancer: Id
  readonly backend: Id
  readonly name: string
  readonly onClose: () => void
}

/** What a backend went through: as a picture, in percent, and turn by turn. */
export function HealthDrawer({ balancer, backend, name, onClose }: Props) {
  const { t } = useWords()
  const { server } = useServer()
  const [window, setWindow] = useState<Window>('24h')
  const { data, error } = useQuery({
    queryKey: ['api', 'history', balancer, backend],
    queryFn: () => server.history(balancer, backend, { limit: 1000 }),
    placeholderData: keepPreviousData,
  })
  // Two hundred turns of each machine are all that is kept.
  const turns = data?.items ?? []
  const hosts = [...Map.groupBy(turns, ({ host }) => host)]
  return (
    <Drawer open size={820} title={t('health.title', { name })} onClose={onClose}>
      <QueryFault error={error} />
      {!data && !error && <Skeleton active />}
      {data && turns.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('health.empty')} />}
      {turns.length > 0 && (
        <>
          <Segmented<Window>
            aria-label={t('health.window')}
            value={window}
            onChange={setWindow}
            options={(Object.keys(windows) as Window[]).map(value => ({ value, label: t(`health.${value}`) }))}
          />
          {hosts.map(([host, list]) => (
            <OfHost key={host} host={hosts.length > 1 ? host : ''} turns={list} lengthMs={windows[window]} />
          ))}
          <TurnTable turns={turns} />
        </>
      )}
    </Drawer>
  )
}

interface OfHostProps {
  /** Empty where there is only one. */
  readonly host: string
  readonly turns: readonly KnownTurn[]
  readonly lengthMs: number
}

function OfHost({ host, turns, lengthMs }: OfHostProps) {
  const { t } = useWords()
  const now = Date.now()
  const spans = spansOf(turns, now - lengthMs, now)
  const share = availabilityOf(spans)
  const outages = spans.filter(({ state }) => state === 'unavailable').length
  return (
    <section className="health-host" aria-label={host || t('health.strip')}>
      {host !== '' && <h3>{host}</h3>}
      <Flex gap={32}>
        <Statistic title={t('health.availability')} value={share === null ? '–' : percentText(share)} />
        <Statistic title={t('health.outages')} value={outages} />
      </Flex>
      <HealthStrip spans={spans} />
    </section>
  )
}

function TurnTable({ turns }: { readonly turns: readonly KnownTurn[] }) {
  const { t, when, language, label } = useWords()
  const hasHosts = new Set(turns.map(({ host }) => host)).size > 1
  return (
    <Table<KnownTurn>
      size="small"
      rowKey={({ at, state, host }) => `${at} ${state} ${host}`}
      pagination={turns.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
      scroll={{ x: 'max-content' }}
      dataSource={[...turns]}
      columns={[
        { title: t('health.when'), render: (_, { at }) => when(at) },
        { title: label('state'), render: (_, { state }) => <StateTag state={state} /> },
        { title: t('health.reason'), render: (_, { reason }) => reasonText(reason, language) || '–' },
        {
          title: t('health.was'),
          render: (_, { was, lastedMs }) =>
            was === null ? (
              '–'
            ) : (
              <Flex gap={6} align="center">
                <StateTag state={was} />
                {lastedMs !== null && lengthText(lastedMs, language)}
              </Flex>
            ),
        },
        ...(hasHosts ? [{ title: t('health.host'), dataIndex: 'host' }] : []),
      ]}
    />
  )
}
