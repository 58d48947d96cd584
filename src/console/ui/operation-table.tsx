import { CheckCircleFilled, CloseCircleFilled, WarningFilled } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Table, Tag, type TableColumnsType } from 'antd'
import type { OperationQuery } from '../../client/api-client.ts'
import type { Operation } from '../../client/wire.ts'
import { problems } from '../../model/problem.ts'
import { useWords } from '../i18n/language.ts'
import type { WordKey } from '../i18n/words-en.ts'
import { useServer } from '../server/use-server.ts'
import { QueryFault } from './query-fault.tsx'
import { ResourceLink } from './resource-link.tsx'
import './operation-words.ts'

const size = 50

interface Props {
  readonly query: OperationQuery
  readonly page?: number
  readonly onPage?: (page: number) => void
  /** Without the resource, on its own page. */
  readonly brief?: boolean
}

/** Who did what, when, with which outcome. */
export function OperationTable({ query, page = 1, onPage, brief }: Props) {
  const words = useWords()
  const { t } = words
  const { queries } = useServer()
  const { data, error } = useQuery(queries.operations({ ...query, limit: size, offset: (page - 1) * size }))
  const columns: TableColumnsType<Operation> = [
    { title: t('operations.when'), render: (_, { at }) => words.when(at) },
    {
      title: t('operations.who'),
      render: (_, { author, from }) => (
        <span className="name-cell">
          <span>{author}</span>
          {from === undefined ? null : <small className="faint">{from}</small>}
        </span>
      ),
    },
    {
      title: t('operations.what'),
      render: (_, { do: verb, child }) => (
        <>
          {t(`do.${verb}` as WordKey)} {child === undefined ? null : <code>{child}</code>}
        </>
      ),
    },
    ...(brief
      ? []
      : [
          {
            title: t('operations.resource'),
            render: (_: unknown, { kind, id }: Operation) =>
              kind === 'key' ? (
                <code>{id}</code>
              ) : kind === 'session' ? null : (
                <span>
                  {words.kind(kind)} {id === '' ? null : <ResourceLink kind={kind} id={id} />}
                </span>
              ),
          },
        ]),
    { title: words.label('generation'), dataIndex: 'generation' },
    {
      title: t('operations.outcome'),
      render: (_, { refused, forced }) => (
        <>
          <Outcome refused={refused} />
          {forced && (
            <Tag color="orange" icon={<WarningFilled />} variant="filled">
              {t('operations.forced')}
            </Tag>
          )}
        </>
      ),
    },
  ]
  return (
    <>
      <QueryFault error={error} />
      <Table<Operation>
        size="small"
        rowKey="number"
        pagination={{
          current: page,
          pageSize: size,
          total: data?.total ?? 0,
          hideOnSinglePage: true,
          showSizeChanger: false,
          ...(onPage ? { onChange: onPage } : {}),
        }}
        dataSource={[...(data?.items ?? [])]}
        columns={columns}
        scroll={{ x: 'max-content' }}
      />
    </>
  )
}

function Outcome({ refused }: { readonly refused: Operation['refused'] }) {
  const { t, language } = useWords()
  if (refused === undefined)
    return (
      <Tag color="green" icon={<CheckCircleFilled />} variant="filled">
        {t('operations.done')}
      </Tag>
    )
  return (
    <Tag color="red" icon={<CloseCircleFilled />} variant="filled" title={problems[refused]?.words[language]}>
      {t('operations.refused', { code: refused })}
    </Tag>
  )
}
