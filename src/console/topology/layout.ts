import { Graph as Dagre, layout } from '@dagrejs/dagre'
import type { Drawing, Node } from './graph.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** The open group whose corner it is counted from; null for the whole picture. */
  readonly within: string | null
}

/** Where every node is drawn, by id. */
export type Placement = ReadonlyMap<string, Box>

const card = { width: 148, height: 88 }
const end = { width: 88, height: 88 }
const member = card
const gap = 18
const head = 88

/**
 * Places a graph. What was placed before stays where it was, so that nothing jumps when something else changes; what
 * is new comes near its neighbours, and pushes nothing but what a grown group lies on.
 */
export function placed(graph: Drawing, before: Placement = new Map()): Placement {
  const ideal = idealOf(graph)
  const tops = graph.nodes.filter(({ group }) => group === null)
  const stays = ({ id }: Node) => before.get(id)?.within === null
  const kept = tops.filter(stays).map(({ id }) => ({ ...must(ideal, id), ...cornerOf(before, id), id }))
  const result = new Map<string, Box>()
  for (const { id, ...box } of kept.sort((a, b) => a.y - b.y || a.x - b.x)) result.set(id, cleared(box, result))
  const fresh = tops.filter(node => !stays(node)).map(({ id }) => ({ id, box: must(ideal, id) }))
  for (const { id, box } of fresh.sort((a, b) => a.box.y - b.box.y)) {
    const { dx, dy } = shiftNear(graph, id, ideal, result)
    result.set(id, cleared({ ...box, x: box.x + dx, y: box.y + dy }, result))
  }
  for (const [group, members] of Map.groupBy(graph.nodes, node => node.group)) {
    if (group === null) continue
    for (const [id, box] of cellsOf(members, group, must(result, group), before)) result.set(id, box)
  }
  return result
}

/** What a graph would look like if nothing of it had been drawn before. */
function idealOf({ nodes, edges }: Drawing): Placement {
  const tops = nodes.filter(({ group }) => group === null)
  const dagre = new Dagre()
  dagre.setGraph({ rankdir: 'LR', nodesep: gap, ranksep: 24, ranker: 'network-simplex' })
  dagre.setDefaultEdgeLabel(() => ({}))
  for (const node of tops) dagre.setNode(node.id, { ...sizeOf(node) })
  const ids = new Set(tops.map(({ id }) => id))
  for (const { from, to, traffic } of edges) {
    // What leads back, from public addresses to servers, bends no picture.
    if (traffic === 'forward') continue
    if (ids.has(from) && ids.has(to)) dagre.setEdge(from, to, { weight: traffic === 'none' ? 1 : 4 })
  }
  // Other regions lie beyond the routers even where nothing leads there.
  if (ids.has('far') && !edges.some(({ to }) => to === 'far')) {
    for (const { id, kind } of tops) if (kind === 'vpc') dagre.setEdge(id, 'far')
  }
  layout(dagre)
  return new Map(
    tops.map(({ id }) => {
      const { x = 0, y = 0, width = 0, height = 0 } = dagre.node(id)
      return [id, { x: x - width / 2, y: y - height / 2, width, height, within: null }]
    }),
  )
}

function sizeOf({ kind, members }: Node): Pick<Box, 'width' | 'height'> {
  if (kind === 'clients' || kind === 'far') return end
  if (!members?.open) return card
  const columns = columnsFor(members.count)
  const rows = Math.ceil(members.count / columns)
  return {
    width: gap + columns * (member.width + gap / 2) + gap / 2,
    height: head + rows * (member.height + gap / 2) + gap / 2,
  }
}

function columnsFor(count: number): number {
  return Math.max(1, Math.round(Math.sqrt(count)))
}

/** The cells of an open group: members keep theirs, new ones take the first that are free. */
function* cellsOf(members: readonly Node[], group: string, box: Box, before: Placement): Iterable<[string, Box]> {
  const columns = Math.max(1, Math.floor((box.width - gap) / (member.width + gap / 2)))
  const cells = members.map((_, i) => ({
    x: gap / 2 + (i % columns) * (member.width + gap / 2) + gap / 4,
    y: head + Math.floor(i / columns) * (member.height + gap / 2),
    ...member,
    within: group,
  }))
  const free = new Map(cells.map(cell => [`${cell.x} ${cell.y}`, cell]))
  const waiting: string[] = []
  for (const { id } of members) {
    const old = before.get(id)
    const cell = old?.within === group ? free.get(`${old.x} ${old.y}`) : undefined
    if (!cell) waiting.push(id)
    else {
      free.delete(`${cell.x} ${cell.y}`)
      yield [id, cell]
    }
  }
  const left = [...free.values()]
  for (const [i, id] of waiting.entries()) {
    const cell = left[i]
    if (cell) yield [id, cell]
  }
}

/** How far the neighbours of a new node, else all that stayed, are from where they would ideally be. */
function shiftNear({ edges }: Drawing, id: string, ideal: Placement, result: Placement): { dx: number; dy: number } {
  const neighbours = edges.flatMap(({ from, to }) => (from === id ? to : to === id ? from : []))
  const near = neighbours.filter(each => result.has(each) && ideal.has(each))
  const others = near.length > 0 ? near : [...result.keys()].filter(each => ideal.has(each))
  const mean = (of: 'x' | 'y') =>
    others.reduce((sum, each) => sum + must(result, each)[of] - must(ideal, each)[of], 0) / Math.max(1, others.length)
  return { dx: mean('x'), dy: mean('y') }
}

/** The box moved down until it lies on nothing. */
function cleared(box: Box, taken: Placement): Box {
  for (let { y } = box; ;) {
    const hit = [...taken.values()].find(each => lieOn(each, { ...box, y }))
    if (!hit) return { ...box, y }
    y = hit.y + hit.height + gap
  }
}

function lieOn(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

function cornerOf(placement: Placement, id: string): Pick<Box, 'x' | 'y'> {
  const { x, y } = must(placement, id)
  return { x, y }
}

function must(placement: Placement, id: string): Box {
  const box = placement.get(id)
  if (!box) throw new Error(`nothing was placed as ${id}`)
  return box
}
