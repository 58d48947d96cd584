import { Button } from 'antd'
import { useWords } from '../i18n/language.ts'

/** What stands in place of a page that could not be shown, e.g. as the server has a newer console by now. */
export function FaultPage({ error }: { readonly error: unknown }) {
  const { t } = useWords()
  return (
    <section role="alert">
      <h1>{t('error.title')}</h1>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <Button type="primary" onClick={() => location.reload()}>
        {t('action.retry')}
      </Button>
    </section>
  )
}
