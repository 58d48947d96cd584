import { isDeepStrictEqual } from 'node:util'
import { keyOf, rank, type HostState, type Item } from './item.ts'

/** Two verbs are enough: what cannot be changed in place has another key. */
export interface Step {
  readonly do: 'put' | 'remove'
  readonly item: Item
}

/** The steps that turn one state into another, in the order to take them. */
export function diff(actual: HostState, desired: HostState): Step[] {
  if (actual === desired) return []
  const stale = [...actual.values()].filter(item => !desired.has(keyOf(item)))
  const wanting = [...desired.values()].filter(item => !same(actual.get(keyOf(item)), item))
  return [
    ...stale
      .sort(byRank)
      .reverse()
      .map(item => ({ do: 'remove', item }) as const),
    ...wanting.sort(byRank).map(item => ({ do: 'put', item }) as const),
  ]
}

/** Whether a machine that holds `a` need not change to hold `b`; whom an item serves is not the kernel's business. */
export function same(a: Item | undefined, b: Item): boolean {
  return a === b || (a !== undefined && isDeepStrictEqual({ ...a, for: '' }, { ...b, for: '' }))
}

function byRank(a: Item, b: Item): number {
  return rank[a.kind] - rank[b.kind]
}
