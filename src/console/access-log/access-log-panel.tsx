import { Alert, Button, Space } from 'antd'
import type { WireOf } from '../../client/wire.ts'
import { useWords } from '../i18n/language.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { useAct } from '../ui/use-act.ts'
import { LogTable } from './log-table.tsx'
import './access-log.css'
import { words } from './words.ts'

/** The access log of a balancer, or how to have one. */
export function AccessLogPanel({ balancer }: { readonly balancer: WireOf<'load-balancer'> }) {
  const isOn = (balancer.live ?? balancer).accessLog.local
  return isOn ? <LogTable balancer={balancer} /> : <SwitchedOff balancer={balancer} />
}

function SwitchedOff({ balancer }: { readonly balancer: WireOf<'load-balancer'> }) {
  const { language } = useWords()
  const { mayChange } = useSession()
  const { server } = useServer()
  const act = useAct()
  const { id, accessLog } = balancer
  const waits = accessLog.local
  const switchOn = () =>
    void act(
      () => server.patch('load-balancer', id, { accessLog: { ...accessLog, local: true } }),
      words.switchedOn[language],
    )
  return (
    <Alert
      type="info"
      showIcon
      title={words.off[language]}
      description={
        <Space orientation="vertical">
          <span>{(waits ? words.waits : words.offAbout)[language]}</span>
          {mayChange && !waits && (
            <Button type="primary" onClick={switchOn}>
              {words.switchOn[language]}
            </Button>
          )}
        </Space>
      }
    />
  )
}
