import { CloseOutlined } from '@ant-design/icons'
import { Alert, Button, Checkbox, Flex, Form, InputNumber, Segmented, Select, Skeleton } from 'antd'
import { useState, type ReactNode } from 'react'
import type { Trace, TraceRequest } from '../../client/trace-wire.ts'
import { useWords } from '../i18n/language.ts'
import { useSession } from '../server/session.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { EndSelect } from './end-select.tsx'
import type { Wish } from './use-trace.ts'
import { Way } from './way.tsx'
import { endingOf, words } from './words.ts'

interface Props {
  readonly wish: Wish
  readonly onWish: (wish: Wish) => void
  readonly onClose: () => void
  readonly trace: Trace | undefined
  readonly error: Error | null
  /** Whether enough is said to be answered. */
  readonly asked: boolean
  readonly onSend: () => void
  readonly sending: boolean
}

const protocols = ['tcp', 'udp', 'icmp'] as const

/** Asks what becomes of a packet, and tells it. */
export function TracePanel({ wish, onWish, onClose, trace, error, asked, onSend, sending }: Props) {
  const { language } = useWords()
  const { mayChange } = useSession()
  const { from, to, protocol = 'tcp', port, version = 'live' } = wish
  const known = /^lb[lb]-/.test(to ?? '')
  return (
    <aside className="trace-panel" aria-label={words.trace[language]}>
      <Flex justify="space-between" align="center">
        <strong>{words.trace[language]}</strong>
        <Button type="text" icon={<CloseOutlined />} aria-label={words.close[language]} onClick={onClose} />
      </Flex>
      <Form layout="vertical">
        <Form.Item label={words.from[language]} htmlFor="trace-from">
          <EndSelect id="trace-from" value={from} isTarget={false} onChange={next => onWish({ ...wish, from: next })} />
        </Form.Item>
        <Form.Item label={words.to[language]} htmlFor="trace-to">
          <EndSelect id="trace-to" value={to} isTarget onChange={next => onWish({ ...wish, to: next })} />
        </Form.Item>
        {!known && (
          <Flex gap="small">
            <Form.Item label={words.protocol[language]} htmlFor="trace-protocol">
              <Select
                id="trace-protocol"
                value={protocol}
                onChange={next => onWish({ ...wish, protocol: next })}
                options={protocols.map(value => ({ value, label: value.toUpperCase() }))}
              />
            </Form.Item>
            {protocol !== 'icmp' && (
              <Form.Item label={words.port[language]} htmlFor="trace-port">
                <InputNumber
                  id="trace-port"
                  min={1}
                  max={65535}
                  value={port ?? null}
                  onChange={next => onWish({ ...wish, port: next ?? undefined })}
                />
              </Form.Item>
            )}
          </Flex>
        )}
        <Segmented<TraceRequest['version'] & string>
          value={version}
          onChange={next => onWish({ ...wish, version: next })}
          options={(['live', 'draft'] as const).map(value => ({ value, label: words[value][language] }))}
        />
      </Form>
      <QueryFault error={error} />
      {!asked && <Alert type="info" title={words.start[language]} />}
      {asked && !trace && !error && <Skeleton active />}
      {trace && (
        <Told trace={trace}>
          {mayChange && version === 'live' && (
            <Button loading={sending} onClick={onSend}>
              {words.send[language]}
            </Button>
          )}
        </Told>
      )}
    </aside>
  )
}

function Told({ trace, children }: { readonly trace: Trace; readonly children: ReactNode }) {
  const { language } = useWords()
  const [whole, setWhole] = useState(false)
  const { there, back, reaches, real } = trace
  return (
    <>
      <Alert type={reaches ? 'success' : 'error'} showIcon title={words[endingOf(reaches, there)][language]} />
      {children}
      {real && <Sent real={real} back={back} />}
      <Checkbox checked={whole} onChange={({ target }) => setWhole(target.checked)}>
        {words.all[language]}
      </Checkbox>
      <div>
        <Way name={words.there[language]} way={there} real={real?.there} whole={whole} />
        {back && <Way name={words.back[language]} way={back} real={real?.back} whole={whole} />}
      </div>
    </>
  )
}

function Sent({ real, back }: { readonly real: NonNullable<Trace['real']>; readonly back: Trace['back'] }) {
  const { language } = useWords()
  const { host, agrees } = real
  const said = [
    words[agrees ? 'agrees' : 'differs'][language],
    ...(agrees && back && !real.back ? [words.silent[language]] : []),
  ]
  return (
    <Alert
      type={agrees ? 'success' : 'warning'}
      showIcon
      title={words.sent[language].replace('{host}', host)}
      description={said.join(' ')}
    />
  )
}
