import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Empty, Modal, Skeleton } from 'antd'
import { useState } from 'react'
import type { WhatIf } from '../../client/apply-wire.ts'
import type { KindName } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { ConsequenceList } from './effects.tsx'

interface Props {
  readonly kind: KindName
  readonly id: Id
  /** A part of it that is meant instead. */
  readonly child?: Id
  readonly name: string
}

/** What would be lost without something. */
export function WithoutDialog({ kind, id, child, name, onClose }: Props & { readonly onClose: () => void }) {
  const { t } = useWords()
  const { queries } = useServer()
  const { data: lost, error } = useQuery(queries.without(kind, id, child))
  return (
    <Modal
      open
      width={900}
      title={t('without.title', { name })}
      onCancel={onClose}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('action.close')}
        </Button>
      }
    >
      <p>{t('without.about')}</p>
      {error && <Alert type="error" showIcon title={error.message} />}
      {!lost && !error && <Skeleton active />}
      {lost && (isNothing(lost) ? <Nothing /> : <ConsequenceList of={lost} />)}
    </Modal>
  )
}

function Nothing() {
  const { t } = useWords()
  return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('without.nothing')} />
}

function isNothing({ gained, lost, backends, listeners, flows, tests }: WhatIf): boolean {
  const changed = tests.filter(({ was, becomes }) => was !== becomes)
  return [gained, lost, backends, listeners, changed].every(list => list.length === 0) && flows.total === 0
}

/** A button beside a child that opens the dialog. */
export function WithoutButton(props: Props) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="small" type="text" onClick={() => setOpen(true)}>
        {t('without.ask')}
      </Button>
      {open && <WithoutDialog {...props} onClose={() => setOpen(false)} />}
    </>
  )
}
