import { Link } from '@tanstack/react-router'
import { Table } from 'antd'
import { useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { StateTag } from '../ui/status.tsx'
import type { Graph, Node } from './graph.ts'
import { kindText, MemberStates } from './network-node.tsx'
import { words } from './words.ts'

/** The picture in words, for whoever does not see it: every node, how it is, and where it leads to. */
export function NetworkList({ graph }: { readonly graph: Graph }) {
  const vocabulary = useWords()
  const { language } = vocabulary
  const byId = new Map(graph.nodes.map(node => [node.id, node]))
  const nameOf = (node: Node) =>
    node.members ? `${kindText(node, vocabulary)} ${node.name}` : node.name || kindText(node, vocabulary)
  const targets = Map.groupBy(graph.edges, ({ from }) => from)
  return (
    <Table<Node>
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: 'max-content' }}
      dataSource={[...graph.nodes]}
      columns={[
        { title: words.kind[language], render: (_, node) => kindText(node, vocabulary) },
        {
          title: words.name[language],
          render: (_, node) =>
            node.opens ? <Link to={paths.detail(node.opens.kind, node.opens.id)}>{nameOf(node)}</Link> : node.name,
        },
        { title: words.detail[language], render: (_, { detail }) => <code>{detail}</code> },
        {
          title: words.state[language],
          render: (_, { state, reason, members }) =>
            members ? <MemberStates states={members.states} /> : state && <StateTag state={state} reason={reason} />,
        },
        {
          title: words.leadsTo[language],
          render: (_, { id }) =>
            (targets.get(id) ?? []).map(({ id: edge, to, traffic, ports }) => {
              const target = byId.get(to)
              return (
                target && (
                  <div key={edge}>
                    {nameOf(target)}{' '}
                    <small className="faint">({[words[traffic][language], ...(ports ?? [])].join(' ')})</small>
                  </div>
                )
              )
            }),
        },
      ]}
    />
  )
}
