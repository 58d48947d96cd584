import { CheckCircleFilled, ClockCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import { Tag, Tooltip } from 'antd'
import type { ReactNode } from 'react'
import type { PolicyStatus } from '../../client/policy-wire.ts'
import { useWords } from '../i18n/language.ts'

/** Never by colour alone: every state has a shape and a word of its own. */
const looks: Readonly<Record<PolicyStatus['state'], { readonly color: string; readonly icon: ReactNode }>> = {
  holds: { color: 'green', icon: <CheckCircleFilled /> },
  broken: { color: 'red', icon: <CloseCircleFilled /> },
  unknown: { color: 'default', icon: <ClockCircleFilled /> },
}

/** How a policy test stands, since when, why, and what came of packets. */
export function VerdictTag({ verdict: { state, reason, since, tried } }: { readonly verdict: PolicyStatus }) {
  const { t, option, when } = useWords()
  const { color, icon } = looks[state]
  const result = tried?.asStated === true ? t('policy.as-stated') : (tried?.reason ?? '')
  const more = [
    reason,
    since === null ? '' : t('policy.since', { at: when(since) }),
    tried === null ? '' : t('policy.tried', { at: when(tried.at), result }),
  ].filter(part => part !== '')
  return (
    <Tooltip title={<span className="lines">{more.join('\n')}</span>}>
      <Tag color={color} icon={icon} variant="filled" tabIndex={more.length === 0 ? undefined : 0}>
        {option('verdict', state)}
      </Tag>
    </Tooltip>
  )
}
