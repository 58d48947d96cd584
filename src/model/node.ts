import type { LoadBalancer } from './model.ts'

/** One of the processes that share the work of a balancer. */
interface Node {
  /** The balancer's id for the first; for the others, their number after it: `lb-1.2`. */
  readonly name: string
  /** What it speaks to backends from; null for the first, which leaves that to the kernel, and where the balancer is in no subnet. */
  readonly address: string | null
}

/** The nodes of a balancer as they run. */
export function nodesOf({ id, now, live }: LoadBalancer): readonly [Node, ...Node[]] {
  const others = Array.from({ length: live.nodeCount - 1 }, (_, i) => ({
    name: `${id}.${i + 2}`,
    address: now.nodeAddresses[i] ?? null,
  }))
  return [{ name: id, address: null }, ...others]
}

/** The private addresses of a balancer's nodes, its own first: what backends see, and must admit. None where it is in no subnet. */
export function privateAddressesOf({ now, live }: LoadBalancer): readonly string[] {
  return now.address === null ? [] : [now.address, ...now.nodeAddresses.slice(0, live.nodeCount - 1)]
}

/** How many nodes it has, or will have once its draft is applied: addresses may be kept for so many. */
export function mostNodes({ draft, live }: LoadBalancer): number {
  return Math.max(draft.nodeCount, live.nodeCount)
}
