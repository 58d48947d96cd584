import { isDeepStrictEqual } from 'node:util'
import { carriedOff, changesInPlace } from './cascade.ts'
import { keyOf, rank, type HostState, type Item } from './item.ts'

/** Two verbs are enough: what cannot be changed in place has another key. */
export interface Step {
  readonly do: 'put' | 'remove'
  readonly item: Item
}

/**
 * The steps that turn one state into another, in the order to take them. What is wanted but goes down with something that
 * is removed, or that must be made anew, is put again. Ways lead on until the new ones are there.
 */
export function diff(actual: HostState, desired: HostState): Step[] {
  if (actual === desired) return []
  const stale = [...actual.values()].filter(item => !desired.has(keyOf(item)))
  const differing = [...desired.values()].filter(item => !same(actual.get(keyOf(item)), item))
  const replaced = differing.flatMap(item => {
    const old = actual.get(keyOf(item))
    return old && !changesInPlace(old, item) ? [old] : []
  })
  const lost = carriedOff(actual, [...stale, ...replaced])
  const again = [...lost].flatMap(key => desired.get(key) ?? [])
  const wanting = [...new Set([...differing, ...again])]
  const ways = new Set(stale.filter(({ kind }) => kind === 'route' || kind === 'rule'))
  const goneWithOthers = carriedOff(actual, [...stale.filter(item => !ways.has(item)), ...replaced])
  const leadsOn = (item: Item) => ways.has(item) && !goneWithOthers.has(keyOf(item))
  return [
    ...removals(stale.filter(item => !leadsOn(item))),
    ...wanting.sort(byRank).map(item => ({ do: 'put', item }) as const),
    ...removals(stale.filter(leadsOn)),
  ]
}

/** Removes things, what was made last first. */
function removals(items: readonly Item[]): Step[] {
  return items
    .toSorted(byRank)
    .reverse()
    .map(item => ({ do: 'remove', item }))
}

/** Whether a machine that holds `a` need not change to hold `b`; whom an item serves is not the kernel's business. */
function same(a: Item | undefined, b: Item): boolean {
  return a === b || (a !== undefined && isDeepStrictEqual({ ...a, for: '' }, { ...b, for: '' }))
}

function byRank(a: Item, b: Item): number {
  return rank[a.kind] - rank[b.kind]
}
