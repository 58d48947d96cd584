import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { Alert, Button, Card, Form, Input } from 'antd'
import { useState } from 'react'
import { ApiError } from '../../client/api-error.ts'
import type { SignIn } from '../../client/wire.ts'
import { useWords } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { complaintText } from '../ui/use-act.ts'
import { useSecondsUntil } from '../ui/use-seconds-until.ts'
import './sign-in-words.ts'

/** Asks who somebody is; where nobody needs to sign in it leads on. Whoever guessed too often sees how long to wait. */
export function SignInPage({ then }: { readonly then: string }) {
  const { t } = useWords()
  const { server, queries } = useServer()
  const cache = useQueryClient()
  const { data: session } = useQuery(queries.session())
  const [complaint, setComplaint] = useState<string>()
  const [lockedUntil, setLockedUntil] = useState(0)
  const [busy, setBusy] = useState(false)
  const left = useSecondsUntil(lockedUntil)
  const [minutes, seconds] = [Math.floor(left / 60), left % 60]
  const time = t(minutes > 0 ? 'sign-in.minutes' : 'sign-in.seconds', { minutes, seconds })
  if (session?.caller) return <Navigate to={then} />
  async function signIn(body: SignIn) {
    setBusy(true)
    setComplaint(undefined)
    try {
      cache.setQueryData(queries.session().queryKey, await server.session.signIn(body))
      await cache.invalidateQueries()
    } catch (error) {
      if (error instanceof ApiError && error.retryAfterS !== undefined)
        setLockedUntil(Date.now() + error.retryAfterS * 1000)
      else setComplaint(complaintText(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <main className="sign-in">
      <Card>
        <h1>Causeway</h1>
        <p className="faint">{t('sign-in.about')}</p>
        <Form<SignIn> layout="vertical" onFinish={values => void signIn(values)} requiredMark={false}>
          <Form.Item name="user" label={t('sign-in.user')} rules={[{ required: true, message: '' }]}>
            <Input autoComplete="username" autoFocus />
          </Form.Item>
          <Form.Item name="password" label={t('sign-in.password')} rules={[{ required: true, message: '' }]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          {left > 0 && (
            <Alert
              type="warning"
              showIcon
              role="alert"
              title={t('sign-in.locked')}
              description={<span role="timer">{t('sign-in.wait', { time })}</span>}
            />
          )}
          {left === 0 && complaint !== undefined && <Alert type="error" showIcon role="alert" title={complaint} />}
          <Button type="primary" htmlType="submit" block loading={busy} disabled={left > 0}>
            {t('sign-in.submit')}
          </Button>
        </Form>
      </Card>
    </main>
  )
}
