import {
  CheckCircleFilled,
  ClockCircleFilled,
  CloseCircleFilled,
  ExclamationCircleFilled,
  HourglassOutlined,
  MinusCircleFilled,
  StopFilled,
  SyncOutlined,
} from '@ant-design/icons'
import { Tag, Tooltip } from 'antd'
import type { ReactNode } from 'react'
import type { BackendStatus } from '../../client/wire.ts'
import { useWords } from '../i18n/language.ts'
import { ShortageTag } from '../forecast/shortage-tag.tsx'
import type { Shown } from '../server/queries.ts'
import { ExpiryTag } from './certificate-state.tsx'

type State = Shown['status']['phase'] | BackendStatus['state'] | 'available' | 'associated' | 'unknown'

/** Never by colour alone: every state has a shape and a word of its own. */
const looks: Readonly<Record<State, { readonly color: string; readonly icon: ReactNode }>> = {
  active: { color: 'green', icon: <CheckCircleFilled /> },
  available: { color: 'green', icon: <CheckCircleFilled /> },
  associated: { color: 'blue', icon: <CheckCircleFilled /> },
  pending: { color: 'blue', icon: <SyncOutlined spin /> },
  stopped: { color: 'default', icon: <StopFilled /> },
  failed: { color: 'red', icon: <CloseCircleFilled /> },
  unavailable: { color: 'red', icon: <CloseCircleFilled /> },
  abnormal: { color: 'orange', icon: <ExclamationCircleFilled /> },
  draining: { color: 'orange', icon: <HourglassOutlined /> },
  disabled: { color: 'default', icon: <MinusCircleFilled /> },
  unknown: { color: 'default', icon: <ClockCircleFilled /> },
}

/** A state as a word, a shape and a colour. */
export function StateTag({ state, reason = '' }: { readonly state: State; readonly reason?: string }) {
  const { t, option } = useWords()
  const { color, icon } = looks[state]
  const tag = (
    <Tag color={color} icon={icon} variant="filled" tabIndex={reason === '' ? undefined : 0}>
      {state === 'unknown' ? t('backend.unknown') : option('state', state)}
    </Tag>
  )
  return reason === '' ? tag : <Tooltip title={reason}>{tag}</Tooltip>
}

/** How a resource is; for an EIP, whether somebody holds it. */
export function ResourceState({ resource }: { readonly resource: Shown }) {
  if (resource.kind === 'eip' && resource.status.phase === 'active') return <StateTag state={resource.state} />
  const tag = <StateTag state={resource.status.phase} reason={resource.status.reason} />
  return (
    <>
      {tag}
      {resource.kind === 'certificate' ? <ExpiryTag certificate={resource} /> : <ShortageTag resource={resource} />}
    </>
  )
}

/** Says that a draft waits for an apply. */
export function DraftMark({ applied }: { readonly applied: boolean }) {
  const { t } = useWords()
  if (applied) return null
  return (
    <Tooltip title={t('apply.waiting')}>
      <Tag color="gold" icon={<ExclamationCircleFilled />} variant="filled">
        {t('nav.pending')}
      </Tag>
    </Tooltip>
  )
}
