import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Empty, Modal, Skeleton } from 'antd'
import { useState } from 'react'
import type { Restore } from '../../client/past-wire.ts'
import { useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { useServer } from '../server/use-server.ts'
import { DifferenceTable } from '../ui/difference-table.tsx'
import { QueryFault } from '../ui/query-fault.tsx'
import { useAct } from '../ui/use-act.ts'
import { filled, words } from './words.ts'

/** Says what going back to a moment would draft, and what it would leave alone, before it does. */
export function RestoreDialog({ at, onClose }: { readonly at: string; readonly onClose: () => void }) {
  const { t, language, when } = useWords()
  const { server } = useServer()
  const navigate = useNavigate()
  const act = useAct()
  const [busy, setBusy] = useState(false)
  const { data, error } = useQuery({
    queryKey: ['api', 'restore', at, language],
    queryFn: () => server.past.restore({ at, dryRun: true }),
    retry: false,
  })
  const hasAny = data !== undefined && data.drafts.length + data.recreated.length > 0
  async function run() {
    setBusy(true)
    const done = await act(() => server.past.restore({ at }), words.restored[language])
    setBusy(false)
    if (done) void navigate({ to: paths.pending() })
  }
  return (
    <Modal
      open
      width={900}
      title={filled(words.restoreTitle[language], { at: when(at) })}
      onCancel={onClose}
      cancelText={t('action.cancel')}
      okText={words.restore[language]}
      okButtonProps={{ disabled: !hasAny }}
      confirmLoading={busy}
      onOk={() => void run()}
    >
      <QueryFault error={error} />
      {!data && !error && <Skeleton active />}
      {data && <Preview planned={data} hasAny={hasAny} />}
    </Modal>
  )
}

function Preview({ planned, hasAny }: { readonly planned: Restore; readonly hasAny: boolean }) {
  const { language, when } = useWords()
  const { at, recreated, drafts, untouched, newer } = planned
  const [then, now] = [when(at), words.running[language]]
  return (
    <div className="past-preview">
      {hasAny ? (
        <p>{words.restoreAbout[language]}</p>
      ) : (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.nothing[language]} />
      )}
      <Names title={words.recreated[language]} list={recreated} />
      <Names title={words.drafts[language]} list={drafts} old={now} next={then} />
      <Names title={words.untouched[language]} list={untouched} old={now} next={then} />
      <Names title={words.newer[language]} list={newer} />
    </div>
  )
}

interface NamesProps {
  readonly title: string
  readonly list: readonly (Restore['newer'][number] & Partial<Pick<Restore['drafts'][number], 'changes' | 'edited'>>)[]
  readonly old?: string
  readonly next?: string
}

function Names({ title, list, old = '', next = '' }: NamesProps) {
  const vocabulary = useWords()
  if (list.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {list.map(({ kind, id, name, changes = [], edited = false }) => (
          <li key={id}>
            {vocabulary.kind(kind)} <strong>{name || id}</strong> {name !== '' && <small className="faint">{id}</small>}
            {edited && <div>{words.edited[vocabulary.language]}</div>}
            {changes.length > 0 && <DifferenceTable changes={changes} old={old} next={next} />}
          </li>
        ))}
      </ul>
    </section>
  )
}
