import { Result } from 'antd'
import { useWords } from '../i18n/language.ts'

/** What stands where there is no page. */
export function NotFoundPage() {
  const { t } = useWords()
  return <Result status="404" title={t('page.not-found')} />
}
