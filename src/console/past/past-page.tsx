import { HistoryOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { useServer } from '../server/use-server.ts'
import { useSession } from '../server/session.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { DifferenceList } from './difference-list.tsx'
import { MomentChoice } from './moment-choice.tsx'
import { RestoreDialog } from './restore-dialog.tsx'
import './past.css'
import { words } from './words.ts'

/** 历史回溯: what ran then, what differed since, and the way back. */
export function PastPage() {
  const { language } = useWords()
  const { server } = useServer()
  const { mayChange } = useSession()
  const navigate = useNavigate()
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  const [restoring, setRestoring] = useState(false)
  const { data: moments, error: fault } = useQuery({
    queryKey: ['api', 'moments'],
    queryFn: () => server.past.moments(),
  })
  // Without a wish, what the last change did.
  const from = textOf(search['from']) ?? moments?.items[1]?.at ?? moments?.oldest
  const to = textOf(search['to'])
  const { data: found, error } = useQuery({
    queryKey: ['api', 'differences', from, to],
    enabled: from !== undefined,
    placeholderData: keepPreviousData,
    queryFn: () => server.past.differences(from ?? '', to),
  })
  const go = (first: string, second: string | undefined) =>
    void navigate({ to: paths.past({ from: first, to: second }), replace: true })
  return (
    <>
      <header className="page-head">
        <div className="page-title">
          <h1>{words.title[language]}</h1>
          {mayChange && from !== undefined && (
            <Button type="primary" icon={<HistoryOutlined />} onClick={() => setRestoring(true)}>
              {words.restore[language]}
            </Button>
          )}
        </div>
        <p className="faint">{words.about[language]}</p>
      </header>
      <QueryFault error={fault ?? error} />
      {moments && from !== undefined && <MomentChoice moments={moments} from={from} to={to} onChoose={go} />}
      {found ? <DifferenceList found={found} /> : !error && !fault && <Skeleton active />}
      {restoring && from !== undefined && <RestoreDialog at={from} onClose={() => setRestoring(false)} />}
    </>
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
