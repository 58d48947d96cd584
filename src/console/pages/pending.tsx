import { useQuery } from '@tanstack/react-query'
import { Button, Card, Empty, Flex } from 'antd'
import { useState } from 'react'
import type { Pending } from '../../client/apply-wire.ts'
import { useWords } from '../i18n/language.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { ApplyDialog } from '../ui/apply-dialog.tsx'
import { DifferenceTable } from '../ui/difference-table.tsx'
import { QueryFault } from '../ui/query-fault.tsx'
import { ResourceLink } from '../ui/resource-link.tsx'
import { useAct } from '../ui/use-act.ts'

/** Everything that waits for an apply, with what it would change. */
export function PendingPage() {
  const words = useWords()
  const { t } = words
  const { server, queries } = useServer()
  const { mayChange } = useSession()
  const act = useAct()
  const [opened, setOpened] = useState<Pending>()
  const { data: waiting = [], error } = useQuery(queries.pending())
  const applyAll = async () => {
    for (const { kind, id } of waiting) await server.apply(kind, id)
  }
  return (
    <>
      <header className="page-head">
        <div className="page-title">
          <h1>{t('nav.pending')}</h1>
          {mayChange && waiting.length > 1 && (
            <Button type="primary" onClick={() => void act(applyAll, t('done.applied'))}>
              {t('apply.all')}
            </Button>
          )}
        </div>
        <p className="faint">{t('pending.about')}</p>
      </header>
      <QueryFault error={error} />
      {waiting.length === 0 && !error && <Empty description={t('apply.none-waiting')} />}
      <Flex vertical gap={16}>
        {waiting.map(each => (
          <Card
            key={each.id}
            size="small"
            title={
              <Flex gap={8} wrap>
                {words.kind(each.kind)} <ResourceLink kind={each.kind} id={each.id} />
              </Flex>
            }
            extra={mayChange && <Button onClick={() => setOpened(each)}>{t('action.apply')}</Button>}
          >
            <DifferenceTable changes={each.changes} old={t('apply.old')} next={t('apply.new')} />
          </Card>
        ))}
      </Flex>
      {opened && (
        <ApplyDialog kind={opened.kind} id={opened.id} name={opened.name} onClose={() => setOpened(undefined)} />
      )}
    </>
  )
}
