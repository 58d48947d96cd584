import { keyOf, type HostState, type Item, type Key } from './item.ts'

/** Whether a kernel can turn one version of an item into another without taking it away in between. */
export function changesInPlace(from: Item, to: Item): boolean {
  if (from.kind === 'veth' && to.kind === 'veth')
    return from.peer.netns === to.peer.netns && from.peer.name === to.peer.name
  if (from.kind === 'macvlan' && to.kind === 'macvlan') return from.parent === to.parent
  return true
}

/**
 * What else a kernel drops when it drops these items: with a namespace all that is inside, and the links that reach into it; with
 * a link what is on it, at both ends; with the last address of a link the routes over it.
 */
export function carriedOff(state: HostState, dropped: readonly Item[]): Set<Key> {
  if (dropped.length === 0) return new Set()
  const items = [...state.values()]
  const without = new Set(dropped.map(keyOf))
  const namespaces = new Set(dropped.filter(item => item.kind === 'netns' && item.owned).map(item => item.netns))
  const links = items.filter(
    item =>
      endsOf(item).length > 0 && (without.has(keyOf(item)) || endsOf(item).some(([netns]) => namespaces.has(netns))),
  )
  const linkKeys = new Set(links.map(keyOf))
  const ends = new Set(links.flatMap(link => endsOf(link).map(end => end.join(' '))))
  const isGone = (item: Item) =>
    without.has(keyOf(item)) || namespaces.has(item.netns) || ends.has(`${item.netns} ${devOf(item)}`)
  const addressed = new Set(
    items.filter(item => item.kind === 'address' && !isGone(item)).map(item => `${item.netns} ${devOf(item)}`),
  )
  const bared = new Set(
    dropped
      .filter(item => item.kind === 'address')
      .map(item => `${item.netns} ${item.dev}`)
      .filter(end => !addressed.has(end)),
  )
  const off = items.filter(
    item =>
      isGone(item) || linkKeys.has(keyOf(item)) || (item.kind === 'route' && bared.has(`${item.netns} ${devOf(item)}`)),
  )
  return new Set(off.map(keyOf)).difference(without)
}

/** The ends of a link, as namespace and name; none where the item is no link. */
export function endsOf(item: Item): [string, string][] {
  switch (item.kind) {
    case 'bridge':
    case 'macvlan':
    case 'tap':
      return [[item.netns, item.name]]
    case 'veth':
      return [
        [item.netns, item.name],
        [item.peer.netns, item.peer.name],
      ]
    default:
      return []
  }
}

/** The link that an item is on; null where it is on none. */
export function devOf(item: Item): string | null {
  switch (item.kind) {
    case 'address':
    case 'route':
      return item.dev
    case 'shaper':
      return item.name
    default:
      return null
  }
}
