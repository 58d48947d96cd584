import type { Ruleset } from '../../host/ruleset.ts'
import type { Scene } from './fate.ts'

/** What a namespace of a scene routes by; null where it has no rules, or is not there. */
export function rulesetIn({ state }: Pick<Scene, 'state'>, netns: string): Ruleset | null {
  const item = state.get(`ruleset ${netns} `)
  return item?.kind === 'ruleset' ? item.ruleset : null
}
