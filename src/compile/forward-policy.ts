import type { ForwardPolicy, Id } from '../model/model.ts'
import { wordsOf } from '../model/pattern.ts'
import type { ProxyMatch, ProxyPool } from '../host/proxy.ts'
import type { Look } from './part.ts'

type Spec = ForwardPolicy['live']

/** Policies in the order in which they are asked: by priority, the older one first. */
export function inOrder(look: Look, policies: ReadonlySet<Id>): readonly ForwardPolicy[] {
  const rank = ({ live, createdAt, id }: ForwardPolicy) =>
    `${String(live.priority).padStart(3, '0')} ${createdAt} ${id}`
  return [...policies].map(id => look('forward-policy', id)).sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

/** What a policy asks of a request. */
export function matchOf({ operator, rules }: Spec): ProxyMatch {
  return {
    operator,
    rules: rules
      .filter(({ enabled }) => enabled)
      .map(({ id, type, header, pattern }) => ({ id, type, header, words: wordsOf(pattern) })),
  }
}

/** How a policy changes paths, in order: by priority, the earlier one first. */
export function rewritesOf({ rewrites }: Spec): ProxyPool['rewrites'] {
  return rewrites
    .filter(({ enabled }) => enabled)
    .toSorted((a, b) => a.priority - b.priority)
    .map(({ pattern, replacement }) => ({ pattern, replacement }))
}
