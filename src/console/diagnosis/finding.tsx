import { Alert, Button, Flex, Tag, Tooltip } from 'antd'
import { useState } from 'react'
import type { Diagnosis, WireFinding } from '../../client/diagnosis.ts'
import { useWords } from '../i18n/language.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { kindOfId, ResourceLink } from '../ui/resource-link.tsx'
import { useAct } from '../ui/use-act.ts'
import { words } from './words.ts'

const colors = { proved: 'red', seen: 'orange', guessed: 'gold' } as const

/** What is wrong, how sure that is, and what mends it. */
export function Finding({ path, finding }: { readonly path: string; readonly finding: WireFinding }) {
  const { language } = useWords()
  const { mayChange } = useSession()
  const [asking, setAsking] = useState(false)
  const { resource, message, fix, certainty, fault, admit, repair } = finding
  const kind = kindOfId(resource)
  return (
    <Flex vertical gap="small" className="finding">
      <div>
        <Tooltip title={words[`${certainty}About`][language]}>
          <Tag color={fault ? colors[certainty] : 'blue'} variant="filled">
            {words[fault ? certainty : 'noFault'][language]}
          </Tag>
        </Tooltip>
        <strong>{message}</strong>
      </div>
      <span>
        {words.mend[language]}: {fix}
      </span>
      {admit.length > 0 && (
        <span>
          {words.admit[language]}:{' '}
          {admit.map(address => (
            <code key={address}>{address} </code>
          ))}
        </span>
      )}
      {kind && <ResourceLink kind={kind} id={resource} />}
      {repair && mayChange && !asking && (
        <Button type="primary" className="mend" onClick={() => setAsking(true)}>
          {words.repair[language]}
        </Button>
      )}
      {repair && asking && <Repair path={path} finding={finding} onDone={() => setAsking(false)} />}
    </Flex>
  )
}

interface RepairProps {
  readonly path: string
  readonly finding: WireFinding
  readonly onDone: () => void
}

/** What a repair will do, before it does it. */
function Repair({ path, finding: { code, resource, repair }, onDone }: RepairProps) {
  const { language } = useWords()
  const { server } = useServer()
  const act = useAct()
  const [busy, setBusy] = useState(false)
  async function carryOut() {
    setBusy(true)
    const body = { code, resource }
    await act(() => server.ask<Diagnosis>('POST', `${path}/fix`, { body }), words.done[language])
    setBusy(false)
    onDone()
  }
  return (
    <Flex vertical gap="small" className="repair">
      <span>{words.steps[language]}:</span>
      <ol>
        {repair?.requests.map(request => (
          <li key={`${request.method} ${request.path} ${request.about}`}>{request.about}</li>
        ))}
      </ol>
      {repair && repair.effects.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={words.effects[language]}
          description={
            <ul>
              {repair.effects.map(effect => (
                <li key={effect}>{effect}</li>
              ))}
            </ul>
          }
        />
      )}
      <Flex gap="small">
        <Button type="primary" loading={busy} onClick={() => void carryOut()}>
          {words.doIt[language]}
        </Button>
        <Button onClick={onDone}>{words.leave[language]}</Button>
      </Flex>
    </Flex>
  )
}
