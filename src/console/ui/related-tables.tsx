import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Flex, Table } from 'antd'
import { kinds, type KindName } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import type { KindPage } from '../pages/kind-page.ts'
import { paths } from '../paths.ts'
import type { Shown } from '../server/queries.ts'
import { useServer } from '../server/use-server.ts'
import { DraftMark, ResourceState } from './status.tsx'
import { schemaOf, Value } from './value.tsx'

interface Props {
  readonly id: Id
  readonly related: KindPage['related']
}

/** Who names a resource, kind by kind. */
export function RelatedTables({ id, related }: Props) {
  return (
    <Flex vertical gap={16}>
      {related.map(({ kind, by }) => (
        <RelatedTable key={kind} id={id} kind={kind} by={by} />
      ))}
    </Flex>
  )
}

function RelatedTable({ id, kind, by }: { readonly id: Id; readonly kind: KindName; readonly by: string }) {
  const words = useWords()
  const { queries } = useServer()
  const { data } = useQuery(queries.some(kind, { [by]: id, limit: 20 }))
  const columns = kinds[kind].columns.filter(name => name !== by)
  const total = data?.total ?? 0
  return (
    <section>
      <h3>
        <Link to={paths.list(kind, { [by]: id })}>
          {words.kind(kind)} ({total})
        </Link>
      </h3>
      {total === 0 ? (
        <p className="faint">{words.t('detail.nobody')}</p>
      ) : (
        <Table<Shown>
          size="small"
          rowKey="id"
          pagination={false}
          scroll={{ x: 'max-content' }}
          dataSource={[...(data?.items ?? [])]}
          columns={[
            {
              title: 'ID',
              render: (_, resource) => (
                <Link to={paths.detail(kind, resource.id)}>
                  <code>{resource.id}</code>
                </Link>
              ),
            },
            { title: words.label('name'), render: (_, { name }) => name || <span className="faint">–</span> },
            {
              title: words.label('state'),
              render: (_, resource) => (
                <Flex gap={4}>
                  <ResourceState resource={resource} />
                  <DraftMark applied={resource.applied} />
                </Flex>
              ),
            },
            ...columns.map(name => ({
              title: words.label(name, kind),
              render: (_: unknown, resource: Shown) => (
                <Value name={name} schema={schemaOf(kind, name)} value={resource[name]} />
              ),
            })),
          ]}
        />
      )}
    </section>
  )
}
