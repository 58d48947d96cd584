import { Fragment } from 'react'
import type { AccessLine } from '../../client/access-line.ts'
import { terminationText } from '../../client/termination.ts'
import { useWords } from '../i18n/language.ts'
import { words } from './words.ts'

/** All that a line says: where the time went, why it ended so, and the line itself. */
export function LineDetail({ line }: { readonly line: AccessLine }) {
  const { language } = useWords()
  const { termination, message, timesMs, bytes, connections, retries, raw } = line
  const why = message || `${terminationText(termination, language)} (${termination})`
  const phases = [
    [words.waitRequest, timesMs.request],
    [words.waitQueue, timesMs.queue],
    [words.waitConnect, timesMs.connect],
    [words.waitResponse, timesMs.response],
    [words.waitTotal, timesMs.total],
  ] as const
  const times = phases
    .filter(([, ms]) => ms !== null)
    .map(([phase, ms]) => `${phase[language]} ${ms} ms`)
    .join(' · ')
  const counts = connections && [connections.balancer, connections.listener, connections.pool, connections.backend]
  const items = [
    { key: 'why', label: words.why[language], children: why },
    ...(times === '' ? [] : [{ key: 'times', label: words.phases[language], children: times }]),
    ...(bytes === null ? [] : [{ key: 'bytes', label: words.bytes[language], children: bytes }]),
    ...(counts ? [{ key: 'connections', label: words.connections[language], children: counts.join(' / ') }] : []),
    ...(retries > 0 ? [{ key: 'retries', label: words.retries[language], children: retries }] : []),
    { key: 'raw', label: words.raw[language], children: <code className="access-log-raw">{raw}</code> },
  ]
  return (
    <dl className="access-log-detail">
      {items.map(({ key, label, children }) => (
        <Fragment key={key}>
          <dt>{label}</dt>
          <dd>{children}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
