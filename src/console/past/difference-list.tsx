import { Empty, Table, Tag } from 'antd'
import type { Differences } from '../../client/past-wire.ts'
import { reasonText } from '../../client/reason.ts'
import { useWords } from '../i18n/language.ts'
import { DifferenceTable } from '../ui/difference-table.tsx'
import { ReachTable } from '../ui/effects.tsx'
import { ResourceLink } from '../ui/resource-link.tsx'
import { StateTag } from '../ui/status.tsx'
import { filled, words } from './words.ts'

type Resource = Differences['resources'][number]
const colors = { created: 'green', changed: 'blue', deleted: 'red' } as const

/** What differed between two moments. */
export function DifferenceList({ found }: { readonly found: Differences }) {
  const { language } = useWords()
  const { resources, backends, gained, lost, networks } = found
  if (resources.length + backends.length + gained.length + lost.length === 0) {
    return <Empty description={words.same[language]} />
  }
  return (
    <>
      {resources.length > 0 && <Resources found={found} />}
      {backends.length > 0 && <Backends backends={backends} />}
      {gained.length + lost.length > 0 && (
        <section>
          <h2>{words.reach[language]}</h2>
          <ReachTable gained={gained} lost={lost} />
        </section>
      )}
      {networks.looked < networks.concerned && (
        <p className="faint">{filled(words.unlooked[language], { ...networks })}</p>
      )}
    </>
  )
}

function Resources({ found: { from, to, resources } }: { readonly found: Differences }) {
  const { language, kind: kindWord, when } = useWords()
  return (
    <section>
      <h2>{words.resources[language]}</h2>
      <Table<Resource>
        size="small"
        rowKey="id"
        pagination={resources.length > 50 ? { pageSize: 50 } : false}
        scroll={{ x: 'max-content' }}
        dataSource={[...resources]}
        expandable={{
          defaultExpandAllRows: resources.length <= 10,
          rowExpandable: ({ changes }) => changes.length > 0,
          expandedRowRender: ({ changes }) => (
            <DifferenceTable changes={changes} old={when(from.at)} next={when(to.at)} />
          ),
        }}
        columns={[
          { title: words.kind[language], render: (_, { kind }) => kindWord(kind) },
          {
            title: words.resource[language],
            render: (_, { kind, id, name, what }) =>
              what === 'deleted' ? (
                <span className="name-cell">
                  <span>{name || id}</span>
                  {name !== '' && <small className="faint">{id}</small>}
                </span>
              ) : (
                <ResourceLink kind={kind} id={id} />
              ),
          },
          {
            title: words.what[language],
            render: (_, { what }) => (
              <Tag color={colors[what]} variant="filled">
                {words[what][language]}
              </Tag>
            ),
          },
        ]}
      />
    </section>
  )
}

function Backends({ backends }: Pick<Differences, 'backends'>) {
  const { language } = useWords()
  return (
    <section>
      <h2>{words.backends[language]}</h2>
      <Table<Differences['backends'][number]>
        size="small"
        rowKey="backend"
        pagination={backends.length > 50 ? { pageSize: 50 } : false}
        scroll={{ x: 'max-content' }}
        dataSource={[...backends]}
        columns={[
          { title: words.backend[language], dataIndex: 'name' },
          { title: words.was[language], render: (_, { from }) => <StateTag state={from ?? 'unknown'} /> },
          { title: words.is[language], render: (_, { to }) => <StateTag state={to ?? 'unknown'} /> },
          { title: words.reason[language], render: (_, { reason }) => reasonText(reason, language) || '–' },
        ]}
      />
    </section>
  )
}
