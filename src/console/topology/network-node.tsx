import {
  ApartmentOutlined,
  CheckCircleFilled,
  CloseCircleFilled,
  CloudServerOutlined,
  ClusterOutlined,
  GatewayOutlined,
  GlobalOutlined,
  PartitionOutlined,
  DeploymentUnitOutlined,
  EnvironmentOutlined,
  ExclamationCircleFilled,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Handle, Position, type Node as FlowNode, type NodeProps } from '@xyflow/react'
import type { ReactNode } from 'react'
import { useWords, type Vocabulary } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { StateTag } from '../ui/status.tsx'
import type { Node, NodeKind } from './graph.ts'
import { words as traceWords } from '../trace/words.ts'
import { words } from './words.ts'

export type NetworkFlowNode = FlowNode<
  {
    readonly node: Node
    readonly lit: boolean | null
    /** Whether the way of a packet that is traced ends here. */
    readonly end: 'arrives' | 'stops' | null
    readonly onToggle: (id: string) => void
  },
  'network'
>

const icons: Readonly<Record<NodeKind, ReactNode>> = {
  clients: <GlobalOutlined />,
  far: <GlobalOutlined />,
  vpc: <DeploymentUnitOutlined />,
  subnet: <PartitionOutlined />,
  'nat-gateway': <GatewayOutlined />,
  'load-balancer': <ApartmentOutlined />,
  server: <CloudServerOutlined />,
  eip: <EnvironmentOutlined />,
  backend: <CloudServerOutlined />,
  group: <ClusterOutlined />,
}

const groupWords = { server: 'servers', backend: 'backends', eip: 'eips' } as const

/** What a node is, in a word. */
export function kindText({ kind, members }: Node, { kind: kindWord, language }: Vocabulary): string {
  switch (kind) {
    case 'clients':
    case 'far':
    case 'backend':
      return words[kind][language]
    case 'group':
      return words[groupWords[members?.kind ?? 'server']][language].replace('{count}', String(members?.count ?? 0))
    default:
      return kindWord(kind)
  }
}

/** One thing of the network as a card that opens its page; a group as a card that shows its members. */
export function NetworkNode({ data: { node, lit, end, onToggle } }: NodeProps<NetworkFlowNode>) {
  const vocabulary = useWords()
  const { id, kind, opens, members, reason } = node
  const classes = ['network-node', kind, lit === true ? 'lit' : lit === false ? 'dim' : '', members?.open ? 'open' : '']
  const content = (
    <>
      {end && (
        <span
          className={`traced-end ${end}`}
          role="img"
          aria-label={traceWords[end][vocabulary.language]}
          title={traceWords[end][vocabulary.language]}
        >
          {end === 'stops' ? <CloseCircleFilled /> : <CheckCircleFilled />}
        </span>
      )}
      <Content node={node} vocabulary={vocabulary} />
    </>
  )
  return (
    <>
      <Handle type="target" id="in" position={Position.Left} isConnectable={false} />
      <Handle type="source" id="back" position={Position.Left} isConnectable={false} />
      {members ? (
        <button type="button" className={classes.join(' ')} aria-expanded={members.open} onClick={() => onToggle(id)}>
          {content}
        </button>
      ) : opens ? (
        <Link className={classes.join(' ')} to={paths.detail(opens.kind, opens.id)} title={reason} draggable={false}>
          {content}
        </Link>
      ) : (
        <div className={classes.join(' ')}>{content}</div>
      )}
      <Handle type="source" id="out" position={Position.Right} isConnectable={false} />
      <Handle type="target" id="back" position={Position.Right} isConnectable={false} />
    </>
  )
}

function Content({ node, vocabulary }: { readonly node: Node; readonly vocabulary: Vocabulary }) {
  const { name, kind, detail, state, pending, members } = node
  const { language } = vocabulary
  return (
    <>
      <span className="network-head">
        <span aria-hidden>{icons[kind]}</span>
        <small>{kindText(node, vocabulary)}</small>
        {pending && (
          <span
            className="network-pending"
            title={words.pending[language]}
            role="img"
            aria-label={words.pending[language]}
          >
            <ExclamationCircleFilled />
          </span>
        )}
        {members && <small className="network-toggle">{words[members.open ? 'close' : 'open'][language]}</small>}
      </span>
      {name === '' ? null : <strong title={name}>{name}</strong>}
      {detail === '' ? null : <code title={detail}>{detail}</code>}
      {state && (
        <span>
          <StateTag state={state} />
        </span>
      )}
      {members && <MemberStates states={members.states} />}
    </>
  )
}

type States = NonNullable<Node['members']>['states']

/** How many members of a group are in each state. */
export function MemberStates({ states }: { readonly states: States }) {
  return (
    <span className="network-counts">
      {[...states].map(([each, count]) => (
        <span key={each}>
          {count} <StateTag state={each} />
        </span>
      ))}
    </span>
  )
}
