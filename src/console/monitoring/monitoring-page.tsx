import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Empty, Select, Skeleton, Space } from 'antd'
import { useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { useServer } from '../server/use-server.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { measuredKinds, type MeasuredKind } from './measured.ts'
import { ResourceMetrics } from './resource-metrics.tsx'
import { words } from './words.ts'

/** What was measured, of whatever one chooses. */
export function MonitoringPage() {
  const { t, language, kind: kindWord } = useWords()
  const { queries } = useServer()
  const navigate = useNavigate()
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  const kind: MeasuredKind = measuredKinds.find(each => each === search['kind']) ?? 'load-balancer'
  const { data, error } = useQuery(queries.some(kind, { limit: 1000, sort: 'name' }))
  const items = (data?.items ?? []).filter(each => each.kind === kind)
  const chosen = items.find(({ id }) => id === search['id']) ?? items[0]
  const go = (query: { readonly kind: MeasuredKind; readonly id?: string }) =>
    void navigate({ to: paths.monitoring(query), replace: true })
  return (
    <section>
      <header className="page-head page-title">
        <h1>{t('nav.monitoring')}</h1>
        <Space wrap>
          <Select
            aria-label={words.kind[language]}
            style={{ minWidth: 150 }}
            value={kind}
            onChange={next => go({ kind: next })}
            options={measuredKinds.map(value => ({ value, label: kindWord(value) }))}
          />
          <Select
            aria-label={words.resource[language]}
            style={{ minWidth: 260 }}
            showSearch={{ optionFilterProp: 'label' }}
            value={chosen?.id ?? ''}
            onChange={id => go({ kind, id })}
            options={items.map(each => ({
              value: each.id,
              label: [each.name, each.kind === 'eip' ? each.address : each.id].filter(Boolean).join(' · '),
            }))}
          />
          {chosen && <Link to={paths.detail(kind, chosen.id)}>{chosen.id}</Link>}
        </Space>
      </header>
      <QueryFault error={error} />
      {chosen ? (
        <ResourceMetrics key={chosen.id} resource={chosen} />
      ) : data ? (
        <Empty description={words.noResource[language]} />
      ) : (
        !error && <Skeleton active />
      )}
    </section>
  )
}
