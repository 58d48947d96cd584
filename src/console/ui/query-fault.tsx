import { Alert } from 'antd'
import { ApiError } from '../../client/api-error.ts'
import { useWords } from '../i18n/language.ts'
import { complaintText } from './use-act.ts'

/** Says why something could not be read; what was read before stays on the page. */
export function QueryFault({ error }: { readonly error: Error | null }) {
  const { t } = useWords()
  if (!error) return null
  const refused = error instanceof ApiError
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={refused ? complaintText(error) : t('error.unreachable')}
      description={refused ? undefined : t('error.unreachable-about')}
    />
  )
}
