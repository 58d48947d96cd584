import { HistoryOutlined, QuestionCircleOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Modal, Skeleton } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { reasonText } from '../../client/reason.ts'
import type { BackendStatus } from '../../client/wire.ts'
import type { Id } from '../../model/model.ts'
import type { Child } from '../form/child-dialog.tsx'
import { useWords } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { kindOfId, ResourceLink } from './resource-link.tsx'
import { StateTag } from './status.tsx'

const HealthDrawer = lazy(() => import('../health/health-drawer.tsx').then(m => ({ default: m.HealthDrawer })))

interface Props {
  readonly balancer: Id
  readonly backend: Child
  readonly status: BackendStatus | undefined
}

/** How a backend is: since when, as whom it sees us, and, if it does not serve, why. */
export function BackendState({ balancer, backend, status }: Props) {
  const { t, when, language } = useWords()
  const [asking, setAsking] = useState(false)
  const [looking, setLooking] = useState(false)
  const state = status?.state ?? 'unavailable'
  const seenAs = status?.seenAs ?? []
  return (
    <div className="backend-state">
      <div>
        <StateTag state={state} />
        {state !== 'active' && state !== 'draining' && (
          <Button size="small" type="link" icon={<QuestionCircleOutlined />} onClick={() => setAsking(true)}>
            {t('backend.why')}
          </Button>
        )}
        <Button size="small" type="link" icon={<HistoryOutlined />} onClick={() => setLooking(true)}>
          {t('backend.history')}
        </Button>
      </div>
      <small className="faint">
        {status ? t('backend.since', { at: when(status.since) }) : t('backend.unknown')}
        {status?.reason ? ` · ${reasonText(status.reason, language)}` : ''}
      </small>
      {status && <Connections status={status} />}
      <small className="faint">
        {seenAs.length > 0 ? t('backend.sees', { addresses: seenAs.join(', ') }) : t('backend.sees-nothing')}
      </small>
      {looking && (
        <Suspense>
          <HealthDrawer
            balancer={balancer}
            backend={backend.id}
            name={backend.name || backend.id}
            onClose={() => setLooking(false)}
          />
        </Suspense>
      )}
      {asking && <Why balancer={balancer} backend={backend} onClose={() => setAsking(false)} />}
    </div>
  )
}

/** How many connections are left of what was taken out, and who waits. */
export function Connections({ status }: { readonly status: BackendStatus }) {
  const { t, when } = useWords()
  const { state, sessions, queued, drainEndsAt } = status
  const count = String(sessions)
  const left = drainEndsAt ? t('backend.left-until', { count, at: when(drainEndsAt) }) : t('backend.left', { count })
  return (
    <>
      {state === 'draining' && <small className="faint">{left}</small>}
      {queued > 0 && <small className="faint">{t('backend.queued', { count: String(queued) })}</small>}
    </>
  )
}

function Why({ balancer, backend, onClose }: Omit<Props, 'status'> & { readonly onClose: () => void }) {
  const { t } = useWords()
  const { queries } = useServer()
  const { data: findings } = useQuery({ ...queries.diagnosis(balancer, backend.id), refetchInterval: 3000 })
  const name = backend.name || backend.id
  return (
    <Modal
      open
      title={t('backend.why-title', { name })}
      onCancel={onClose}
      footer={<Button onClick={onClose}>{t('action.close')}</Button>}
    >
      {findings === undefined && <Skeleton active />}
      {findings?.length === 0 && <Alert type="success" showIcon title={t('backend.well')} />}
      <ol className="findings">
        {findings?.map(({ code, resource, message, fix }) => {
          const kind = kindOfId(resource)
          return (
            <li key={`${code} ${resource}`}>
              <strong>{message}</strong>
              <p>
                {t('backend.mend')}: {fix}
              </p>
              {kind && <ResourceLink kind={kind} id={resource} />}
            </li>
          )
        })}
      </ol>
    </Modal>
  )
}
