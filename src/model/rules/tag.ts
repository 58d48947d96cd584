import { all, type Id, type Model } from '../model.ts'
import type { Rules } from './rule.ts'

export const tagRules: Rules<'tag'> = {
  *whole(model, { id, name }) {
    if (name === '') yield { code: 'missing', at: 'name' }
    const other = tagsNamed(model, name).find(each => each !== id)
    if (other !== undefined) yield { code: 'duplicate', at: 'name', values: { other } }
  },
}

/** The tags with a name: none, or one in a checked model. */
export function tagsNamed(model: Model, name: string): readonly Id[] {
  return [...all(model, 'tag')].filter(each => each.name === name).map(each => each.id)
}
