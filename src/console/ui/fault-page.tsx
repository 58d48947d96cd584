import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { useWords } from '../i18n/language.ts'
import { useConnection } from '../server/live.ts'

/** What stands in place of a page that could not be shown, e.g. as the server has a newer console by now, or went away. */
export function FaultPage({ error }: { readonly error: unknown }) {
  const { t } = useWords()
  const connection = useConnection()
  const before = useRef(connection)
  useEffect(() => {
    // The server is back, and with it whatever of the page could not be loaded.
    if (before.current !== 'connected' && connection === 'connected') location.reload()
    before.current = connection
  }, [connection])
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
