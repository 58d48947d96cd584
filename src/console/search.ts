import { referenceAttributes } from '../model/child-lists.ts'
import { kindNames } from '../model/kinds.ts'

/** What lists can be narrowed by. */
const filterNames = ['search', 'tag', 'state', ...new Set(kindNames.flatMap(referenceAttributes))]

/** What the address of a list says: which page, and what the list is narrowed by. */
export function listSearchOf(search: Readonly<Record<string, unknown>>): {
  readonly page: number
  readonly size: number
  readonly filters: Readonly<Record<string, string>>
} {
  const number = (name: string, otherwise: number) => {
    const value = Number(search[name])
    return Number.isInteger(value) && value > 0 ? value : otherwise
  }
  const filters = filterNames.flatMap(name => {
    const value = search[name]
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : []
  })
  return { page: number('page', 1), size: Math.min(number('size', 20), 100), filters: Object.fromEntries(filters) }
}
