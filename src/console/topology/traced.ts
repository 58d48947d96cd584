import type { Trace, TracedWay } from '../../client/trace-wire.ts'
import type { Graph } from './graph.ts'

/** What of a graph a packet passes. */
export interface Traced {
  readonly nodes: ReadonlySet<string>
  /** Edges, whichever way they are drawn. */
  readonly edges: ReadonlySet<string>
  /** The node where its way ends, and whether that is where it was to go; null where it is not drawn. */
  readonly end: { readonly node: string; readonly well: boolean } | null
}

/** Where a trace leads in a graph: through what it names, and what is drawn between that. */
export function tracedIn(graph: Graph, { there, back, to }: Trace): Traced {
  const addresses = new Set([there, back].flatMap(way => way?.steps.flatMap(addressesOf) ?? []))
  const passable = new Set(
    graph.nodes.flatMap(({ id, kind, name }) =>
      kind === 'subnet' || kind === 'group' || (kind === 'eip' && addresses.has(name)) ? id : [],
    ),
  )
  const target = to && graph.nodes.some(({ id }) => id === to.id) ? to.id : null
  const stops = stopsOf(graph, there, target)
  const nodes = new Set(stops)
  const edges = new Set<string>()
  for (const [i, stop] of stops.entries()) {
    const before = stops[i - 1]
    for (const { edge, node } of before === undefined ? [] : between(graph, before, stop, passable)) {
      edges.add(edge)
      nodes.add(node)
    }
  }
  const last = stops.at(-1)
  const well = there.outcome === 'arrives' || there.outcome === 'leaves'
  return { nodes, edges, end: last === undefined ? null : { node: last, well } }
}

function addressesOf({ before, after }: TracedWay['steps'][number]): string[] {
  return [before.from, before.to, after.from, after.to]
}

/** The nodes whose namespaces a packet is in, one after the other; the internet at either end. */
function stopsOf({ nodes, shownAs }: Graph, { steps, outcome }: TracedWay, target: string | null): string[] {
  const drawn = new Set(nodes.map(({ id }) => id))
  const stops = steps.flatMap(({ where }, i) => {
    if (where === null) return i === 0 ? ['clients'] : []
    const node = drawn.has(where.id) ? where.id : shownAs.get(where.id)
    return node === undefined ? [] : [node]
  })
  if (outcome === 'leaves') stops.push('far', ...(target === null ? [] : [target]))
  return stops.filter((stop, i) => drawn.has(stop) && stop !== stops[i - 1])
}

/** The shortest way between two nodes over what may be passed: its edges, and what they lead to. */
function between({ edges }: Graph, from: string, to: string, passable: ReadonlySet<string>) {
  const came = new Map<string, { readonly edge: string; readonly from: string }>()
  const queue = [from]
  for (let at = queue.shift(); at !== undefined && !came.has(to); at = queue.shift()) {
    for (const { id, from: a, to: b } of edges) {
      const next = a === at ? b : b === at ? a : undefined
      if (next === undefined || next === from || came.has(next) || (next !== to && !passable.has(next))) continue
      came.set(next, { edge: id, from: at })
      queue.push(next)
    }
  }
  const way: { readonly edge: string; readonly node: string }[] = []
  for (let node = to; node !== from;) {
    const step = came.get(node)
    if (!step) return []
    way.push({ edge: step.edge, node })
    node = step.from
  }
  return way
}
