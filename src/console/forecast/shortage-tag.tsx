import { WarningFilled } from '@ant-design/icons'
import { Tag, Tooltip } from 'antd'
import { useWords } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'

/** Says that source NAT runs out of connections or ports soon. */
export function ShortageTag({ resource: { warnings = [] } }: { readonly resource: Shown }) {
  const { t } = useWords()
  const warning = warnings.find(({ code }) => code === 'connections-run-out' || code === 'ports-run-out')
  if (!warning) return null
  return (
    <Tooltip title={warning.message}>
      <Tag color="gold" icon={<WarningFilled />} variant="filled" tabIndex={0}>
        {t('forecast.runs-out')}
      </Tag>
    </Tooltip>
  )
}
