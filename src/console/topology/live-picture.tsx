import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ReactFlowProvider } from '@xyflow/react'
import { useMemo, useRef } from 'react'
import type { Id } from '../../model/model.ts'
import { useServer } from '../server/use-server.ts'
import { graphOf, type Graph } from './graph.ts'
import { placed, type Placement } from './layout.ts'
import { readNetwork } from './network.ts'
import { Picture } from './picture.tsx'
import type { Traced } from './traced.ts'
import './topology.css'

/** The graph of one VPC, or of everything, as it is now. A new `fitKey` says that it shows something else. */
export function useGraph(vpc: Id | null, open: ReadonlySet<string>, enabled = true) {
  const { server } = useServer()
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['api', 'network', vpc],
    queryFn: () => readNetwork(server, vpc),
    placeholderData: keepPreviousData,
    enabled,
  })
  const graph = useMemo(() => data && graphOf(data, open), [data, open])
  return { graph, error, fitKey: `${vpc} ${isPlaceholderData}` }
}

interface DrawnProps {
  readonly graph: Graph
  readonly fitKey: string
  /** Fits the picture into its window again when it changes, and moves nothing within. */
  readonly refit?: string
  readonly onToggle: (group: string) => void
  readonly traced?: Traced | undefined
}

/** The picture, placed so that what stays does not move. */
export function Drawn({ graph, fitKey, refit = '', onToggle, traced }: DrawnProps) {
  const before = useRef<{ readonly fitKey: string; readonly placement: Placement }>({ fitKey, placement: new Map() })
  const placement = useMemo(() => {
    const fresh = placed(graph, before.current.fitKey === fitKey ? before.current.placement : undefined)
    before.current = { fitKey, placement: fresh }
    return fresh
  }, [graph, fitKey])
  return (
    <div className="network-frame">
      <ReactFlowProvider>
        <Picture
          graph={graph}
          placement={placement}
          fitKey={`${fitKey} ${refit}`}
          onToggle={onToggle}
          traced={traced}
        />
      </ReactFlowProvider>
    </div>
  )
}
