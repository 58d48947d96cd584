import { ClockCircleFilled, CheckCircleFilled, CloseCircleFilled, SyncOutlined, WarningFilled } from '@ant-design/icons'
import { useQueries } from '@tanstack/react-query'
import { Flex, Tag, Tooltip } from 'antd'
import type { ReactNode } from 'react'
import type { WireIssuance, WireOf } from '../../client/wire.ts'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { ResourceLink } from './resource-link.tsx'

/** Never by colour alone: every state has a shape and a word of its own. */
const looks: Readonly<Record<WireIssuance['state'], { readonly color: string; readonly icon: ReactNode }>> = {
  waiting: { color: 'default', icon: <ClockCircleFilled /> },
  issuing: { color: 'blue', icon: <SyncOutlined spin /> },
  valid: { color: 'green', icon: <CheckCircleFilled /> },
  failed: { color: 'red', icon: <CloseCircleFilled /> },
}

interface IssuanceProps {
  readonly issuance: WireIssuance
  /** Whether there is room to say why in sight. */
  readonly whole?: boolean
}

/** Where a certificate stands that a directory issues, and why. */
export function IssuanceTag({ issuance: { state, reason, nextAt }, whole = false }: IssuanceProps) {
  const { t, option, when } = useWords()
  const { color, icon } = looks[state]
  const next =
    nextAt === null
      ? ''
      : t(state === 'valid' ? 'certificate.renewed-at' : 'certificate.tried-at', { at: when(nextAt) })
  const more = [reason, next].filter(part => part !== '').join(' ')
  const tag = (
    <Tag color={color} icon={icon} variant="filled" tabIndex={whole || more === '' ? undefined : 0}>
      {option('issuance', state)}
    </Tag>
  )
  if (!whole) return <Tooltip title={more}>{tag}</Tooltip>
  return (
    <span>
      {tag} {more}
    </span>
  )
}

/** Says that a certificate ends soon, or has ended. */
export function ExpiryTag({
  certificate: { warnings = [] },
}: {
  readonly certificate: Pick<WireOf<'certificate'>, 'warnings'>
}) {
  const { t } = useWords()
  const warning = warnings.find(({ code }) => code === 'ends-soon' || code === 'ended')
  if (!warning) return null
  return (
    <Tooltip title={warning.message}>
      <Tag color={warning.code === 'ended' ? 'red' : 'gold'} icon={<WarningFilled />} variant="filled" tabIndex={0}>
        {t(warning.code === 'ended' ? 'certificate.ended' : 'certificate.ends-soon')}
      </Tag>
    </Tooltip>
  )
}

/** What somebody should look at of the certificates of a listener; nothing where all are well. */
export function CertificateMarks({ ids }: { readonly ids: readonly Id[] }) {
  const { queries } = useServer()
  const found = useQueries({ queries: ids.map(id => queries.resource('certificate', id)) })
  const certificates = found.flatMap(({ data }) => (data ? [data as unknown as WireOf<'certificate'>] : []))
  return certificates
    .filter(({ issuance, warnings = [] }) => warnings.length > 0 || (issuance && issuance.state !== 'valid'))
    .map(certificate => (
      <Flex key={certificate.id} gap={4} align="center" component="span">
        <ResourceLink kind="certificate" id={certificate.id} />
        {certificate.issuance && certificate.issuance.state !== 'valid' && (
          <IssuanceTag issuance={certificate.issuance} />
        )}
        <ExpiryTag certificate={certificate} />
      </Flex>
    ))
}
