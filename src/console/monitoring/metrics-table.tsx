import { Table } from 'antd'
import { useWords } from '../i18n/language.ts'
import { valueText, type Drawing } from './charts.ts'
import { words } from './words.ts'

interface Row {
  readonly time: number
  readonly index: number
}

/** The charts in figures, newest first. */
export function MetricsTable({ drawings }: { readonly drawings: readonly Drawing[] }) {
  const { language, when } = useWords()
  const [first] = drawings
  const rows: Row[] = (first?.times ?? []).map((time, index) => ({ time, index })).reverse()
  return (
    <Table<Row>
      size="small"
      rowKey="time"
      dataSource={rows}
      scroll={{ x: 'max-content' }}
      pagination={{ defaultPageSize: 20, showSizeChanger: false }}
      columns={[
        { title: words.time[language], render: (_, { time }) => when(new Date(time * 1000).toISOString()) },
        ...drawings.map(({ key, title, unit, lines }) => ({
          key,
          title: title[language],
          children: lines.map(({ label, values }) => ({
            key: label.en,
            title: label[language],
            align: 'right' as const,
            render: (_: unknown, { index }: Row) => valueText(values[index] ?? null, unit),
          })),
        })),
      ]}
    />
  )
}
