import { ExclamationCircleFilled, QuestionCircleOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Collapse, Drawer, Skeleton, Tag } from 'antd'
import { useState } from 'react'
import type { Diagnosis } from '../../client/diagnosis.ts'
import { kinds } from '../../model/kinds.ts'
import { useWords } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'
import { useServer } from '../server/use-server.ts'
import { Way } from '../trace/way.tsx'
import { QueryFault } from '../ui/query-fault.tsx'
import './diagnosis.css'
import { Finding } from './finding.tsx'
import { ProbePanel } from './probe-panel.tsx'
import { words } from './words.ts'

interface Props {
  /** Where the API answers, e.g. `/v1/eips/eip-1a2b3c4d/diagnosis`. */
  readonly path: string
  readonly title: string
  readonly onClose: () => void
}

/** What is wrong with something, how sure that is, and what mends it at the press of a button. */
export function WhyPanel({ path, title, onClose }: Props) {
  const mayProbe = path.includes('/backends/')
  const { t, language } = useWords()
  const { queries } = useServer()
  const { data, error } = useQuery({ ...queries.diagnosis(path), refetchInterval: 3000 })
  return (
    <Drawer open title={title} size={640} closable={{ 'aria-label': t('action.close') }} onClose={onClose}>
      <QueryFault error={error} />
      {data === undefined && !error && <Skeleton active />}
      {data?.items.length === 0 && <Alert type="success" showIcon title={words.well[language]} />}
      <ol className="findings">
        {data?.items.map(finding => (
          <li key={`${finding.code} ${finding.resource} ${finding.message}`}>
            <Finding path={path} finding={finding} />
          </li>
        ))}
      </ol>
      {mayProbe && <ProbePanel path={path} />}
      {data?.path && <Path path={data.path} />}
    </Drawer>
  )
}

function Path({ path: { there, back } }: { readonly path: NonNullable<Diagnosis['path']> }) {
  const { language } = useWords()
  const items = [
    {
      key: 'path',
      label: words.path[language],
      children: (
        <>
          <Way name={words.there[language]} way={there} />
          {back && <Way name={words.back[language]} way={back} />}
        </>
      ),
    },
  ]
  return <Collapse size="small" items={items} className="path" />
}

/** What an address that is in use may well be: for those within only. */
const meant: ReadonlySet<string> = new Set(['eip-unbound', 'lets-nobody-in'])
const freshMs = 60_000

/** In a list, beside what is not well: what does not serve, and "why?". */
export function RowWhy({ resource }: { readonly resource: Shown }) {
  const { t, language } = useWords()
  const { kind, id, name, status } = resource
  const [asking, setAsking] = useState(false)
  const path = `/v1/${kinds[kind].plural}/${id}/diagnosis`
  const isShut = useShut(resource, path)
  const { now, all } = backendsOf(resource)
  if (status.phase === 'active' && !isShut && now === all && !asking) return null
  return (
    <>
      {now < all && (
        <Tag color="orange" icon={<ExclamationCircleFilled />} variant="filled">
          {words.backends[language].replace('{now}', String(now)).replace('{all}', String(all))}
        </Tag>
      )}
      {isShut && (
        <Tag color="orange" icon={<ExclamationCircleFilled />} variant="filled">
          {words.shut[language]}
        </Tag>
      )}
      <Button size="small" type="link" icon={<QuestionCircleOutlined />} onClick={() => setAsking(true)}>
        {t('backend.why')}
      </Button>
      {asking && (
        <WhyPanel path={path} title={t('diagnosis.title', { name: name || id })} onClose={() => setAsking(false)} />
      )}
    </>
  )
}

/** Whether the internet does not get in by a public IP that is there for it. Asked now and then, not with every event. */
function useShut({ kind, status, boundTo }: Shown, path: string): boolean {
  const { server } = useServer()
  const { data } = useQuery({
    queryKey: ['door', path],
    enabled: kind === 'eip' && status.phase === 'active' && boundTo !== null,
    staleTime: freshMs,
    refetchInterval: freshMs,
    queryFn: () => server.ask<Diagnosis>('GET', path),
  })
  return data?.items.some(({ code, certainty }) => certainty === 'proved' && !meant.has(code)) ?? false
}

/** How many of a balancer's enabled backends serve. */
function backendsOf(resource: Shown): { readonly now: number; readonly all: number } {
  if (resource.kind !== 'load-balancer') return { now: 0, all: 0 }
  const { listeners } = resource.live ?? resource
  const meantToServe = listeners
    .filter(({ enabled }) => enabled)
    .flatMap(({ backends }) => backends.filter(({ enabled }) => enabled))
  const states = meantToServe.map(({ id }) => resource.backendStatus[id]?.state)
  return { now: states.filter(state => state === 'active').length, all: states.length }
}
