import { Table } from 'antd'
import type { Difference } from '../../model/changes.ts'
import { telling } from '../../model/telling.ts'
import { useWords } from '../i18n/language.ts'

interface Props {
  readonly changes: readonly Difference[]
  readonly old: string
  readonly next: string
}

/** What differs between two versions, old and new side by side. */
export function DifferenceTable({ changes, old, next }: Props) {
  const words = useWords()
  const mark = (value: unknown, word: 'apply.added' | 'apply.removed', other: unknown) =>
    value === undefined ? (
      <span className="faint">–</span>
    ) : (
      <div className={other === undefined ? (word === 'apply.added' ? 'added' : 'removed') : 'changed'}>
        {other === undefined && <em>{words.t(word)}</em>}
        <Entries value={value} />
      </div>
    )
  return (
    <Table<Difference>
      size="small"
      className="differences"
      pagination={false}
      rowKey="at"
      dataSource={[...changes]}
      scroll={{ x: 'max-content' }}
      columns={[
        { title: words.t('apply.attribute'), width: '24%', render: (_, { at }) => <PlaceName at={at} /> },
        { title: old, width: '38%', render: (_, { from, to }) => mark(from, 'apply.removed', to) },
        { title: next, width: '38%', render: (_, { from, to }) => mark(to, 'apply.added', from) },
      ]}
    />
  )
}

/** `listeners[lbl-1a2b3c4d].port` as words: 监听器 lbl-1a2b3c4d · 端口. */
function PlaceName({ at }: { readonly at: string }) {
  const { label } = useWords()
  const parts = at.split('.').map(part => {
    const [, name = part, member] = /^([^[]+)(?:\[(.+)\])?$/.exec(part) ?? []
    return member === undefined ? label(name) : `${label(name)} ${member}`
  })
  return <span title={at}>{parts.join(' · ')}</span>
}

/** A value, an object attribute by attribute. */
function Entries({ value, where = '' }: { readonly value: unknown; readonly where?: string }) {
  const { t, label, option } = useWords()
  if (value === null || value === '') return <span className="faint">–</span>
  if (Array.isArray(value))
    return value.length === 0 ? '–' : value.map((each: unknown) => <Entries key={JSON.stringify(each)} value={each} />)
  if (typeof value === 'boolean') return t(value ? 'value.yes' : 'value.no')
  if (typeof value !== 'object') return <code>{JSON.stringify(value)}</code>
  return (
    <dl>
      {Object.entries(telling(value as Readonly<Record<string, unknown>>))
        .filter(([, each]) => each !== null && each !== '' && !(Array.isArray(each) && each.length === 0))
        .map(([name, each]) => (
          <div key={name}>
            <dt>{label(name, where)}</dt>
            <dd>
              {typeof each === 'object' || typeof each === 'boolean' ? (
                <Entries value={each} where={name} />
              ) : (
                // Which sort of something it is has its words where that something is.
                option(name === 'type' && where !== '' ? where : name, each)
              )}
            </dd>
          </div>
        ))}
    </dl>
  )
}
