import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Flex } from 'antd'
import type { Trial } from '../../client/apply-wire.ts'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { useAct } from './use-act.ts'
import './trial-words.ts'
import { useSecondsUntil } from './use-seconds-until.ts'

/** For so long it is said that a trial was taken back. */
const toldMs = 15 * 60_000

/** Says on the page of an aggregate that its apply is watched, and how that ended where it was taken back. */
export function TrialBanner({ id, generation: runs }: { readonly id: Id; readonly generation: number }) {
  const { t } = useWords()
  const { queries } = useServer()
  const { data: trials = [] } = useQuery(queries.trials())
  const trial = trials.find(({ resource }) => resource === id)
  if (trial?.state === 'running') return <RunningTrial trial={trial} />
  if (trial?.state !== 'reverted' && trial?.state !== 'stuck') return null
  if (Date.parse(trial.endedAt ?? '') < Date.now() - toldMs) return null
  const { previous, generation, reason, state } = trial
  // What was applied since is none of its business.
  if (runs > generation + 1) return null
  return (
    <Alert
      className="trial"
      type="error"
      showIcon
      title={t(`trial.${state}`, { previous, generation })}
      description={reason}
    />
  )
}

function RunningTrial({ trial }: { readonly trial: Trial }) {
  const { t } = useWords()
  const { mayChange } = useSession()
  const { server } = useServer()
  const act = useAct()
  const { id, confirm, endsAt, backends } = trial
  const seconds = useSecondsUntil(Date.parse(endsAt))
  return (
    <Alert
      className="trial"
      type="info"
      showIcon
      title={t(confirm ? 'trial.unconfirmed' : 'trial.running', { seconds })}
      description={t('trial.backends', { ...backends })}
      action={
        mayChange && (
          <Flex gap="small">
            <Button onClick={() => void act(() => server.trials.revert(id), t('done.taken-back'))}>
              {t('trial.revert')}
            </Button>
            <Button type="primary" onClick={() => void act(() => server.trials.confirm(id), t('done.kept'))}>
              {t('trial.confirm')}
            </Button>
          </Flex>
        )
      }
    />
  )
}
