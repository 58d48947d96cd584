import { Tag, type TableColumnsType } from 'antd'
import type { AccessLine } from '../../client/access-line.ts'
import { terminationText } from '../../client/termination.ts'
import type { WireOf } from '../../client/wire.ts'
import type { Id } from '../../model/model.ts'
import { apiLanguage, type Language } from '../i18n/language.ts'
import { words } from './words.ts'

/** A line with what tells it from all others: some are alike in everything. */
export interface Row {
  readonly key: string
  readonly line: AccessLine
}

/** Lines as rows, the newest first. */
export function rowsOf(lines: readonly AccessLine[]): Row[] {
  const seen = new Map<string, number>()
  const rows = lines.map(line => {
    const text = `${line.at} ${line.raw}`
    const count = (seen.get(text) ?? 0) + 1
    seen.set(text, count)
    return { key: `${text} ${count}`, line }
  })
  return rows.reverse()
}

/** What people call the listeners and backends that lines name by their ids; those that are only in the draft too. */
export function namesOf(balancer: WireOf<'load-balancer'>): ReadonlyMap<Id, string> {
  const all = [...(balancer.live?.listeners ?? []), ...balancer.listeners]
  return new Map(
    all.flatMap(({ id, name, port, backends }) => [
      [id, name || String(port)] as const,
      ...backends.map(
        backend => [backend.id, backend.name || `${backend.address ?? backend.server}:${backend.port}`] as const,
      ),
    ]),
  )
}

/** The columns of the table. */
export function columnsOf(names: ReadonlyMap<Id, string>, language: Language): TableColumnsType<Row> {
  const nameOf = (id: Id) => names.get(id) ?? id
  return [
    {
      title: words.time[language],
      render: (_, { line }) => <span className="nowrap">{timeText(line.at, language)}</span>,
    },
    { title: words.from[language], render: (_, { line }) => <code>{line.client}</code> },
    { title: words.listener[language], render: (_, { line }) => nameOf(line.listener) },
    { title: words.status[language], render: (_, { line: { status } }) => <Status status={status} /> },
    { title: words.request[language], render: (_, { line }) => <Request line={line} /> },
    {
      title: words.backend[language],
      render: (_, { line: { backend } }) =>
        backend === null ? <span className="faint">{words.nobody[language]}</span> : nameOf(backend),
    },
    {
      title: words.duration[language],
      align: 'right',
      render: (_, { line: { timesMs } }) => (timesMs.total === null ? '–' : `${timesMs.total} ms`),
    },
    { title: words.outcome[language], render: (_, { line }) => <Outcome line={line} language={language} /> },
  ]
}

/** To the millisecond; the day only where it is another than today. */
function timeText(at: string, language: Language): string {
  const moment = new Date(at)
  const clock = `${moment.toLocaleTimeString(apiLanguage(language), { hour12: false })}.${String(moment.getMilliseconds()).padStart(3, '0')}`
  const isToday = moment.toDateString() === new Date().toDateString()
  return isToday ? clock : `${moment.toLocaleDateString(apiLanguage(language))} ${clock}`
}

function Request({ line: { method, path } }: { readonly line: AccessLine }) {
  if (method === null) return <span className="faint">–</span>
  return (
    <code className="access-log-path" title={path ?? ''}>
      {method} {path}
    </code>
  )
}

const colors = ['', 'default', 'green', 'blue', 'orange', 'red'] as const

function Status({ status }: { readonly status: number | null }) {
  if (status === null) return <span className="faint">–</span>
  return (
    <Tag color={colors[Math.floor(status / 100)] ?? 'default'} variant="filled">
      {status}
    </Tag>
  )
}

function Outcome({
  line: { termination, message },
  language,
}: {
  readonly line: AccessLine
  readonly language: Language
}) {
  if (message !== '') return <span className="access-log-bad">{message}</span>
  const text = terminationText(termination, language)
  if (termination.startsWith('--')) return <span className="faint">{text}</span>
  return (
    <span className="access-log-bad">
      {text} <code>{termination.slice(0, 2)}</code>
    </span>
  )
}
