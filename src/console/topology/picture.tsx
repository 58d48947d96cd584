import { CompressOutlined, MinusOutlined, PlusOutlined } from '@ant-design/icons'
import { MarkerType, Panel, ReactFlow, useReactFlow, useStore, type Edge as FlowEdge } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { Button, Space } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { useWords } from '../i18n/language.ts'
import type { Edge, Graph } from './graph.ts'
import type { Placement } from './layout.ts'
import type { Traced } from './traced.ts'
import { NetworkNode, type NetworkFlowNode } from './network-node.tsx'
import { words } from './words.ts'

interface Props {
  readonly graph: Graph
  readonly placement: Placement
  /** Fits the picture into its window whenever this changes. */
  readonly fitKey: string
  readonly onToggle: (group: string) => void
  /** What a packet passes that is being traced. */
  readonly traced?: Traced | undefined
}

/** Leaves room for the buttons and the legend. */
const fitting = { maxZoom: 1, padding: { x: '16px', top: '16px', bottom: '56px' } } as const

const nodeTypes = { network: NetworkNode }
const colors: Readonly<Record<Edge['traffic'], string>> = {
  serving: '#389e0d',
  broken: '#cf1322',
  off: '#8c8c8c',
  forward: '#7a3fb8',
  none: '#bfbfbf',
}

const passedColor = '#0958d9'

/** The graph as a drawing to move about in. Whatever the pointer rests on lights up all that its traffic passes. */
export function Picture({ graph, placement, fitKey, onToggle, traced }: Props) {
  const { language } = useWords()
  const [pointed, setPointed] = useState<string | null>(null)
  const lit = useMemo(
    () => (pointed === null ? (traced?.nodes ?? null) : litBy(graph, pointed)),
    [graph, pointed, traced],
  )
  const way = pointed === null ? traced : undefined
  const nodes = useMemo(
    () =>
      graph.nodes.flatMap((node): NetworkFlowNode[] => {
        const box = placement.get(node.id)
        if (!box) return []
        const { x, y, width, height, within } = box
        return [
          {
            id: node.id,
            type: 'network',
            position: { x, y },
            width,
            height,
            ...(within === null ? {} : { parentId: within }),
            data: {
              node,
              // Beside the way of a traced packet the rest stays legible.
              lit: lit && (lit.has(node.id) || (within !== null && lit.has(within)) || (way ? null : false)),
              end: way?.end?.node === node.id ? (way.end.well ? 'arrives' : 'stops') : null,
              onToggle,
            },
          },
        ]
      }),
    [graph, placement, lit, way, onToggle],
  )
  const edges = useMemo(() => graph.edges.map(edge => flowEdge(edge, lit, way)), [graph, lit, way])
  return (
    <ReactFlow
      className="network-picture"
      aria-label={words.region[language]}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      proOptions={{ hideAttribution: true }}
      fitView
      fitViewOptions={fitting}
      minZoom={0.1}
      maxZoom={2}
      onNodeMouseEnter={(_, { id }) => setPointed(id)}
      onNodeMouseLeave={() => setPointed(null)}
    >
      <Tools fitKey={fitKey} on={traced ? [...traced.nodes].sort().join() : ''} />
      <Legend />
    </ReactFlow>
  )
}

/** Zoom, by buttons too. */
function Tools({ fitKey, on }: { readonly fitKey: string; readonly on: string }) {
  const { language } = useWords()
  const { zoomIn, zoomOut, fitView } = useReactFlow()
  // A panel beside the picture, or another window, leaves it another width.
  const width = useStore(store => store.width)
  useEffect(() => {
    // What is traced is looked at from near.
    const nodes = on === '' ? {} : { nodes: on.split(',').map(id => ({ id })) }
    void fitView({ ...fitting, ...nodes })
  }, [fitKey, on, width, fitView])
  return (
    <Panel position="bottom-left">
      <Space.Compact>
        <Button icon={<PlusOutlined />} aria-label={words.zoomIn[language]} onClick={() => void zoomIn()} />
        <Button icon={<MinusOutlined />} aria-label={words.zoomOut[language]} onClick={() => void zoomOut()} />
        <Button
          icon={<CompressOutlined />}
          aria-label={words.fit[language]}
          onClick={() => void fitView({ ...fitting, duration: 200 })}
        />
      </Space.Compact>
    </Panel>
  )
}

function Legend() {
  const { language } = useWords()
  return (
    <Panel position="bottom-right" className="network-legend">
      {(['serving', 'broken', 'off', 'forward', 'none'] as const).map(traffic => (
        <span key={traffic}>
          <svg width="34" height="10" aria-hidden>
            <line x1="0" x2="34" y1="5" y2="5" stroke={colors[traffic]} {...strokeOf(traffic)} />
          </svg>
          {words[traffic][language]}
        </span>
      ))}
    </Panel>
  )
}

function strokeOf(traffic: Edge['traffic']) {
  const dash = { serving: '', broken: '6 4', off: '2 4', forward: '10 3', none: '' }[traffic]
  return { strokeWidth: traffic === 'none' ? 1.2 : 2.4, ...(dash === '' ? {} : { strokeDasharray: dash }) }
}

function flowEdge(
  { id, from, to, traffic, ports = [] }: Edge,
  lit: ReadonlySet<string> | null,
  way: Traced | undefined,
): FlowEdge {
  const isPassed = way?.edges.has(id) ?? false
  const dim = way ? !isPassed : lit !== null && !(lit.has(from) && lit.has(to))
  return {
    id,
    source: from,
    target: to,
    ...(traffic === 'forward' ? backwards(ports) : { sourceHandle: 'out', targetHandle: 'in' }),
    animated: traffic === 'serving' && lit !== null && !dim,
    zIndex: traffic === 'none' ? 0 : 1,
    style: {
      stroke: colors[traffic],
      opacity: dim ? 0.15 : 1,
      ...strokeOf(traffic),
      ...(isPassed ? { stroke: passedColor, strokeWidth: 4 } : {}),
    },
    ...(traffic === 'none'
      ? {}
      : { markerEnd: { type: MarkerType.ArrowClosed, color: isPassed ? passedColor : colors[traffic] } }),
  }
}

/** Public addresses are drawn right of what they lead to. */
function backwards(ports: readonly string[]): Partial<FlowEdge> {
  return {
    sourceHandle: 'back',
    targetHandle: 'back',
    label: portsText(ports),
    labelStyle: { fill: colors.forward, fontSize: 12 },
    labelBgStyle: { fill: '#fff' },
  }
}

/** The first of the ports; how many more there are. */
function portsText([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} +${more.length}`
}

/** A node with everything that the same balancers' traffic passes; where none passes it, its neighbours. */
function litBy({ edges }: Graph, id: string): ReadonlySet<string> {
  const touching = edges.filter(({ from, to }) => from === id || to === id)
  const balancers = new Set(touching.flatMap(edge => edge.balancers))
  const along = edges.filter(edge => edge.balancers.some(each => balancers.has(each)))
  return new Set([id, ...[...touching, ...along].flatMap(({ from, to }) => [from, to])])
}
