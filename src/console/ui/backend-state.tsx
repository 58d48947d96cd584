import { HistoryOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { reasonText } from '../../client/reason.ts'
import type { standingOf } from '../../client/standing.ts'
import type { BackendStatus } from '../../client/wire.ts'
import type { Id } from '../../model/model.ts'
import type { Child } from '../form/child-dialog.tsx'
import { useWords } from '../i18n/language.ts'
import { StateTag } from './status.tsx'
import { Why } from './why.tsx'

const HealthDrawer = lazy(() => import('../health/health-drawer.tsx').then(m => ({ default: m.HealthDrawer })))

interface Props {
  readonly balancer: Id
  readonly backend: Child
  readonly status: BackendStatus | undefined
  /** Of an active backup, whether it is its turn. */
  readonly standing?: ReturnType<typeof standingOf>
}

/** How a backend is: since when, as whom it sees us, and, if it does not serve, why. */
export function BackendState({ balancer, backend, status, standing }: Props) {
  const { t, when, language } = useWords()
  const [looking, setLooking] = useState(false)
  const state = status?.state ?? 'unavailable'
  const seenAs = status?.seenAs ?? []
  return (
    <div className="backend-state">
      <div>
        <StateTag state={state} />
        {state !== 'active' && (
          <Why
            path={`/v1/load-balancers/${balancer}/backends/${backend.id}/diagnosis`}
            title={t('backend.why-title', { name: backend.name || backend.id })}
            label="backend.why"
          />
        )}
        <Button size="small" type="link" icon={<HistoryOutlined />} onClick={() => setLooking(true)}>
          {t('backend.history')}
        </Button>
      </div>
      <small className="faint">
        {status ? t('backend.since', { at: when(status.since) }) : t('backend.unknown')}
        {status?.reason ? ` · ${reasonText(status.reason, language)}` : ''}
      </small>
      {standing && <small className={standing === 'stands-in' ? '' : 'faint'}>{t(`child.${standing}`)}</small>}
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
