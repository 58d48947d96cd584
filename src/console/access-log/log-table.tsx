import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Alert, Empty, Input, Select, Space, Switch, Table } from 'antd'
import { useMemo, useState } from 'react'
import type { AccessLogQuery } from '../../client/api-client.ts'
import type { WireOf } from '../../client/wire.ts'
import { useWords } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { columnsOf, namesOf, rowsOf, type Row } from './columns.tsx'
import { LineDetail } from './line-detail.tsx'
import { words } from './words.ts'

const shown = 200
const followMs = 2000
const classes = ['2xx', '3xx', '4xx', '5xx']
type Filter = Pick<AccessLogQuery, 'listener' | 'status' | 'client' | 'search'>

/** The newest lines, the newest first, and what to look for among them. */
export function LogTable({ balancer }: { readonly balancer: WireOf<'load-balancer'> }) {
  const { language } = useWords()
  const { server } = useServer()
  const [filter, setFilter] = useState<Filter>({})
  const [follows, setFollows] = useState(true)
  const { data, error, isPending } = useQuery({
    queryKey: ['access-log', balancer.id, filter, language],
    queryFn: ({ signal }) => server.accessLog(balancer.id, { limit: shown, ...filter }, signal),
    refetchInterval: follows ? followMs : false,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const names = useMemo(() => namesOf(balancer), [balancer])
  const rows = useMemo(() => rowsOf(data?.items ?? []), [data])
  const silent = data?.silent ?? []
  return (
    <div className="access-log">
      <Filters
        balancer={balancer}
        onChange={change => setFilter(before => said({ ...before, ...change }))}
        follows={follows}
        onFollow={setFollows}
      />
      <QueryFault error={error} />
      {silent.length > 0 && (
        <Alert type="warning" showIcon title={words.silent[language].replace('{hosts}', silent.join(', '))} />
      )}
      <Table<Row>
        size="small"
        loading={isPending && !error}
        dataSource={rows}
        columns={columnsOf(names, language)}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={words.empty[language]} /> }}
        expandable={{ expandedRowRender: ({ line }) => <LineDetail line={line} /> }}
      />
      <p className="faint">{words.kept[language]}</p>
    </div>
  )
}

/** Without what is not asked for. */
function said(filter: { readonly [K in keyof Filter]: Filter[K] | undefined }): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== ''))
}

interface FiltersProps {
  readonly balancer: WireOf<'load-balancer'>
  readonly onChange: (change: { readonly [K in keyof Filter]: Filter[K] | undefined }) => void
  readonly follows: boolean
  readonly onFollow: (follows: boolean) => void
}

function Filters({ balancer, onChange, follows, onFollow }: FiltersProps) {
  const { language } = useWords()
  const { listeners } = balancer.live ?? balancer
  const listenerOptions = listeners.map(({ id, name, protocol, port }) => ({
    value: id,
    label: [name, protocol.toUpperCase(), port].filter(Boolean).join(' '),
  }))
  return (
    <Space wrap className="access-log-tools">
      <Select
        aria-label={words.listener[language]}
        placeholder={words.anyListener[language]}
        allowClear
        options={listenerOptions}
        onChange={(listener: string | undefined) => onChange({ listener })}
      />
      <Select
        aria-label={words.status[language]}
        placeholder={words.anyStatus[language]}
        allowClear
        options={classes.map(value => ({ value, label: value }))}
        onChange={(status: string | undefined) => onChange({ status })}
      />
      <Input.Search
        aria-label={words.from[language]}
        placeholder={words.client[language]}
        allowClear
        onSearch={client => onChange({ client: client.trim() })}
      />
      <Input.Search
        aria-label={words.search[language]}
        placeholder={words.search[language]}
        allowClear
        onSearch={search => onChange({ search })}
      />
      <label>
        <Switch checked={follows} onChange={onFollow} aria-label={words.follow[language]} /> {words.follow[language]}
      </label>
    </Space>
  )
}
