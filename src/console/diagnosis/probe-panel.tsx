import { AimOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Timeline, Tooltip } from 'antd'
import { useState } from 'react'
import type { ProbeReport } from '../../client/probes.ts'
import { reasonText } from '../../client/reason.ts'
import { useWords, type Language } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { Finding } from './finding.tsx'
import { words } from './words.ts'

/** Asks a backend itself at the press of a button, and shows how far that came. */
export function ProbePanel({ path }: { readonly path: string }) {
  const { language } = useWords()
  const { queries } = useServer()
  const [asked, setAsked] = useState(false)
  const { data, error, isFetching, refetch } = useQuery({ ...queries.probe(path), enabled: asked })
  return (
    <Flex vertical gap="small" className="probe">
      <Tooltip title={words.probeAbout[language]} placement="right">
        <Button icon={<AimOutlined />} loading={isFetching} onClick={() => (asked ? void refetch() : setAsked(true))}>
          {words.probe[language]}
        </Button>
      </Tooltip>
      <QueryFault error={error} />
      {data?.probe && (
        <>
          <Timeline
            items={stepsOf(data.probe, language).map(step => ({
              color: step.ok ? 'green' : 'red',
              content: step.text,
            }))}
          />
          {data.items
            .filter(({ certainty }) => certainty !== 'proved')
            .map(finding => (
              <Finding key={finding.code} path={path} finding={finding} />
            ))}
        </>
      )}
    </Flex>
  )
}

interface Step {
  readonly ok: boolean
  readonly text: string
}

/** How far a probe came, step by step. */
function stepsOf({ gateway, connect, tls, http, listens, small }: ProbeReport, language: Language): Step[] {
  const said = (key: keyof typeof words, values: Readonly<Record<string, string | number>> = {}, ms?: number) => {
    const text = words[key][language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
    return ms === undefined ? text : `${text} · ${ms} ms`
  }
  const steps: Step[] = []
  if (gateway !== null) steps.push({ ok: gateway, text: said(gateway ? 'arp' : 'noArp') })
  const isAnswered = connect.got === 'answer' || connect.got === 'silence'
  steps.push({ ok: isAnswered, text: `${reasonText(connect.reason, language)} · ${connect.ms} ms` })
  if (tls) {
    const values = { reason: reasonText(tls.reason, language), names: tls.names.join(', ') }
    steps.push({ ok: tls.ok, text: said(tls.ok ? 'tls' : 'noTls', values, tls.ms) })
  }
  if (http) {
    const key = http.status === null ? (http.end === 'other' ? 'notHttp' : 'noHttp') : 'http'
    const values = { status: http.status ?? 0, bytes: http.bytes, firstMs: http.firstMs ?? 0 }
    steps.push({ ok: http.status !== null && http.status < 400, text: said(key, values, http.ms) })
  }
  if (listens?.length === 0) steps.push({ ok: false, text: said('nobodyListens') })
  else if (listens) steps.push({ ok: true, text: said('listens', { listens: listens.join(', ') }) })
  if (small) steps.push({ ok: true, text: said('small') })
  return steps
}
