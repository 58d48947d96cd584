import { useQuery } from '@tanstack/react-query'
import { Alert, Collapse, Drawer, Skeleton } from 'antd'
import type { Diagnosis } from '../../client/diagnosis.ts'
import { useWords } from '../i18n/language.ts'
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
