import { kinds, type KindName } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'

type Query = Readonly<Record<string, string | number | undefined>>

/** Where every page of the console is. */
export const paths = {
  list: (kind: KindName, query: Query = {}) => `/${kinds[kind].plural}${queryText(query)}`,
  detail: (kind: KindName, id: Id, tab?: string) =>
    `/${kinds[kind].plural}/${encodeURIComponent(id)}${queryText({ tab })}`,
  pending: () => '/pending',
  operations: (query: Query = {}) => `/operations${queryText(query)}`,
  topology: (query: Query = {}) => `/topology${queryText(query)}`,
  scenario: () => '/scenario',
  monitoring: (query: Query = {}) => `/monitoring${queryText(query)}`,
  past: (query: Query = {}) => `/past${queryText(query)}`,
  keys: () => '/keys',
  signIn: () => '/sign-in',
}

function queryText(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}
