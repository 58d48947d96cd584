import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Alert, Empty, Flex, Progress, Skeleton, Statistic, Table } from 'antd'
import { lengthText } from '../../client/length.ts'
import type { Forecast } from '../../client/forecast-wire.ts'
import type { WireOf } from '../../client/wire.ts'
import { useWords, type Language } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { ResourceLink } from '../ui/resource-link.tsx'
import { Proposals } from './proposals.tsx'
import { words } from './words.ts'

const refreshMs = 10_000

/** What source NAT of a gateway or a router has in use, how long it lasts, and what would help. */
export function ForecastPanel({ resource }: { readonly resource: WireOf<'nat-gateway'> | WireOf<'vpc'> }) {
  const { language } = useWords()
  const { server } = useServer()
  const { kind, id } = resource
  const { data, error } = useQuery({
    queryKey: ['forecast', kind, id, language],
    queryFn: () => server.forecast(kind, id),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  })
  return (
    <section aria-label={words.title[language]}>
      <QueryFault error={error} />
      {!data && !error && <Skeleton active />}
      {data && (
        <>
          {data.silent.length > 0 && (
            <Alert type="warning" showIcon title={filled(words.silent[language], { hosts: data.silent.join(', ') })} />
          )}
          <Proposals resource={resource} forecast={data} />
          <Sums forecast={data} />
          {data.addresses.length === 0 ? (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.idle[language]} />
          ) : (
            <Tables forecast={data} />
          )}
          <p className="faint">{words.about[language]}</p>
        </>
      )}
    </section>
  )
}

function Sums({ forecast: { connections, addresses, at } }: { readonly forecast: Forecast }) {
  const { language } = useWords()
  const [fullest] = addresses
  const fillings = [
    { title: words.connections[language], ...connections },
    ...(fullest ? [{ title: words.ports[language], ...fullest }] : []),
  ]
  return (
    <Flex gap={48} wrap className="toolbar">
      {fillings.map(({ title, inUse, limit, perHour, exhaustedAt }) => (
        <div key={title}>
          <Statistic
            title={title}
            value={inUse}
            {...(limit === null ? {} : { suffix: filled(words.of[language], { limit: limit.toLocaleString() }) })}
          />
          {limit !== null && (
            <>
              <Progress
                aria-label={title}
                percent={Math.min(100, Math.round((inUse / limit) * 100))}
                status={exhaustedAt === null ? 'normal' : 'exception'}
                showInfo={false}
                size="small"
              />
              <small>
                {filled(words.perHour[language], { count: signed(perHour) })} · {words.exhausted[language]}:{' '}
                {leftText(exhaustedAt, at, language)}
              </small>
            </>
          )}
        </div>
      ))}
    </Flex>
  )
}

function Tables({ forecast: { addresses, destinations, at } }: { readonly forecast: Forecast }) {
  const { language } = useWords()
  const eipCell = ({ eip, address }: { readonly eip: string | null; readonly address: string }) =>
    eip === null ? address : <ResourceLink kind="eip" id={eip} />
  return (
    <>
      <h3>{words.addresses[language]}</h3>
      <Table<Forecast['addresses'][number]>
        size="small"
        rowKey="address"
        pagination={false}
        scroll={{ x: 'max-content' }}
        dataSource={[...addresses]}
        columns={[
          { title: words.eip[language], render: (_, each) => eipCell(each) },
          { title: words.flows[language], dataIndex: 'connections' },
          { title: words.count[language], dataIndex: 'destinations' },
          { title: words.inUse[language], render: (_, each) => `${each.inUse} / ${each.limit}` },
          { title: words.growth[language], render: (_, each) => signed(each.perHour) },
          { title: words.exhausted[language], render: (_, each) => leftText(each.exhaustedAt, at, language) },
        ]}
      />
      <h3>{words.destinations[language]}</h3>
      <Table<Forecast['destinations'][number]>
        size="small"
        rowKey={({ address, protocol, destination, port }) => [address, protocol, destination, port].join(' ')}
        pagination={false}
        scroll={{ x: 'max-content' }}
        dataSource={[...destinations]}
        columns={[
          {
            title: words.destination[language],
            render: (_, { destination, port }) => <code>{port === 0 ? destination : `${destination}:${port}`}</code>,
          },
          { title: words.protocol[language], render: (_, { protocol }) => protocol.toUpperCase() },
          { title: words.eip[language], render: (_, each) => eipCell(each) },
          { title: words.inUse[language], dataIndex: 'ports' },
        ]}
      />
    </>
  )
}

function leftText(exhaustedAt: string | null, at: string, language: Language): string {
  if (exhaustedAt === null) return words.never[language]
  const leftMs = Date.parse(exhaustedAt) - Date.parse(at)
  if (leftMs <= 0) return words.now[language]
  return filled(words.in[language], { left: lengthText(leftMs, language) })
}

function signed(perHour: number): string {
  return perHour > 0 ? `+${perHour}` : String(perHour)
}

function filled(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (blank, name: string) => String(values[name] ?? blank))
}
