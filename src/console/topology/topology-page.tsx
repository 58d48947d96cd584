import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Empty, Segmented, Select, Skeleton, Space } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { useServer } from '../server/use-server.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { Drawn, useGraph } from './live-picture.tsx'
import { NetworkList } from './network-list.tsx'
import { TracePanel } from '../trace/trace-panel.tsx'
import { useTrace, type Wish } from '../trace/use-trace.ts'
import { words as traceWords } from '../trace/words.ts'
import { tracedIn } from './traced.ts'
import { words } from './words.ts'

/** With more VPCs than this the picture begins with one of them. */
const manyVpcs = 8
const all = 'all'
/** Where the window is narrower, the list comes first: it is the one that can be read there. */
const narrow = 768

/** The network drawn, live. */
export function TopologyPage() {
  const { t, language } = useWords()
  const { queries } = useServer()
  const navigate = useNavigate()
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  const vpcs = useQuery(queries.some('vpc', { limit: 1000, sort: 'name' }))
  const list = vpcs.data?.items ?? []
  const chosen = typeof search['vpc'] === 'string' ? search['vpc'] : undefined
  const vpc = chosen ?? (list.length > manyVpcs ? (list[0]?.id ?? all) : all)
  const [view, setView] = useState<'picture' | 'list'>(() => (window.innerWidth < narrow ? 'list' : 'picture'))
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())

  const { graph, error, fitKey } = useGraph(vpc === all ? null : vpc, open, vpcs.isSuccess)
  const [arranged, setArranged] = useState(0)
  const [refit, setRefit] = useState(0)
  const onToggle = useCallback((group: string) => setOpen(groups => groups.symmetricDifference(new Set([group]))), [])
  const wish = wishOf(search)
  const tracing = useTrace(wish)
  const { trace } = tracing
  const traced = useMemo(() => (graph && trace ? tracedIn(graph, trace) : undefined), [graph, trace])
  const go = (next: Wish | null) =>
    void navigate({ to: paths.topology({ vpc: chosen, ...(next ? { trace: '1', ...next } : {}) }), replace: true })
  const groups = graph?.nodes.filter(({ kind }) => kind === 'group').map(({ id }) => id) ?? []

  return (
    <section className="topology-page">
      <header className="page-head page-title">
        <h1>{t('nav.topology')}</h1>
        <Space wrap>
          <Select
            aria-label={words.vpc[language]}
            showSearch={{ optionFilterProp: 'label' }}
            style={{ minWidth: 240 }}
            value={vpc}
            onChange={id => void navigate({ to: paths.topology({ ...search, vpc: id }) })}
            options={[
              { value: all, label: words.allVpcs[language] },
              ...list.map(({ id, name }) => ({ value: id, label: name === '' ? id : `${name} (${id})` })),
            ]}
          />
          <Segmented
            value={view}
            onChange={setView}
            options={[
              { value: 'picture', label: words.picture[language] },
              { value: 'list', label: words.list[language] },
            ]}
          />
          {groups.length > 0 && (
            <Button
              onClick={() => {
                setOpen(open.size > 0 ? new Set() : new Set(groups))
                setRefit(times => times + 1)
              }}
            >
              {words[open.size > 0 ? 'closeGroups' : 'openGroups'][language]}
            </Button>
          )}
          <Button type={wish ? 'default' : 'primary'} onClick={() => go(wish ? null : {})}>
            {traceWords.trace[language]}
          </Button>
          <Button onClick={() => setArranged(times => times + 1)}>{words.arrange[language]}</Button>
        </Space>
      </header>
      <QueryFault error={error} />
      <div className="topology-body">
        {!graph ? (
          <Skeleton active />
        ) : graph.nodes.length === 0 ? (
          <Empty description={words.empty[language]}>
            <Link to={paths.scenario()}>{words.start[language]}</Link>
          </Empty>
        ) : view === 'list' ? (
          <NetworkList graph={graph} />
        ) : (
          <Drawn
            key={arranged}
            graph={graph}
            fitKey={fitKey}
            refit={String(refit)}
            onToggle={onToggle}
            traced={traced}
          />
        )}
        {wish && <TracePanel {...tracing} wish={wish} onWish={go} onSend={tracing.send} onClose={() => go(null)} />}
      </div>
    </section>
  )
}

/** What is asked of a packet, as the address of the page says it; null while nothing is. */
function wishOf(search: Readonly<Record<string, unknown>>): Wish | null {
  if (search['trace'] === undefined) return null
  const text = (name: string) => (typeof search[name] === 'string' ? search[name] : undefined)
  const port = Number(text('port'))
  return {
    from: text('from'),
    to: text('to'),
    protocol: (['tcp', 'udp', 'icmp'] as const).find(each => each === text('protocol')),
    port: Number.isInteger(port) && port > 0 ? port : undefined,
    version: (['live', 'draft'] as const).find(each => each === text('version')),
  }
}
