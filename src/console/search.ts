import { referenceAttributes } from '../model/child-lists.ts'
import { kindNames } from '../model/kinds.ts'

type Search = Readonly<Record<string, unknown>>

/** What lists can be narrowed by. */
const filterNames = ['search', 'tag', 'state', ...new Set(kindNames.flatMap(referenceAttributes))]

/** How a list is sorted unless somebody says otherwise. */
export const newestFirst = '-createdAt'

/** What the address of a list says: which page, how it is sorted, and what it is narrowed by. */
export function listSearchOf(search: Search): {
  readonly page: number
  readonly size: number
  /** An attribute, with `-` before it for the other way round. */
  readonly sort: string
  readonly filters: Readonly<Record<string, string>>
} {
  const size = Math.min(numberIn(search, 'size', 20), 100)
  const { sort = newestFirst } = textsIn(search, ['sort'])
  return { page: numberIn(search, 'page', 1), size, sort, filters: textsIn(search, filterNames) }
}

/** What the address of the operation log says. */
export function operationSearchOf(search: Search): {
  readonly page: number
  readonly filters: Readonly<Record<string, string>>
} {
  return { page: numberIn(search, 'page', 1), filters: textsIn(search, ['author', 'kind', 'outcome', 'resource']) }
}

function numberIn(search: Search, name: string, otherwise: number): number {
  const value = Number(search[name])
  return Number.isInteger(value) && value > 0 ? value : otherwise
}

function textsIn(search: Search, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap(name => {
      const value = search[name]
      return typeof value === 'string' && value !== '' ? [[name, value]] : []
    }),
  )
}
