import type { Words } from './define.ts'
import { kinds, type KindName } from './kinds.ts'
import type { Id } from './model.ts'
import { problems } from './problems.ts'
import { terms } from './terms.ts'

/** What is wrong with a request or a model, where, and the values that its sentence needs. */
export interface Problem {
  readonly code: ProblemCode
  /** The attribute that is wrong, e.g. `listeners[0].port`; empty for the whole resource. `live.` where only what runs is wrong. */
  readonly at: string
  /** The resource that is wrong, where it exists already. */
  readonly resource?: Id
  /** Those that differ by language stand under their name and it, e.g. `why:zh`. */
  readonly values?: Readonly<Record<string, string | number>>
}

export { problems }
export type ProblemCode = keyof typeof problems

/** A problem's sentence in a language. */
export function problemText(problem: Problem, language: keyof Words): string {
  return problems[problem.code].words[language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = problem.values?.[`${name}:${language}`] ?? problem.values?.[name]
    if (value === undefined) return whole
    return name === 'kind' || name === 'expected' ? termText(String(value), language) : String(value)
  })
}

function termText(word: string, language: keyof Words): string {
  if (Object.hasOwn(kinds, word)) return kinds[word as KindName].label[language]
  return Object.hasOwn(terms, word) ? terms[word as keyof typeof terms][language] : word
}

/** Thrown at the edges when a user's request cannot be done; carries all that is wrong. */
export class Refused extends Error {
  readonly problems: readonly Problem[]
  constructor(list: readonly Problem[]) {
    super(list.map(p => `${p.at ? `${p.at}: ` : ''}${problemText(p, 'en')}`).join('; '))
    this.name = 'Refused'
    this.problems = list
  }
}
