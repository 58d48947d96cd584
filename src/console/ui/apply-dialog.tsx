import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Empty, Modal, Popconfirm, Skeleton } from 'antd'
import { useState } from 'react'
import type { KindName } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { DifferenceTable } from './difference-table.tsx'
import { breaks, Effects } from './effects.tsx'
import { useAct } from './use-act.ts'
import { noWatch, WatchChoice, type Watch } from './watch-choice.tsx'

interface Props {
  readonly kind: KindName
  readonly id: Id
  readonly name: string
  readonly onClose: () => void
}

/** What an apply would change, old and new side by side, and the button that does it. */
export function ApplyDialog({ kind, id, name, onClose }: Props) {
  const { t } = useWords()
  const { server, queries } = useServer()
  const act = useAct()
  const [busy, setBusy] = useState(false)
  const { data: plan, error } = useQuery(queries.plan(kind, id))
  const [force, setForce] = useState(false)
  const isBreaking = plan?.tests.some(breaks) ?? false
  const [watch, setWatch] = useState<Watch>(noWatch)
  async function run(doIt: () => Promise<unknown>, done: string) {
    setBusy(true)
    if (await act(doIt, done)) onClose()
    setBusy(false)
  }
  const apply = () =>
    server.apply(kind, id, {
      ...(watch.on ? { watch: { watchS: watch.watchS, confirm: watch.confirm } } : {}),
      force: isBreaking && force,
    })
  return (
    <Modal
      open
      width={900}
      title={t('apply.title', { name: name || id })}
      onCancel={onClose}
      footer={[
        <Popconfirm
          key="discard"
          title={`${t('action.discard')}?`}
          okText={t('action.discard')}
          onConfirm={() => run(() => server.act(kind, id, 'discard'), t('done.discarded'))}
        >
          <Button danger disabled={busy}>
            {t('action.discard')}
          </Button>
        </Popconfirm>,
        <Button key="cancel" onClick={onClose}>
          {t('action.cancel')}
        </Button>,
        <Button
          key="apply"
          type="primary"
          danger={isBreaking}
          disabled={isBreaking && !force}
          loading={busy}
          onClick={() => void run(apply, t('done.applied'))}
        >
          {t('action.apply')}
        </Button>,
      ]}
    >
      {error && <Alert type="error" showIcon title={error.message} />}
      {!plan && !error && <Skeleton active />}
      {plan && plan.changes.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('apply.nothing')} />
      )}
      {plan && plan.changes.length > 0 && (
        <>
          <Effects plan={plan} />
          <p>{t('apply.about')}</p>
          <DifferenceTable changes={plan.changes} old={t('apply.old')} next={t('apply.new')} />
          {isBreaking && (
            <Checkbox checked={force} onChange={({ target }) => setForce(target.checked)}>
              {t('apply.force')}
            </Checkbox>
          )}
          <WatchChoice watch={watch} onChange={setWatch} />
        </>
      )}
    </Modal>
  )
}

/** Says on the page of an edited aggregate that it waits for an apply. */
export function ApplyBanner({ kind, id, name }: Omit<Props, 'onClose'>) {
  const { t } = useWords()
  const { mayChange } = useSession()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Alert
        className="apply-banner"
        type="warning"
        showIcon
        title={t('apply.waiting')}
        action={
          mayChange && (
            <Button type="primary" onClick={() => setOpen(true)}>
              {t('action.apply')}
            </Button>
          )
        }
      />
      {open && <ApplyDialog kind={kind} id={id} name={name} onClose={() => setOpen(false)} />}
    </>
  )
}
