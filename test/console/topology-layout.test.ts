import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { placed, type Box, type Placement } from '../../src/console/topology/layout.ts'
import type { Drawing, Edge, Node } from '../../src/console/topology/graph.ts'

function node(id: string, more: Partial<Node> = {}): Node {
  const plain = { kind: 'server', name: id, detail: '', state: 'active', reason: '', pending: false } as const
  return { id, ...plain, opens: null, group: null, ...more }
}

function edge(from: string, to: string): Edge {
  return { id: `${from}>${to}`, from, to, balancers: [], traffic: 'none' }
}

/** Trees of ids: a node hangs on one with a smaller number. */
const anyGraph = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 30 }).map((numbers): Drawing => ({
  nodes: numbers.map(n => node(`n${n}`)),
  edges: numbers.flatMap((n, i) => (i === 0 ? [] : [edge(`n${numbers[(n * 7) % i]}`, `n${n}`)])),
}))

function assertApart(placement: Placement): void {
  const boxes = [...placement.values()]
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
      assert.ok(a.within !== b.within || apart, `${JSON.stringify(a)} lies on ${JSON.stringify(b)}`)
    }
  }
}

void test('whatever changes, nothing lies on anything, and what stays does not move', () => {
  fc.assert(
    fc.property(anyGraph, anyGraph, (before, after) => {
      const first = placed(before)
      const second = placed(after, first)
      assertApart(first)
      assertApart(second)
      assert.deepEqual([...second.keys()].sort(), after.nodes.map(({ id }) => id).sort())
      for (const { id } of after.nodes) if (first.has(id)) assert.deepEqual(second.get(id), first.get(id))
    }),
    { numRuns: 60 },
  )
})

/** A network of this many servers behind a router, in an open group. */
function crowd(count: number, open: boolean): Drawing {
  const members = { kind: 'server', count, states: new Map(), open } as const
  const ids = Array.from({ length: count }, (_, i) => `i-${i}`)
  return {
    nodes: [
      node('vpc', { kind: 'vpc' }),
      ...['a', 'b', 'c'].map(id => node(id)),
      node('group', { kind: 'group', members }),
      ...(open ? ids.map(id => node(id, { group: 'group' })) : []),
    ],
    edges: ['a', 'b', 'c', 'group'].map(id => edge('vpc', id)),
  }
}

void test('a group that is opened pushes away what it would lie on, and its members keep their cells', () => {
  const closed = placed(crowd(40, false))
  const open = placed(crowd(40, true), closed)
  assertApart(open)
  assert.deepEqual(corner(open, 'vpc'), corner(closed, 'vpc'))
  const { nodes, edges } = crowd(40, true)
  const without = placed({ nodes: nodes.filter(({ id }) => id !== 'i-3'), edges }, open)
  assert.deepEqual(without.get('i-20'), open.get('i-20'))
  assert.ok([...open.values()].every(box => box.within === null || inside(box, open.get('group'))))
})

void test('two hundred nodes are placed in well under a second', () => {
  const subnets = Array.from({ length: 8 }, (_, i) => node(`s${i}`))
  const members = subnets.flatMap(({ id }) => Array.from({ length: 24 }, (_, i) => node(`${id}-${i}`)))
  const edges = members.map(({ id }) => edge(id.split('-')[0] ?? '', id))
  // Of a processor's time: what else the machine does is no matter.
  const from = process.cpuUsage()
  assertApart(placed({ nodes: [...subnets, ...members], edges }))
  const { user, system } = process.cpuUsage(from)
  assert.ok(user + system < 1_000_000, `${(user + system) / 1000} ms`)
})

function corner(placement: Placement, id: string) {
  const { x, y } = placement.get(id) ?? {}
  return { x, y }
}

function inside(box: Box, group: Box | undefined): boolean {
  if (!group) return false
  return box.x >= 0 && box.y >= 0 && box.x + box.width <= group.width && box.y + box.height <= group.height
}
