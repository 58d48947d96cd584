import { rank, type Item } from '../host/item.ts'
import type { Step } from '../host/diff.ts'
import type { Space } from './space.ts'

/** Steps of one stage may be sent together: none of them needs what another one does in a different namespace. */
export function stageOf({ do: verb, item }: Step): string {
  const level = rank[item.kind]
  return `${verb} ${level > rank.veth && level <= rank.shaper ? 'on links' : level}`
}

/** Whether an item makes links. */
export function isLink({ kind }: Item): boolean {
  return rank[kind] === rank.veth
}

/** Whether two links are the ends of one pair. */
export function isPair(a: Space, aName: string, b: Space, bName: string): boolean {
  const [one, other] = [a.links.get(aName), b.links.get(bName)]
  return one?.kind === 'veth' && other?.kind === 'veth' && one.peer === other.index && other.peer === one.index
}

/** An error in an operator's words. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
